"""Signing up: who gets a place, who waits, who takes it back."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Max

from events.checks.signups import MAX_PEOPLE, Person, check_open, check_person
from events.enums import Audience, SignupState, audience_of
from events.models import Event, Signup, SignupQuota
from events.policy.places import Places
from events.services.moves import announce, lock_managed, lock_public, require_editable, save
from events.services.places import fill_places, places_of
from events.tokens import badge_token, read_badge
from portal import clock
from portal.accounts.enums import Role
from portal.accounts.models import Organisation, User
from portal.audit.services import record, record_many
from portal.errors import Conflict, Invalid, NotAllowed, NotFound, WrongState
from portal.notices.services import notify

SIGN_UP_ROLES = frozenset({Role.SME, Role.HOLDER})


@dataclass(frozen=True, slots=True)
class Sender:
    """For whom people come: an organisation of the portal, one by name only, or for nobody."""

    organisation: Organisation | None = None
    name: str = ""
    audience: str = Audience.OTHER


@transaction.atomic
def sign_up(*, event_id: int, by: User, people: Sequence[Person]) -> list[Signup]:
    """An organisation sends people. Who finds no place waits, in the order of coming.

    Sign-ups of one event follow one another on the lock of its row, so no place is given twice however many come at
    the same second.

    Raises:
        WrongState: not open any more, or not yet.
        Invalid: nobody named, too many, or a person without name or telephone.
        Conflict: a telephone number is signed up already.
    """
    if by.role not in SIGN_UP_ROLES or by.organisation is None:
        raise NotAllowed("只有企业和专利权人账号可以为本单位报名；个人请使用个人报名。")
    event = lock_public(event_id, by)
    check_open(event)
    wanted = _people(people)
    _check_share(event, by.organisation, len(wanted))
    sender = Sender(by.organisation, by.organisation.name, audience_of(by.organisation.kind))
    rows = _enter(event, wanted, sender, by=by)
    _tell(event, by.organisation, rows)
    return rows


@transaction.atomic
def sign_up_person(*, event_id: int, person: Person, organisation_name: str = "", has_consented: bool) -> Signup:
    """A person comes on their own, without an account. The badge's address is all that they get.

    Raises:
        Invalid: no consent to the use of name and telephone (PIPL art. 13), or no telephone.
        WrongState: the event takes no persons, or signing up is over.
    """
    event = lock_public(event_id, None)
    check_open(event)
    if not event.takes_persons:
        raise WrongState("本活动只接受单位报名，请登录单位账号。", code="no_persons")
    if not has_consented:
        raise Invalid("请阅读并同意个人信息使用说明。", field="has_consented")
    (row,) = _enter(event, _people([person]), Sender(name=organisation_name.strip()), by=None)
    return row


@transaction.atomic
def enter_person(*, event_id: int, by: User, person: Person, sender: Sender) -> Signup:
    """The organiser signs somebody up by hand, also after closing, while the event is not over."""
    event = lock_managed(event_id, by)
    _require_to_come(event)
    (row,) = _enter(event, _people([person]), sender, by=by)
    if sender.organisation is not None:
        _tell(event, sender.organisation, [row])
    return row


@transaction.atomic
def withdraw(*, signup_id: int, by: User) -> Signup:
    """The organisation, or the organiser, takes a sign-up back; the first who waits moves up."""
    found = Signup.objects.visible_to(by).filter(pk=signup_id).first()
    if found is None:
        raise NotFound("没有这条报名。")
    return _withdraw(found, by)


@transaction.atomic
def withdraw_by_badge(*, token: str) -> Signup:
    """A person without an account takes the own sign-up back."""
    said = read_badge(token)
    found = Signup.objects.filter(pk=said.key, badge_version=said.version).first()
    if found is None:
        raise NotFound("没有这条报名。")
    return _withdraw(found, None)


@transaction.atomic
def set_quotas(*, event_id: int, by: User, places: dict[str, int | None]) -> None:
    """Say how many places each group has at most; None is no limit of its own. Who has a place keeps it."""
    event = lock_managed(event_id, by)
    require_editable(event)
    for audience, count in places.items():
        if audience not in Audience.values:
            raise Invalid("没有这类报名对象。", field="audience")
        if count is None:
            event.quotas.filter(audience=audience).delete()
        else:
            SignupQuota.objects.update_or_create(event=event, audience=audience, defaults={"places": count})
    save(event)
    record(by=by, verb="设置报名配额", target=event, places=places)
    announce("events.event.quotas_changed", event)
    fill_places(event)


def next_number(event: Event) -> int:
    """The number of who comes next; the event's row is locked."""
    last = event.signups.aggregate(last=Max("number"))["last"]
    return (last or 0) + 1


