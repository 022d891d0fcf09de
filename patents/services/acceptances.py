"""How firms take open licences, and how these get recorded in time."""

import datetime as dt

from django.core.files.base import File
from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet

from patents.checks.licences import Notice, check_notice
from patents.enums import AcceptanceState, LicenceRule
from patents.models import Acceptance, OpenLicence
from patents.policy.licences import due_at_acceptance, reminders_due
from patents.queries import licences as queries
from patents.services.deals.open_licences import enter_payment, enter_record, open_deal
from patents.services.licences import EVENT, refuse_blocked
from patents.workflow.licences import ACCEPTANCE_FLOW
from portal import clock, refs
from portal.accounts.enums import Role
from portal.accounts.models import User
from portal.audit.services import record
from portal.dates import add_months
from portal.errors import Conflict, Invalid, NotAllowed, NotFound, WrongState
from portal.notices.services import notify
from portal.outbox.services import publish
from portal.policy.facts import Facts

CHASED_AT_ONCE = 200


@transaction.atomic
def accept_open_licence(*, ref: str, by: User, notice: Notice) -> Acceptance:
    """Take an open licence: written notice and payment as announced make an ordinary licence (patent law art. 51).

    The terms are frozen as they stand. Everything that may stand against the licence is asked again. It must be
    recorded within the months that the parameters of its first day say.

    Raises:
        NotFound: no such licence is public.
        WrongState: it is not open any more.
        Conflict: something stands against it (`blocked`), or the firm has accepted it already.
        Invalid: notice or payment are not as announced; `field` names the input.
    """
    if by.role != Role.SME or by.organisation is None:
        raise NotAllowed("只有企业可以接受开放许可。")
    licence = _lock_public(ref, by)
    if not licence.is_open or licence.published_on is None:
        raise WrongState(f"该开放许可{licence.get_state_display()}，不能再接受。")
    refuse_blocked(licence, clock.today())
    due = due_at_acceptance(queries.terms_of(licence))
    check_notice(notice, due=due, published_on=licence.published_on, licence_to=licence.licence_to, today=clock.today())
    acceptance = _keep(licence, by, notice)
    acceptance.deal = open_deal(acceptance, queries.terms_of(licence), by=by)
    acceptance.save(update_fields=["deal", "updated_at"])
    record(by=by, verb="接受开放许可", target=acceptance, open_licence=licence.ref, paid=str(notice.paid_amount))
    _tell(acceptance, "accepted", firm_id=acceptance.firm_id, effective_on=str(acceptance.effective_on))
    title = f"{acceptance.firm.name} 接受了开放许可 {licence.ref}"
    body = f"许可自 {acceptance.effective_on} 生效，请于 {acceptance.record_due_on} 前办理备案。"
    notify(recipient=licence.holder, kind=EVENT, title=title, body=body, link=acceptance.get_absolute_url())
    return acceptance


def _lock_public(ref: str, by: User) -> OpenLicence:
    rows = OpenLicence.objects.visible_to(by).select_related("patent", "holder").select_for_update(of=("self",))
    licence = rows.filter(ref=ref).first()
    if licence is None:
        raise NotFound("没有这项公开的开放许可。")
    return licence


def _keep(licence: OpenLicence, by: User, notice: Notice) -> Acceptance:
    rule = queries.rule_on(LicenceRule.CLOCK, notice.effective_on)
    if rule is None:
        raise Invalid(f"{notice.effective_on} 没有生效的备案期限参数，请联系管理部门。")
    months = Facts(rule.parameters).whole("record_months")
    pk, ref = refs.reserve(Acceptance, "KX")
    acceptance = Acceptance(
        pk=pk,
        ref=ref,
        open_licence=licence,
        firm=by.organisation,
        terms=queries.accepted_terms(licence),
        notice_text=notice.text.strip(),
        notice_on=notice.given_on,
        paid_amount=notice.paid_amount,
        paid_on=notice.paid_on,
        payment_number=notice.payment_number.strip(),
        effective_on=notice.effective_on,
        licence_to=licence.licence_to,
        record_due_on=add_months(notice.effective_on, months),
    )
    try:
        with transaction.atomic():
            acceptance.save(force_insert=True)
    except IntegrityError as error:
        raise Conflict("贵单位已经接受过这项开放许可。", code="already_accepted") from error
    return acceptance


