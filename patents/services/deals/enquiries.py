"""Enquiry, answer and talks."""

import datetime as dt
from collections.abc import Sequence

from django.db import transaction

from patents.checks.deals import MAX_MESSAGE, MAX_PATENTS, check_choice, check_text
from patents.enums import IN_FORCE
from patents.enums.deals import DealKind, DealState, Origin, Side
from patents.models import Deal, DealMessage, DealPatent, Patent
from patents.queries import deal_rules, legal
from patents.queries.deals import open_enquiry, unanswered
from patents.services.deals.moves import (
    add_party,
    announce,
    lock_deal,
    move_deal,
    require_party,
    require_side,
    require_state,
    tell,
    tell_other_side,
)
from portal import clock, refs
from portal.accounts.enums import RegistrationState, Role
from portal.accounts.models import Organisation, User
from portal.audit.services import record
from portal.errors import Conflict, Invalid, NotAllowed
from portal.working_days import CalendarUnknown, add_working_days

CHASE_LIMIT = 500


@transaction.atomic
def enquire(
    *, by: User, patent_ids: Sequence[int], kind: str, message: str,
    origin: str = Origin.PATENT_PAGE, origin_ref: str = "",
) -> Deal:  # fmt: skip
    """A firm asks a holder about one or more of its patents; the clock for the answer starts today.

    Raises:
        Invalid: no patents, of several holders, of nobody on the portal, the firm's own, or not in force.
        Conflict: the firm has an enquiry or talks about one of them already.
    """
    firm = by.organisation
    if by.role != Role.SME or firm is None:
        raise NotAllowed("只有企业可以提出意向。")
    text = check_text(message, field="message", label="意向说明", limit=MAX_MESSAGE)
    patents, holder = _patents_for(patent_ids, kind)
    _check_parties(holder, firm)
    if standing := open_enquiry(patent_ids, firm.pk):
        raise Conflict(f"贵单位对该专利已有在谈的意向 {standing.ref}。", code="enquiry_exists")
    deal = _open(DealState.ENQUIRY, kind, patents, origin, origin_ref)
    deal.answer_by = _answer_by(deal.opened_on)
    deal.save(update_fields=["answer_by"])
    add_party(deal, holder, Side.GIVER)
    add_party(deal, firm, Side.RECEIVER)
    DealMessage.objects.create(deal=deal, author=by, organisation=firm, body=text)
    record(by=by, verb="提出转化意向", target=deal, patents=[patent.display_number for patent in patents])
    announce(deal, "enquired", patents=[patent.address for patent in patents], receiver_id=firm.pk, giver_id=holder.pk)
    tell_other_side(
        deal, Side.RECEIVER, "patents.deal.enquired", f"{firm.name}对贵单位专利提出{deal.get_kind_display()}意向", text
    )
    return deal


@transaction.atomic
def start_talks(*, by: User, patent_ids: Sequence[int], kind: str, receiver_id: int, note: str = "") -> Deal:
    """A holder enters talks that began elsewhere: no enquiry, no clock."""
    own = by.organisation
    if by.role not in (Role.HOLDER, Role.SME) or own is None:
        raise NotAllowed("只有专利权人可以登记洽谈。")
    patents, holder = _patents_for(patent_ids, kind)
    if holder.pk != own.pk:
        raise Invalid("只能登记本单位专利的洽谈。", field="patents")
    receiver = Organisation.objects.filter(pk=receiver_id, state=RegistrationState.APPROVED).first()
    if receiver is None:
        raise Invalid("对方单位尚未在平台注册或未通过审核。", field="receiver")
    _check_parties(holder, receiver)
    deal = _open(DealState.TALKS, kind, patents, Origin.OFFLINE, "")
    add_party(deal, holder, Side.GIVER)
    add_party(deal, receiver, Side.RECEIVER)
    if note.strip():
        DealMessage.objects.create(deal=deal, author=by, organisation=own, body=note.strip()[:MAX_MESSAGE])
    record(by=by, verb="登记线下洽谈", target=deal, patents=[patent.display_number for patent in patents])
    announce(deal, "talks_started", receiver_id=receiver.pk, giver_id=holder.pk)
    tell_other_side(
        deal, Side.GIVER, "patents.deal.talks_started", f"{own.name}登记了与贵单位的{deal.get_kind_display()}洽谈"
    )
    return deal