def check_new(event: Event, phones: Sequence[str]) -> None:
    """Refuse a telephone number that has a standing sign-up."""
    known = event.signups.standing().filter(person_phone__in=phones).first()
    if known is not None:
        raise Conflict(f"号码 {known.person_phone} 已报名本活动（{known.get_state_display()}）。", field="phone")


def _people(people: Sequence[Person]) -> list[Person]:
    if not people:
        raise Invalid("请至少填写一名参会人。", field="name")
    if len(people) > MAX_PEOPLE:
        raise Invalid(f"一次最多报名 {MAX_PEOPLE} 人。", field="name")
    wanted = [check_person(person) for person in people]
    phones = [person.phone for person in wanted]
    twice = next((phone for phone in phones if phones.count(phone) > 1), None)
    if twice:
        raise Invalid(f"号码 {twice} 填写了两次。", field="phone")
    return wanted


def _check_share(event: Event, organisation: Organisation, count: int) -> None:
    if event.per_organisation is None:
        return
    standing = event.signups.standing().filter(organisation=organisation).count()
    if standing + count > event.per_organisation:
        raise Invalid(f"每单位最多 {event.per_organisation} 人，贵单位已报名 {standing} 人。", field="name")


def _enter(event: Event, people: Sequence[Person], sender: Sender, *, by: User | None) -> list[Signup]:
    check_new(event, [person.phone for person in people])
    places, number = places_of(event), next_number(event)
    rows = Signup.objects.bulk_create(
        _row(event, number + offset, person, sender, places=places, by=by) for offset, person in enumerate(people)
    )
    record_many(by=by, verb="活动报名", acts=[(event, {"signup_id": row.pk, "state": row.state}) for row in rows])
    announce("events.signup.made", event, signup_ids=[row.pk for row in rows])
    return rows


def _row(event: Event, number: int, person: Person, sender: Sender, *, places: Places, by: User | None) -> Signup:
    has_place, now = places.take(sender.audience), clock.now()
    return Signup(
        event=event,
        number=number,
        state=SignupState.CONFIRMED if has_place else SignupState.WAITING,
        audience=sender.audience,
        organisation=sender.organisation,
        organisation_name=sender.name,
        person_name=person.name,
        person_phone=person.phone,
        position=person.position,
        note=person.note,
        made_by=by,
        made_at=now,
        confirmed_at=now if has_place else None,
    )


def _tell(event: Event, organisation: Organisation, rows: Sequence[Signup]) -> None:
    sure = [row.person_name for row in rows if row.state == SignupState.CONFIRMED]
    waiting = [row.person_name for row in rows if row.state == SignupState.WAITING]
    parts = [f"报名成功：{'、'.join(sure)}。" if sure else "", f"候补：{'、'.join(waiting)}。" if waiting else ""]
    notify(
        recipient=organisation,
        kind="events.signup.made",
        title=f"“{event.title}”报名结果",
        body="".join(parts),
        link=event.get_absolute_url(),
    )


def _withdraw(found: Signup, by: User | None) -> Signup:
    # The event first, as everywhere: then the sign-up.
    event = Event.objects.select_for_update(of=("self",)).get(pk=found.event_id)
    row = Signup.objects.select_for_update(of=("self",)).get(pk=found.pk)
    if row.state == SignupState.WITHDRAWN:
        raise WrongState("该报名已取消。")
    if row.checked_in_at is not None:
        raise WrongState("已签到，不能取消报名。")
    _require_to_come(event)
    row.state, row.withdrawn_at = SignupState.WITHDRAWN, clock.now()
    row.save(update_fields=["state", "withdrawn_at"])
    record(by=by, verb="取消活动报名", target=event, signup_id=row.pk)
    announce("events.signup.withdrawn", event, signup_id=row.pk)
    fill_places(event)
    return row


def _require_to_come(event: Event) -> None:
    require_editable(event)
    if event.is_over:
        raise WrongState("活动已结束。")


def badge_of(row: Signup) -> str:
    """The signed word of the person's badge as it is now."""
    return badge_token(row.pk, row.badge_version)
