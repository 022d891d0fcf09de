"""A "no" with its reasons, and what it sets going."""

from collections.abc import Sequence

from django.db import transaction

from demand.checks.interests import check_reasons
from demand.enums import JudgementSource, MaturityState, RefusalReason, Side
from demand.models import Demand, MaturityCase, Refusal
from demand.policy.reasons import grade_of
from demand.queries.rules import need_rules
from demand.services.demands import lock_demand, publish_event, tell_firm
from demand.services.judgements import judge
from patents.models import Patent
from portal import clock
from portal.accounts.enums import Role
from portal.accounts.models import User
from portal.audit.services import record
from portal.errors import Invalid, NotAllowed, NotFound, WrongState
from portal.notices.services import notify
from portal.outbox.services import publish


@transaction.atomic
def refuse_match(*, demand_id: int, by: User, patent_id: int, reasons: Sequence[str], note: str = "") -> Refusal:
    """Either side says why a matched patent does not suit; a later statement replaces its earlier one."""
    if by.role not in (Role.SME, Role.HOLDER):
        raise NotAllowed("只有供需双方可以说明。")
    demand = lock_demand(demand_id, by)
    match = demand.matches.filter(patent_id=patent_id).select_related("patent__holder").first()
    if match is None or (by.role == Role.HOLDER and match.patent.holder_id != by.organisation_id):
        raise Invalid("该专利不在本需求的匹配结果中。", field="patent")
    side = Side.FIRM if by.role == Role.SME else Side.HOLDER
    return refuse(demand, match.patent, side, check_reasons(reasons, note), note=note, by=by)


def refuse(demand: Demand, patent: Patent, side: Side, reasons: Sequence[str], *, note: str, by: User) -> Refusal:
    """Keep checked reasons, tell the other side, judge the match. Runs inside the caller's transaction."""
    refusal, _ = Refusal.objects.update_or_create(
        demand=demand,
        patent=patent,
        side=side,
        defaults={"reasons": list(reasons), "note": note.strip(), "made_by": by},
    )
    record(
        by=by, verb="说明不合适的原因", target=demand, note=note.strip(), reasons=list(reasons),
        patent=patent.display_number,
    )  # fmt: skip
    publish_event("demand.match.refused", demand, patent_number=patent.address, side=side.value, reasons=list(reasons))
    _tell(demand, patent, side, refusal)
    grade = grade_of(reasons, need_rules().grade_of_reason)
    if grade is not None:
        judge(demand, patent.pk, grade, JudgementSource.REFUSAL)
    if side == Side.FIRM and RefusalReason.TOO_EARLY in reasons:
        _count_too_early(patent)
    return refusal


@transaction.atomic
def handle_maturity(*, case_id: int, by: User, note: str) -> MaturityCase:
    """An official says what was done for a patent that firms found too early."""
    if by.role not in (Role.PROVINCE, Role.CITY):
        raise NotAllowed("只有管理人员可以处理。")
    if not note.strip():
        raise Invalid("请填写处理情况。", field="note")
    case = MaturityCase.objects.select_for_update(of=("self",)).filter(pk=case_id).first()
    if case is None:
        raise NotFound("清单中没有这件专利。")
    if case.state != MaturityState.OPEN:
        raise WrongState("该专利已处理。")
    case.state, case.note, case.handled_at = MaturityState.HANDLED, note.strip()[:500], clock.now()
    case.save(update_fields=["state", "note", "handled_at"])
    record(by=by, verb="处理成熟度清单", target=case, note=case.note)
    publish("demand.maturity.handled", key=f"maturity:{case.pk}", case_id=case.pk)
    return case


def _tell(demand: Demand, patent: Patent, side: Side, refusal: Refusal) -> None:
    title = f"{patent.display_number} 与需求 {demand.ref} 暂不合适：{'、'.join(refusal.reason_labels)}"
    if side == Side.HOLDER:
        tell_firm(demand, "demand.refused", title, refusal.note)
    elif patent.holder is not None:
        link = demand.get_absolute_url()
        notify(recipient=patent.holder, kind="demand.refused", title=title, body=refusal.note, link=link)


def _count_too_early(patent: Patent) -> None:
    """Put the patent on the list once enough firms, each counted once, found it too early."""
    # The patent's row is the lock of its count: firms that refuse at the same moment do not see each other's rows.
    Patent.objects.select_for_update(no_key=True).only("pk").get(pk=patent.pk)
    refusals = Refusal.objects.filter(patent=patent, side=Side.FIRM, reasons__contains=[RefusalReason.TOO_EARLY])
    count = refusals.values("demand__organisation").distinct().count()
    if count < need_rules().too_early_firms:
        return
    case, is_new = MaturityCase.objects.get_or_create(patent=patent, defaults={"firm_count": count})
    if not is_new and case.firm_count != count:
        case.firm_count = count
        case.save(update_fields=["firm_count"])
    if is_new:
        record(by=None, verb="列入成熟度培育清单", target=case, firm_count=count)
        publish("demand.maturity.opened", key=f"maturity:{case.pk}", patent_number=patent.address, firm_count=count)
