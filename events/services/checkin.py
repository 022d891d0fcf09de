"""The door: who has come. Each person counts once, however many helpers scan at the same moment."""

from dataclasses import dataclass

from django.db import transaction

from events.checks.signups import Person, check_person
from events.enums import Audience, CheckInWay, EventState, SignupState
from events.models import Event, Signup
from events.services.moves import announce, lock_managed, save
from events.services.signups import check_new, next_number
from events.tokens import Token, read_badge
from portal import clock
from portal.accounts.models import User
from portal.audit.services import record
from portal.errors import Conflict, NotFound, WrongState

OPENS_BEFORE_HOURS = 12
_REISSUED = "该证件已作废，请出示新的二维码，或按姓名签到。"


@dataclass(frozen=True, slots=True)
class CheckedIn:
    """A person at the door; `is_first` is False where somebody had checked them in before."""

    signup: Signup
    is_first: bool


@transaction.atomic
def check_in_badge(*, event_id: int, token: str, door: str, by: User | None = None) -> CheckedIn:
    """Let somebody in by the QR code.

    Raises:
        NotFound: forged, of another event, or replaced by a newer badge.
        WrongState: no place, called off, or not the day.
    """
    said = read_badge(token)
    row = _lock(event_id, said.key, "该二维码不是本活动的报名凭证。")
    _require_newest(row, said)
    return _let_in(row, CheckInWay.QR, door, by)


@transaction.atomic
def check_in_name(*, event_id: int, signup_id: int, door: str, by: User | None = None) -> CheckedIn:
    """Let somebody in whose name is on the list."""
    return _let_in(_lock(event_id, signup_id, "报名表中没有这个人。"), CheckInWay.NAME, door, by)


@transaction.atomic
def walk_in(*, event_id: int, person: Person, organisation_name: str, door: str, by: User | None = None) -> Signup:
    """Let somebody in who did not sign up, while there are fewer people in the room than places.

    Raises:
        WrongState: the event takes none, is full, or it is not the day.
        Conflict: the telephone number is on the list: check in by name.
    """
    event = Event.objects.select_for_update(of=("self",)).get(pk=event_id)
    _require_day(event)
    if not event.takes_walk_ins:
        raise WrongState("本活动不接受现场登记。", code="no_walk_ins")
    clean = check_person(person)
    check_new(event, [clean.phone])
    present = event.signups.filter(checked_in_at__isnull=False).count()
    if event.capacity is not None and present >= event.capacity:
        raise WrongState(f"到会人数已达 {event.capacity} 人，不能再登记。", code="full")
    now = clock.now()
    row = Signup.objects.create(
        event=event, number=next_number(event), state=SignupState.CONFIRMED, audience=Audience.OTHER,
        organisation_name=organisation_name.strip(), person_name=clean.name, person_phone=clean.phone,
        position=clean.position, made_by=by, made_at=now, confirmed_at=now, is_walk_in=True, checked_in_at=now,
        checked_in_via=CheckInWay.WALK_IN, door=door[:40],
    )  # fmt: skip
    record(by=by, verb="现场登记", target=event, signup_id=row.pk, door=door)
    announce("events.signup.checked_in", event, signup_id=row.pk)
    return row


@transaction.atomic
def reissue_badge(*, event_id: int, signup_id: int, by: User) -> Signup:
    """Make a new badge for one that was lost; the old one opens no door."""
    event = lock_managed(event_id, by)
    row = _lock(event.pk, signup_id, "报名表中没有这个人。")
    row.badge_version += 1
    row.save(update_fields=["badge_version"])
    record(by=by, verb="换发证件", target=event, signup_id=row.pk)
    announce("events.badge.reissued", event, signup_id=row.pk)
    return row


@transaction.atomic
def renew_door(*, event_id: int, by: User) -> Event:
    """Make a new link for the helpers; the one handed out before works no more."""
    event = lock_managed(event_id, by)
    save(event, door_version=event.door_version + 1)
    record(by=by, verb="更换签到链接", target=event)
    announce("events.door.renewed", event)
    return event


def _lock(event_id: int, signup_id: int, refusal: str) -> Signup:
    rows = Signup.objects.select_for_update(of=("self",)).select_related("event")
    try:
        return rows.get(pk=signup_id, event_id=event_id)
    except Signup.DoesNotExist as error:
        raise NotFound(refusal) from error


def _require_newest(row: Signup, said: Token) -> None:
    if row.badge_version != said.version:
        raise Conflict(_REISSUED, code="badge_replaced")


def _let_in(row: Signup, way: CheckInWay, door: str, by: User | None) -> CheckedIn:
    if row.checked_in_at is not None:
        return CheckedIn(row, is_first=False)
    _require_day(row.event)
    if row.state != SignupState.CONFIRMED:
        raise WrongState(f"{row.person_name}的报名状态为“{row.get_state_display()}”，不能签到。", code="no_place")
    row.checked_in_at, row.checked_in_via, row.door = clock.now(), way, door[:40]
    row.save(update_fields=["checked_in_at", "checked_in_via", "door"])
    record(by=by, verb="签到", target=row.event, signup_id=row.pk, door=door, way=str(way))
    announce("events.signup.checked_in", row.event, signup_id=row.pk)
    return CheckedIn(row, is_first=True)


def _require_day(event: Event) -> None:
    if event.state != EventState.PUBLISHED:
        raise WrongState(f"活动{event.get_state_display()}，不能签到。")
    hours = (event.starts_at - clock.now()).total_seconds() / 3600
    if hours > OPENS_BEFORE_HOURS:
        raise WrongState(f"签到在活动开始前 {OPENS_BEFORE_HOURS} 小时开放。", code="too_early")
    if event.is_over:
        raise WrongState("活动已结束，不能签到。", code="over")
