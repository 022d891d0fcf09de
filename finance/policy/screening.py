"""What stands against pledging a patent. No database, no clock."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from finance.enums import Outcome
from patents.enums import LegalStatus, Overlay, PatentKind
from patents.policy.terms import last_day_of_protection

# RULES section 6: the grounds on which CNIPA refuses to register a pledge, in the order of the rule.
REFUSAL_GROUNDS: dict[str, str] = {
    "not_registered_owner": "出质人与登记的专利权人不一致",
    "right_ended": "专利权已终止或者已被宣告无效",
    "not_granted": "专利申请尚未被授予专利权",
    "fee_unpaid": "专利权处于年费缴纳滞纳期",
    "procedure_suspended": "因权属纠纷被中止程序，或者被人民法院采取保全措施",
    "term_beyond_patent": "债务履行期限超过专利权有效期",
    "contract_incomplete": "质押合同缺少规定的内容",
    "co_owner_consent": "共有专利权未经全体共有人同意且无另外约定",
    "already_pledged": "专利权已被质押",
    "same_day_invention": "实用新型同日申请了发明专利，且未被告知后仍同意",
    "invalidation_pending": "专利权正被请求宣告无效，且未被告知后仍同意",
    "other": "其他不予登记的情形",
}
ENDED = frozenset({LegalStatus.LAPSED_UNPAID, LegalStatus.EXPIRED, LegalStatus.ABANDONED, LegalStatus.INVALID})
NEVER_GRANTED = frozenset({LegalStatus.REFUSED, LegalStatus.WITHDRAWN})
BEFORE_GRANT = frozenset({LegalStatus.FILED, LegalStatus.PUBLISHED, LegalStatus.IN_EXAMINATION})


@dataclass(frozen=True, slots=True)
class PatentFacts:
    """What the portal knows about a patent on the day of the check."""

    number: str
    kind: str
    legal_status: str
    filed_on: dt.date | None
    granted_on: dt.date | None
    is_pledgors: bool  # the pool's holder is the firm that pledges
    co_owners: tuple[str, ...]  # owners on record other than the pledgor
    last_event_on: dt.date | None  # of the newest legal event here; None: the pool knows of none
    overlays: frozenset[str]
    fees_are_known: bool
    held_by: str  # reference of another open project that holds it; empty: none
    same_day_invention: str  # number of an invention of the same owner, day and title; empty: none
    is_renewal: bool = False  # the project follows a loan that the same patents secure


@dataclass(frozen=True, slots=True)
class Finding:
    """One ground checked on one patent."""

    ground: str
    patent: str
    outcome: Outcome
    fact: str


def screen(patents: Sequence[PatentFacts], *, debt_ends_on: dt.date) -> list[Finding]:
    """Every refusal ground on every patent. What the pool cannot know is `not_checkable`, never passed."""
    return [
        Finding(ground, patent.number, *_judge(ground, patent, debt_ends_on))
        for ground in REFUSAL_GROUNDS
        for patent in patents
    ]


def failed(findings: Sequence[Finding]) -> list[Finding]:
    """The findings that forbid admission."""
    return [finding for finding in findings if finding.outcome == Outcome.FAILED]


def _judge(ground: str, patent: PatentFacts, debt_ends_on: dt.date) -> tuple[Outcome, str]:
    if ground == "term_beyond_patent":
        return _term(patent, debt_ends_on)
    check = _CHECKS.get(ground)
    return check(patent) if check else (Outcome.NOT_CHECKABLE, _BY_HAND[ground])


def _owner(patent: PatentFacts) -> tuple[Outcome, str]:
    if patent.is_pledgors:
        return Outcome.PASSED, "平台登记的权利人为本企业"
    return Outcome.FAILED, "平台登记的权利人不是本企业"


def _ended(patent: PatentFacts) -> tuple[Outcome, str]:
    if patent.legal_status in ENDED:
        return Outcome.FAILED, f"法律状态：{_status(patent)}"
    if patent.legal_status == LegalStatus.UNKNOWN:
        return Outcome.NOT_CHECKABLE, "法律状态待核，请查专利登记簿"
    return Outcome.PASSED, f"法律状态：{_status(patent)}"


def _granted(patent: PatentFacts) -> tuple[Outcome, str]:
    if patent.legal_status in BEFORE_GRANT | NEVER_GRANTED:
        return Outcome.FAILED, f"法律状态：{_status(patent)}"
    if patent.granted_on:
        return Outcome.PASSED, f"授权公告日 {patent.granted_on}"
    if patent.legal_status == LegalStatus.UNKNOWN:
        return Outcome.NOT_CHECKABLE, "平台无授权公告日，请查专利登记簿"
    return Outcome.PASSED, f"法律状态：{_status(patent)}"


def _fee(patent: PatentFacts) -> tuple[Outcome, str]:
    if patent.legal_status == LegalStatus.VALID_FEE_GRACE:
        return Outcome.FAILED, "年费滞纳期内，请先补缴年费"
    if patent.legal_status == LegalStatus.VALID and patent.fees_are_known:
        return Outcome.PASSED, f"年费已缴，法律状态：{_status(patent)}"
    if patent.legal_status == LegalStatus.VALID:
        return Outcome.PASSED, f"法律状态：{_status(patent)}（平台无缴费记录）"
    return Outcome.NOT_CHECKABLE, "平台无缴费记录，请查专利登记簿"


def _term(patent: PatentFacts, debt_ends_on: dt.date) -> tuple[Outcome, str]:
    if patent.filed_on is None:
        return Outcome.NOT_CHECKABLE, "平台无申请日，不能计算专利权届满日"
    last_day = last_day_of_protection(patent.kind, patent.filed_on)
    fact = f"专利权届满日 {last_day}，债务预计到期日 {debt_ends_on}"
    return (Outcome.FAILED if debt_ends_on > last_day else Outcome.PASSED), fact


def _no_event(patent: PatentFacts, what: str) -> tuple[Outcome, str]:
    """Without any event the pool knows nothing: that is never a pass."""
    if patent.last_event_on is None:
        return Outcome.NOT_CHECKABLE, f"平台没有该专利的法律事件，是否{what}请查专利登记簿"
    return Outcome.PASSED, f"截至 {patent.last_event_on} 的法律事件中没有{what}"


def _suspended(patent: PatentFacts) -> tuple[Outcome, str]:
    standing = [overlay for overlay in (Overlay.OWNERSHIP_DISPUTE, Overlay.FROZEN) if overlay in patent.overlays]
    if standing:
        return Outcome.FAILED, f"平台登记的法律事件：{'、'.join(str(overlay.label) for overlay in standing)}"
    return _no_event(patent, "程序中止或者保全")


def _co_owner(patent: PatentFacts) -> tuple[Outcome, str]:
    if not patent.co_owners:
        return Outcome.PASSED, "单一权利人"
    return Outcome.NOT_CHECKABLE, f"与{'、'.join(patent.co_owners)}共有，须提交全体共有人同意质押的文件"


def _pledged(patent: PatentFacts) -> tuple[Outcome, str]:
    if patent.held_by:
        return Outcome.FAILED, f"已用于项目 {patent.held_by}"
    if Overlay.PLEDGED in patent.overlays and patent.is_renewal:
        return Outcome.NOT_CHECKABLE, "续贷：原贷款的质押登记尚在，须注销后重新登记或者办理变更登记"
    if Overlay.PLEDGED in patent.overlays:
        return Outcome.FAILED, "平台登记的法律事件：质押登记尚未注销"
    return Outcome.PASSED, "未用于平台其他在办项目，也没有登记的质押（平台外的质押请查专利登记簿）"


def _invalidation(patent: PatentFacts) -> tuple[Outcome, str]:
    if Overlay.INVALIDATION_PENDING in patent.overlays:
        return Outcome.NOT_CHECKABLE, "正被请求宣告无效，须当事人知悉并同意"
    return _no_event(patent, "无效宣告请求")


def _same_day(patent: PatentFacts) -> tuple[Outcome, str]:
    if patent.kind != PatentKind.UTILITY_MODEL:
        return Outcome.PASSED, "非实用新型"
    if patent.same_day_invention:
        return Outcome.NOT_CHECKABLE, f"同日申请了发明专利 {patent.same_day_invention}，须当事人知悉并同意"
    return Outcome.PASSED, "平台内未见同日申请的发明专利"


def _status(patent: PatentFacts) -> str:
    return str(LegalStatus(patent.legal_status).label)


_CHECKS = {
    "not_registered_owner": _owner,
    "right_ended": _ended,
    "not_granted": _granted,
    "fee_unpaid": _fee,
    "procedure_suspended": _suspended,
    "co_owner_consent": _co_owner,
    "already_pledged": _pledged,
    "same_day_invention": _same_day,
    "invalidation_pending": _invalidation,
}
_BY_HAND = {
    "contract_incomplete": "质押合同在登记时审查",
    "other": "由经办人判断",
}
