"""What the parties of a table plan want: whom they wish to meet, when they can come; and conflicts officials know of."""

from collections.abc import Iterable, Mapping

from django.db import transaction

from events.enums import EventState, SlotKind, WishKind
from events.models import Event, PlanConflict, PlanParty, PlanWish
from events.queries.plans import guests_of, hosts_of, is_coming, other_side
from events.services.plans import lock_for_plan
from events.workflow.events import ORGANISERS
from portal import clock
from portal.accounts.models import Organisation, User
from portal.audit.services import record
from portal.errors import Conflict, Invalid, NotFound, WrongState

MOST_MUSTS = 3
"""Parties that one organisation may insist on (own default): when all must be met, none can be preferred."""
MOST_MEETINGS = 60


@transaction.atomic
def save_wishes(*, event_id: int, by: User, wishes: Mapping[int, str], organisation_id: int | None = None) -> None:
    """Write what an organisation wants of the parties named; an empty wish takes an earlier one back.

    Its own people say it, or an official who holds the event for it (`organisation_id`).

    Raises:
        NotFound: no such event for `by`, or the organisation has no place there.
        Invalid: a wish about somebody who is not on the other side, or too many musts.
        WrongState: the event has begun or is not published.
    """
    event, own = _open_event(event_id, by, organisation_id)
    unknown = {kind for kind in wishes.values() if kind and kind not in WishKind.values}
    others = set(other_side(event, own).values_list("pk", flat=True))
    if unknown or not set(wishes) <= others:
        raise Invalid("请从列出的参会单位和意愿中选择。", field="wishes")
    PlanWish.objects.filter(event=event, by=own, about__in=list(wishes)).delete()
    PlanWish.objects.bulk_create(
        PlanWish(event=event, by=own, about_id=about, wish=wish, made_by=by, made_at=clock.now())
        for about, wish in sorted(wishes.items())
        if wish
    )
    if PlanWish.objects.filter(event=event, by=own, wish=WishKind.MUST).count() > MOST_MUSTS:
        raise Invalid(f"“一定要见”最多 {MOST_MUSTS} 家。", field="wishes")
    record(by=by, verb="填写洽谈意愿", target=event, organisation=own.pk, count=len(wishes))


@transaction.atomic
def save_party(
    *,
    event_id: int,
    by: User,
    most_meetings: int | None,
    absent_slots: Iterable[int],
    organisation_id: int | None = None,
) -> PlanParty:
    """Write when an organisation cannot come to the tables and how often it wants to meet at most; as `save_wishes`."""
    event, own = _open_event(event_id, by, organisation_id)
    if most_meetings is not None and not 1 <= most_meetings <= MOST_MEETINGS:
        raise Invalid(f"最多洽谈场数应为 1 至 {MOST_MEETINGS}，不限请留空。", field="most_meetings")
    wanted = set(absent_slots)
    slots = list(event.slots.filter(kind=SlotKind.MEETING, pk__in=wanted))
    if len(slots) != len(wanted):
        raise Invalid("不能参加的时段不是本活动的洽谈时段。", field="absent_slots")
    party, _ = PlanParty.objects.update_or_create(
        event=event, organisation=own, defaults={"most_meetings": most_meetings}
    )
    party.absent_slots.set(slots)
    record(by=by, verb="填写洽谈时间", target=event, organisation=own.pk, absent=len(slots), most=most_meetings)
    return party


def _open_event(event_id: int, by: User, organisation_id: int | None) -> tuple[Event, Organisation]:
    """The event, locked, and the organisation with a place there that `by` speaks for."""
    if by.role in ORGANISERS:
        event = lock_for_plan(event_id, by)
        own = Organisation.objects.filter(pk=organisation_id or 0).first()
    else:
        rows = Event.objects.visible_to(by).select_for_update(of=("self",))
        found = rows.filter(pk=event_id, state=EventState.PUBLISHED).first()
        if found is None:
            raise NotFound("没有这个活动。")
        event, own = found, by.organisation
    if own is None or not is_coming(event, own):
        raise NotFound("贵单位没有报名成功，不能填写洽谈意愿。")
    if event.starts_at <= clock.now():
        raise WrongState("活动已经开始，不能再填写。")
    return event, own


@transaction.atomic
def add_conflict(*, event_id: int, by: User, guest_id: int, host_id: int, reason: str) -> PlanConflict:
    """Keep two parties apart; a meeting of the two that is not pinned goes with the next calculation."""
    event = lock_for_plan(event_id, by)
    if not reason.strip():
        raise Invalid("请填写利益冲突的原因。", field="reason")
    if not guests_of(event).filter(pk=guest_id).exists():
        raise Invalid("该企业没有报名成功。", field="guest")
    if not hosts_of(event).filter(pk=host_id).exists():
        raise Invalid("对方没有报名成功。", field="host")
    conflict, is_new = PlanConflict.objects.get_or_create(
        event=event, guest_id=guest_id, host_id=host_id, defaults={"reason": reason.strip(), "made_by": by}
    )
    if not is_new:
        raise Conflict("这两家的利益冲突已经登记。", field="host")
    record(by=by, verb="登记利益冲突", target=conflict, note=reason.strip())
    return conflict


@transaction.atomic
def remove_conflict(*, event_id: int, by: User, conflict_id: int) -> None:
    """Let two parties meet again."""
    event = lock_for_plan(event_id, by)
    conflict = PlanConflict.objects.filter(event=event, pk=conflict_id).first()
    if conflict is None:
        raise NotFound("没有这条利益冲突。")
    record(by=by, verb="删除利益冲突", target=conflict, note=conflict.reason)
    conflict.delete()
