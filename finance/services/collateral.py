"""Watching what secures a loan: valuations, cover after each legal event, alerts that the bank acknowledges."""

import datetime as dt
from decimal import Decimal
from typing import Any

from django.db import transaction

from finance.enums import LoanState, ProjectState, Severity, ValuationMethod
from finance.models import CoverAlert, Loan, LoanQuerySet, ProjectPatent, Valuation
from finance.policy.collateral import Cover, HaircutTable, worst
from finance.queries.collateral import cover_of, haircut_rule, table_of
from finance.services.moves import lock_project, tell_firm
from patents.models import LegalEvent
from portal import clock
from portal.accounts.enums import OrganisationKind, Role
from portal.accounts.models import Organisation, User
from portal.audit.services import record
from portal.errors import Invalid, NotAllowed, NotFound, WrongState
from portal.money import FEN
from portal.notices.services import notify
from portal.outbox.services import publish, send

ALERTED = "finance.collateral.alerted"
MAX_VALIDITY = dt.timedelta(days=366 * 3)
_WATCHED = (LoanState.RUNNING, LoanState.OVERDUE, LoanState.BAD_DEBT)
_ENDED = frozenset({ProjectState.CLOSED, ProjectState.REPAID})


@transaction.atomic
def record_valuation(  # noqa: PLR0913 - the facts of one report
    *,
    project_id: int,
    patent_id: int,
    amount: Decimal,
    method: str,
    valuer: str,
    valued_on: dt.date,
    valid_until: dt.date,
    by: User,
) -> Valuation:
    """Keep what a patent of the project was valued at, in yuan; the cover of its loan is computed anew.

    Raises:
        WrongState: the project has ended.
        Invalid: the patent is not in the project, or amount and days cannot be; `field` names which.
    """
    if by.role not in (Role.SME, Role.CITY):
        raise NotAllowed("只有企业和所在市的管理人员可以登记评估。")
    project = lock_project(by, pk=project_id)
    if project.state in _ENDED:
        raise WrongState(f"当前状态为“{project.get_state_display()}”，不能登记评估。")
    pledged = ProjectPatent.objects.filter(project=project, patent=patent_id).first()
    if pledged is None:
        raise Invalid("该专利不在本项目中。", field="patent")
    _check_valuation(amount, method, valuer, valued_on, valid_until)
    kept = Valuation.objects.create(
        pledged=pledged,
        amount=amount,
        method=method,
        valuer=valuer.strip(),
        valued_on=valued_on,
        valid_until=valid_until,
        recorded_by=by,
    )
    project.version += 1
    project.save(update_fields=["version", "updated_at"])
    record(by=by, verb="登记专利评估", target=project, patent_id=patent_id, amount=str(amount))
    publish("finance.valuation.recorded", key=project.ref, project_ref=project.ref, valuation_id=kept.pk)
    loan = Loan.objects.filter(placement__project=project, state__in=_WATCHED).first()
    if loan is not None:
        review_cover(loan=loan, cause=f"登记新的评估：{pledged.patent.display_number}")
    return kept


def review_event(*, event_id: int) -> list[CoverAlert]:
    """Recompute the cover of each loan that the event's patent secures; each event once."""
    event = LegalEvent.objects.select_related("patent").get(pk=event_id)
    loans = Loan.objects.filter(placement__project__collateral__patent=event.patent_id, state__in=_WATCHED).order_by(
        "pk"
    )
    cause = f"{event.patent.display_number} {event.on} {event.get_code_display()}"
    made = [review_cover(loan=loan, cause=cause, event=event) for loan in loans]
    return [alert for alert in made if alert is not None]


def review_patent(*, patent_id: int, cause: str) -> list[CoverAlert]:
    """Recompute the cover of each loan that the patent secures; keeps what changed."""
    made = [review_cover(loan=loan, cause=cause) for loan in _loans_on(patent_id)]
    return [alert for alert in made if alert is not None]


@transaction.atomic
def review_cover(*, loan: Loan, cause: str, event: LegalEvent | None = None) -> CoverAlert | None:
    """Compute a loan's cover and keep what changed; None when nothing did, or the event was taken before.

    The owner, its city and the bank are told of any change above 提示; the cover on the day of lending is no change.
    """
    loan = (
        Loan.objects.select_for_update(of=("self",))
        .select_related("placement__project__organisation", "placement__institution")
        .get(pk=loan.pk)
    )
    if event is not None and loan.alerts.filter(legal_event=event).exists():
        return None
    rule = haircut_rule(loan.contract_date)
    table = table_of(rule)
    found = cover_of(loan, table)
    last = loan.alerts.order_by("-id").first()
    if event is None and last is not None and (last.ratio_after, last.lines) == (found.ratio, _lines(found, table)):
        return None
    alert = CoverAlert.objects.create(
        loan=loan,
        severity=_severity(found, table, event),
        cause=cause[:300],
        legal_event=event,
        rule=rule,
        ratio_before=last.ratio_after if last else None,
        ratio_after=found.ratio,
        balance=loan.balance,
        lines=_lines(found, table),
    )
    record(by=None, verb="质押物覆盖率变化", target=alert, cause=cause, after=str(found.ratio))
    # The first one is what later changes are measured from: nothing has happened yet.
    if alert.severity != Severity.INFO and (last is not None or event is not None):
        named = table.events.get(event.code) if event else None
        _tell(alert, named.action if named else "")
    return alert


