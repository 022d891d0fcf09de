"""What an event must state; checked by the form and by the service."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from events.enums import EventKind, PlaceKind
from events.models import EventSeries
from events.workflow.events import ORGANISERS
from portal import regions
from portal.accounts.enums import RegistrationState, Role
from portal.accounts.models import Organisation, User
from portal.errors import Invalid, NotAllowed

MAX_CAPACITY = 100_000


@dataclass(frozen=True, slots=True)
class EventFacts:
    """What the organiser states. Amounts in yuan; `capacity` None is no limit."""

    kind: str
    title: str
    summary: str
    organiser: Organisation
    city_code: str
    place: str
    starts_at: dt.datetime
    ends_at: dt.datetime
    place_kind: str = PlaceKind.VENUE
    online_url: str = ""
    series: EventSeries | None = None
    budget_amount: Decimal | None = None
    takes_signups: bool = True
    takes_persons: bool = True
    takes_walk_ins: bool = True
    capacity: int | None = None
    per_organisation: int | None = None
    signup_opens_at: dt.datetime | None = None
    signup_closes_at: dt.datetime | None = None


def check_event(facts: EventFacts) -> None:
    """Refuse an event that could not take place.

    Raises:
        Invalid: names the field at fault.
    """
    if facts.kind not in EventKind.values:
        raise Invalid("请选择活动类型。", field="kind")
    for field, text, name in (("title", facts.title, "名称"), ("place", facts.place, "地点")):
        if not text.strip():
            raise Invalid(f"请填写活动{name}。", field=field)
    if facts.city_code not in regions.CITIES:
        raise Invalid("请选择举办地所在的设区市。", field="city_code")
    check_times(facts.starts_at, facts.ends_at)
    if facts.organiser.state != RegistrationState.APPROVED:
        raise Invalid("主办单位尚未通过注册审核。", field="organiser")
    _check_place(facts)
    _check_signup(facts)


def check_times(starts_at: dt.datetime, ends_at: dt.datetime) -> None:
    """Refuse an end that is not after the start."""
    if ends_at <= starts_at:
        raise Invalid("结束时间应晚于开始时间。", field="ends_at")


def _check_place(facts: EventFacts) -> None:
    if facts.place_kind not in PlaceKind.values:
        raise Invalid("请选择场所类型。", field="place_kind")
    if facts.online_url and not facts.online_url.startswith(("https://", "http://")):
        raise Invalid("线上会议地址须以 https:// 或 http:// 开头。", field="online_url")
    if facts.budget_amount is not None and facts.budget_amount < 0:
        raise Invalid("预算不能为负数。", field="budget_amount")


def _check_signup(facts: EventFacts) -> None:
    if facts.capacity is not None and not 1 <= facts.capacity <= MAX_CAPACITY:
        raise Invalid(f"名额应在 1 至 {MAX_CAPACITY} 之间，不限请留空。", field="capacity")
    if facts.per_organisation is not None and facts.per_organisation < 1:
        raise Invalid("每单位最多人数至少为 1，不限请留空。", field="per_organisation")
    closes = facts.signup_closes_at or facts.starts_at
    if facts.signup_closes_at is not None and facts.signup_closes_at > facts.ends_at:
        raise Invalid("报名截止不能晚于活动结束。", field="signup_closes_at")
    if facts.signup_opens_at is not None and facts.signup_opens_at >= closes:
        raise Invalid("报名开始应早于报名截止。", field="signup_opens_at")


def check_organiser(facts: EventFacts, by: User) -> None:
    """Refuse an event that is not the actor's to hold: a city holds its own, in its own city."""
    if by.role not in ORGANISERS:
        raise NotAllowed("只有省级和市级管理人员可以管理活动。")
    if by.role == Role.CITY and (facts.organiser.pk, facts.city_code) != (by.organisation_id, by.city_code):
        raise NotAllowed("市级管理人员只能管理本单位在本市主办的活动。")
