"""The parameters of needs as they stand on a day."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from demand.enums import RefusalReason, ScorePart
from demand.ranking import RANKING_VERSION, weights
from portal import clock
from portal.policy.models import RuleVersion
from portal.policy.queries import in_force_on


@dataclass(frozen=True, slots=True)
class NeedRules:
    """Parameters, not law: pages say 未经确认."""

    term_months: int
    remind_days: int
    too_early_firms: int
    invited_holders: int
    watch_limit: int
    grade_of_contact: int
    grade_of_deal: int
    grade_of_reason: dict[str, int]


@dataclass(frozen=True, slots=True)
class ShownRules:
    """A rule version in words: its rows of (what, how much)."""

    version: RuleVersion
    is_confirmed: bool
    rows: list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class ShownWeights:
    """The weights of the matching that are at work, with their version."""

    version: str
    rows: list[tuple[str, str]]


def need_rules(day: dt.date | None = None) -> NeedRules:
    """The version in force on a day (today).

    Raises:
        LookupError: none is; the migrations put the shipped one in force.
    """
    parameters: dict[str, Any] = _version(day).parameters
    return NeedRules(**parameters)


def shown_rules() -> ShownRules:
    """Today's version, each parameter in words."""
    version = _version()
    found = NeedRules(**version.parameters)
    rows = [
        ("需求有效期", f"{found.term_months} 个月"),
        ("到期前提醒", f"{found.remind_days} 天"),
        ("列入成熟度培育清单", f"{found.too_early_firms} 家企业认为技术尚不成熟"),
        ("每项难题邀请权利人", f"最多 {found.invited_holders} 家"),
        ("每家单位关注", f"最多 {found.watch_limit} 项"),
        ("同意洽谈的匹配等级", f"{found.grade_of_contact}（0-3）"),
        ("成交或者解决需求的匹配等级", f"{found.grade_of_deal}（0-3）"),
        *(
            (f"“{RefusalReason(code).label}”的匹配等级", f"{grade}（0-3）")
            for code, grade in found.grade_of_reason.items()
        ),
    ]
    return ShownRules(version, not version.is_unconfirmed, rows)


def shown_weights() -> ShownWeights:
    """What each part of a score counts at most, and from where on a match is a good one."""
    points = (
        (ScorePart.TITLE_WORDS, f"与内容用语、用字合计最多 {weights.WORDS_FULL:g} 分，通常 5 至 15 分"),
        (ScorePart.MEANING, f"余弦高于 {weights.MEANING_BASE:g} 的部分 × {weights.MEANING_SCALE:g}"),
        (ScorePart.FIELD, f"最多为用语最高分的 {weights.FIELD_SHARE:.0%}"),
        (ScorePart.NAMED, f"需求写明申请号的专利加 {weights.NAMED_POINTS:g} 分"),
        (ScorePart.FIGURES, f"最多 {weights.FIGURES_POINTS:g} 分，按达到的指标比例"),
        (ScorePart.MATURITY, f"最多 {weights.MATURITY_POINTS:g} 分，按 1 至 9 级"),
        (ScorePart.PRICE, f"最多 {weights.PRICE_POINTS:g} 分，超过预算一倍为零"),
        (ScorePart.WAY, f"{weights.WAY_POINTS:g} 分"),
        (ScorePart.CITY, f"{weights.CITY_POINTS:g} 分"),
        (ScorePart.LEGAL, f"有效 {weights.LEGAL_POINTS:g} 分，审查中减半"),
    )
    limits = (
        ("合适专利的阈值（用语、语义、领域合计）", f"{weights.GOOD_SCORE:g} 分"),
        ("没有语义向量时的阈值", f"{weights.GOOD_SCORE_BY_WORDS:g} 分"),
    )
    return ShownWeights(RANKING_VERSION, [*((part.label, text) for part, text in points), *limits])


def _version(day: dt.date | None = None) -> RuleVersion:
    version = in_force_on("demand_needs", day or clock.today()).first()
    if version is None:
        raise LookupError("no rule version demand_needs")
    return version