@transaction.atomic
def acknowledge_alert(*, alert_id: int, institution: Organisation, note: str, by: User) -> CoverAlert:
    """The bank has taken note; the first acknowledgement stands.

    Raises:
        NotFound: no alert of a loan of this institution.
    """
    if by.role != Role.BANK:
        raise NotAllowed("只有贷款机构可以确认预警。")
    alert = (
        CoverAlert.objects.visible_to(by)
        .select_for_update(of=("self",))
        .filter(pk=alert_id, loan__placement__institution=institution)
        .first()
    )
    if alert is None:
        raise NotFound("没有这条预警。")
    if alert.acknowledged_at is None:
        alert.acknowledged_at, alert.acknowledged_note = clock.now(), note
        alert.save(update_fields=["acknowledged_at", "acknowledged_note"])
        record(by=by, verb="确认质押物预警", target=alert, note=note)
        ref = alert.loan.placement.project.ref
        publish("finance.collateral.acknowledged", key=ref, project_ref=ref, alert_id=alert.pk)
    return alert


def review_all() -> int:
    """Recompute every running loan's cover, for what comes with the calendar alone; returns how many changed."""
    loans = Loan.objects.filter(state__in=_WATCHED).order_by("pk")
    return sum(review_cover(loan=loan, cause="每日核对") is not None for loan in loans.iterator(chunk_size=200))


def _loans_on(patent_id: int) -> LoanQuerySet:
    pledged = Loan.objects.filter(placement__project__collateral__patent=patent_id, state__in=_WATCHED)
    return pledged.order_by("pk")


def _check_valuation(amount: Decimal, method: str, valuer: str, valued_on: dt.date, valid_until: dt.date) -> None:
    if amount <= 0 or amount != amount.quantize(FEN):
        raise Invalid("评估价值应大于零，最多保留两位小数。", field="amount")
    if method not in ValuationMethod.values:
        raise Invalid("请选择评估方法。", field="method")
    if not valuer.strip():
        raise Invalid("请填写评估机构；双方协商的填写双方名称。", field="valuer")
    if valued_on > clock.today():
        raise Invalid("评估基准日不得晚于今天。", field="valued_on")
    if not valued_on < valid_until <= valued_on + MAX_VALIDITY:
        raise Invalid("有效期应晚于评估基准日，且不超过三年。", field="valid_until")


def _severity(found: Cover, table: HaircutTable, event: LegalEvent | None) -> str:
    """Of an event its own severity counts where the table names one; else what the cover says."""
    named = table.events.get(event.code) if event else None
    if named is None:
        return found.severity
    return named.severity if named.severity == Severity.INFO else worst([named.severity, found.severity])


def _lines(found: Cover, table: HaircutTable) -> list[dict[str, Any]]:
    return [
        {
            "number": line.number,
            "value": str(line.value),
            "haircut": str(line.haircut),
            "counted": str(line.counted),
            "reasons": [
                {"state": reason, "haircut": str(table.states[reason].haircut), "action": table.states[reason].action}
                for reason in line.reasons
            ],
        }
        for line in found.lines
    ]


def _tell(alert: CoverAlert, action: str) -> None:
    placement = alert.loan.placement
    project = placement.project
    title = f"质押物预警（{alert.get_severity_display()}）：{alert.cause}"
    ratios = f"覆盖率由 {_shown(alert.ratio_before)} 变为 {_shown(alert.ratio_after)}（折扣表未经确认）。"
    tell_firm(project, ALERTED, title, ratios + action)
    city = Organisation.objects.filter(kind=OrganisationKind.AUTHORITY_CITY, city_code=project.city_code).first()
    if city is not None:
        notify(recipient=city, kind=ALERTED, title=f"{project.ref} {title}"[:200], body=ratios + action)
    event = publish(ALERTED, key=project.ref, project_ref=project.ref, alert_id=alert.pk, severity=alert.severity)
    send(event, organisation=placement.institution)


def _shown(ratio: Decimal | None) -> str:
    return "—" if ratio is None else f"{ratio:.2%}"
