"""What an event must state; checked by the form and by the service."""

import datetime as dt
from dataclasses import dataclass

from events.enums import EventKind
from events.workflow.events import ORGANISERS
from portal import regions
from portal.accounts.enums import RegistrationState, Role
from portal.accounts.models import Organisation, User
from portal.errors import Invalid, NotAllowed


@dataclass(frozen=True, slots=True)
class EventFacts:
    """What the organiser states."""

    kind: str
    title: str
    summary: str
    organiser: Organisation
    city_code: str
    place: str
    starts_at: dt.datetime
    ends_at: dt.datetime


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
    if facts.ends_at <= facts.starts_at:
        raise Invalid("结束时间应晚于开始时间。", field="ends_at")
    if facts.organiser.state != RegistrationState.APPROVED:
        raise Invalid("主办单位尚未通过注册审核。", field="organiser")


def check_organiser(facts: EventFacts, by: User) -> None:
    """Refuse an event that is not the actor's to hold: a city holds its own, in its own city."""
    if by.role not in ORGANISERS:
        raise NotAllowed("只有省级和市级管理人员可以管理活动。")
    if by.role == Role.CITY and (facts.organiser.pk, facts.city_code) != (by.organisation_id, by.city_code):
        raise NotAllowed("市级管理人员只能管理本单位在本市主办的活动。")
