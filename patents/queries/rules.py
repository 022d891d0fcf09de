"""The rule versions that the pool computes with, read once per question."""

import datetime as dt
from dataclasses import dataclass

from patents.policy.fees import FeeRule, read_fee_rule
from portal.errors import Invalid
from portal.policy.facts import Facts
from portal.policy.models import RuleVersion
from portal.policy.queries import in_force_on

ANNUAL_FEE = "patent_annual_fee"
LISTING = "patent_listing"


@dataclass(frozen=True, slots=True)
class ListingRule:
    """How long an offer stays in the pool, and when its holder is told before it drops out."""

    months: int
    notice_days: tuple[int, ...]
    is_confirmed: bool


def fee_rule(day: dt.date) -> FeeRule:
    """The annual fees in force on the day of payment."""
    version = _version(ANNUAL_FEE, day)
    return read_fee_rule(version.code, version.parameters)


def listing_rule(day: dt.date) -> ListingRule:
    """The rule in force on the day an offer enters the pool."""
    version = _version(LISTING, day)
    facts = Facts(version.parameters)
    days = sorted((int(one) for one in facts.items("notice_days")), reverse=True)
    return ListingRule(facts.whole("valid_months"), tuple(days), not version.is_unconfirmed)


def _version(kind: str, day: dt.date) -> RuleVersion:
    version = in_force_on(kind, day).first()
    if version is None:
        raise Invalid(f"{day} 没有生效的规则版本（{kind}），请先由管理人员发布。", code="no_rule")
    return version