@transaction.atomic
def answer_enquiry(*, deal_id: int, by: User, message: str) -> Deal:
    """The holder answers: talks begin, and the clock stops."""
    deal = lock_deal(by, pk=deal_id)
    require_side(deal, by, Side.GIVER)
    text = check_text(message, field="message", label="答复", limit=MAX_MESSAGE)
    move_deal(deal, DealState.TALKS, by=by, answered_on=clock.today())
    _say(deal, by, text)
    record(by=by, verb="答复转化意向", target=deal)
    announce(deal, "talks_started")
    tell_other_side(deal, Side.GIVER, "patents.deal.talks_started", f"意向 {deal.ref} 已答复，可以洽谈", text)
    return deal


@transaction.atomic
def post_message(*, deal_id: int, by: User, message: str) -> DealMessage:
    """One more message of the thread; the other side is told."""
    deal = lock_deal(by, pk=deal_id)
    side = require_party(deal, by)
    if deal.state == DealState.ENQUIRY and side == Side.GIVER:
        raise Invalid("请先答复意向。", field="message")
    require_state(deal, DealState.ENQUIRY, DealState.TALKS, DealState.CONTRACT, DealState.RECORDED, DealState.PAYING)
    text = check_text(message, field="message", label="留言", limit=MAX_MESSAGE)
    posted = _say(deal, by, text)
    record(by=by, verb="留言", target=deal)
    tell_other_side(deal, side, "patents.deal.message", f"交易 {deal.ref} 有新留言", text)
    return posted


@transaction.atomic
def chase_unanswered() -> int:
    """Remind holders of enquiries whose time to answer is over, once each; returns how many."""
    today = clock.today()
    late = list(unanswered(today).select_for_update(of=("self",), skip_locked=True)[:CHASE_LIMIT])
    for deal in late:
        deal.chased_on = today
        deal.save(update_fields=["chased_on", "updated_at"])
        record(by=None, verb="催办意向答复", target=deal)
        announce(deal, "answer_overdue")
        tell(deal, {Side.GIVER}, "patents.deal.answer_overdue", f"意向 {deal.ref} 已过答复时限，请尽快答复")
    return len(late)


def _say(deal: Deal, by: User, text: str) -> DealMessage:
    if by.organisation is None:
        raise NotAllowed("只有交易双方可以留言。")
    return DealMessage.objects.create(deal=deal, author=by, organisation=by.organisation, body=text)


def _patents_for(patent_ids: Sequence[int], kind: str) -> tuple[list[Patent], Organisation]:
    if kind == DealKind.OPEN_LICENCE:
        raise Invalid("开放许可由企业书面通知并付款即成立，请在该专利的开放许可页面接受，不需洽谈。", field="kind")
    check_choice(kind, DealKind.values, field="kind", label="转化方式")
    if not 1 <= len(set(patent_ids)) <= MAX_PATENTS:
        raise Invalid(f"请选择 1 至 {MAX_PATENTS} 件专利。", field="patents")
    # Two enquiries of one firm at once: the second waits here and then sees the first.
    rows = Patent.objects.select_for_update(no_key=True).filter(pk__in=patent_ids).order_by("pk")
    patents = list(rows.defer("abstract", "search_tokens"))
    if len(patents) != len(set(patent_ids)):
        raise Invalid("所选专利不存在。", field="patents")
    for patent in patents:
        status = legal.status_of(patent)
        if status not in IN_FORCE:
            raise Invalid(f"{patent.display_number} 法律状态为“{status.label}”，不能洽谈转化。", field="patents")
    holders = {patent.holder_id for patent in patents}
    holder = Organisation.objects.filter(pk__in=[pk for pk in holders if pk]).first()
    if len(holders) != 1 or holder is None:
        raise Invalid("所选专利须属于同一家已在平台登记的权利人。", field="patents")
    return patents, holder


def _check_parties(giver: Organisation, receiver: Organisation) -> None:
    if giver.pk == receiver.pk:
        raise Invalid("不能对本单位的专利提出意向。", field="patents")
    for organisation in (giver, receiver):
        if organisation.state != RegistrationState.APPROVED:
            raise Invalid(f"{organisation.name}尚未通过注册审核。", field="patents")


def _answer_by(day: dt.date) -> dt.date | None:
    """The last day to answer; None where no rule sets a clock, or next year's holidays are not announced yet."""
    days = deal_rules.answer_days(day)
    try:
        return add_working_days(day, days) if days else None
    except CalendarUnknown:
        return None


def _open(state: DealState, kind: str, patents: list[Patent], origin: str, origin_ref: str) -> Deal:
    check_choice(origin, Origin.values, field="origin", label="来源")
    pk, ref = refs.reserve(Deal, "JY")
    deal = Deal.objects.create(
        pk=pk, ref=ref, kind=kind, state=state, origin=origin, origin_ref=origin_ref[:40], opened_on=clock.today()
    )
    DealPatent.objects.bulk_create(DealPatent(deal=deal, patent=patent) for patent in patents)
    return deal