@transaction.atomic
def confirm_payment(*, ref: str, by: User, received_on: dt.date, file: File | None) -> Acceptance:
    """The holder says that the payment stated in the notice has arrived, with the bank's paper: money of its deal."""
    acceptance = _lock(by, ref)
    if by.role != Role.HOLDER:
        raise NotAllowed("只有权利人可以确认收款。")
    if acceptance.payment_confirmed_on is not None or acceptance.paid_on is None:
        raise WrongState("没有待确认的收款。")
    if not acceptance.paid_on <= received_on <= clock.today():
        raise Invalid(f"收款日应在付款日 {acceptance.paid_on} 之后、不晚于今天。", field="received_on")
    acceptance.payment_confirmed_on = received_on
    acceptance.save(update_fields=["payment_confirmed_on", "updated_at"])
    enter_payment(acceptance, by=by, received_on=received_on, file=file)
    record(by=by, verb="确认收到使用费", target=acceptance, received_on=str(received_on))
    _tell(acceptance, "paid", amount=str(acceptance.paid_amount), received_on=str(received_on))
    return acceptance


@transaction.atomic
def record_acceptance(*, ref: str, by: User, recorded_on: dt.date, record_number: str) -> Acceptance:
    """Enter the CNIPA record of a licence; either side may have it recorded (implementing rules art. 87).

    A record after the due day is entered too: late is better than unknown.
    """
    acceptance = _lock(by, ref)
    ACCEPTANCE_FLOW.require(acceptance.state, AcceptanceState.RECORDED, actor=by)
    if not record_number.strip():
        raise Invalid("请填写备案编号。", field="record_number")
    if not acceptance.effective_on <= recorded_on <= clock.today():
        raise Invalid(f"备案日应在生效日 {acceptance.effective_on} 之后、不晚于今天。", field="recorded_on")
    acceptance.state = AcceptanceState.RECORDED
    acceptance.recorded_on, acceptance.record_number = recorded_on, record_number.strip()
    acceptance.save(update_fields=["state", "recorded_on", "record_number", "updated_at"])
    enter_record(acceptance, by=by)
    record(by=by, verb="登记许可备案", target=acceptance, record_number=acceptance.record_number)
    _tell(acceptance, "recorded", recorded_on=str(recorded_on))
    return acceptance


@transaction.atomic
def chase_records(*, limit: int = CHASED_AT_ONCE) -> int:
    """Remind both sides of licences whose record is due soon or overdue; returns how many were chased.

    Each reminder of the parameters goes out once; run twice it sends nothing more.
    """
    today, chased = clock.today(), 0
    rule = queries.rule_on(LicenceRule.CLOCK, today)
    days = sorted((int(day) for day in Facts(rule.parameters).items("reminder_days")), reverse=True) if rule else []
    for acceptance in _to_chase(today, days)[:limit]:
        left = (acceptance.record_due_on - today).days
        acceptance.reminder_count = reminders_due(days_left=left, reminder_days=days)
        acceptance.save(update_fields=["reminder_count", "updated_at"])
        _remind(acceptance, left)
        chased += 1
    return chased


def _to_chase(today: dt.date, days: list[int]) -> QuerySet[Acceptance]:
    """The licences of which a reminder is due that has not gone out; `days` before the due day, the most first."""
    wanted = Q(pk__in=[])
    for place, before in enumerate(days, start=1):
        wanted |= Q(record_due_on__lte=today + dt.timedelta(days=before), reminder_count__lt=place)
    rows = Acceptance.objects.filter(wanted, state=AcceptanceState.EFFECTIVE).order_by("record_due_on", "pk")
    rows = rows.select_related("open_licence__holder", "open_licence__patent", "firm")
    return rows.select_for_update(of=("self",), skip_locked=True)


def _remind(acceptance: Acceptance, days_left: int) -> None:
    when = f"还有 {days_left} 天到期" if days_left > 0 else "今天到期" if days_left == 0 else f"已逾期 {-days_left} 天"
    title = f"开放许可 {acceptance.open_licence.ref} 的实施许可备案{when}"
    body = f"期限为 {acceptance.record_due_on}，由任何一方向国家知识产权局办理，并在平台登记备案编号。"
    for side in (acceptance.firm, acceptance.open_licence.holder):
        notify(recipient=side, kind=EVENT, title=title, body=body, link=acceptance.get_absolute_url())
    record(by=None, verb="催办许可备案", target=acceptance, days_left=days_left)
    _tell(acceptance, "record_due", days_left=days_left)


def _lock(by: User, ref: str) -> Acceptance:
    rows = Acceptance.objects.visible_to(by).select_related("open_licence__holder", "open_licence__patent", "firm")
    acceptance = rows.select_for_update(of=("self",)).filter(ref=ref).first()
    if acceptance is None:
        raise NotFound("没有这项许可，或不属于您的单位。")
    return acceptance


def _tell(acceptance: Acceptance, what: str, **payload: str | int) -> None:
    licence = acceptance.open_licence
    publish(
        f"{EVENT}.{what}",
        key=licence.ref,
        open_licence_ref=licence.ref,
        acceptance_ref=acceptance.ref,
        patent_number=licence.patent.address,
        **payload,
    )
