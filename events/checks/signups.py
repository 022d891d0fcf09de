"""What a sign-up must state."""

import re
import unicodedata
from dataclasses import dataclass

from events.models import Event
from portal import clock
from portal.errors import Invalid, WrongState

MAX_PEOPLE = 20
_MOBILE = re.compile(r"1[3-9]\d{9}")
_LANDLINE = re.compile(r"0\d{2,3}\d{7,8}")


@dataclass(frozen=True, slots=True)
class Person:
    """Who comes."""

    name: str
    phone: str
    position: str = ""
    note: str = ""


def parse_phone(text: object) -> str:
    """A mobile or landline number of the mainland as figures only: `139 0000-1234` gives `13900001234`.

    Raises:
        Invalid: it is neither.
    """
    plain = re.sub(r"[\s\-()]", "", unicodedata.normalize("NFKC", str(text))).removeprefix("+86")
    if not _MOBILE.fullmatch(plain) and not _LANDLINE.fullmatch(plain):
        raise Invalid("请填写 11 位手机号码，或带区号的固定电话。", field="phone")
    return plain


def check_person(person: Person) -> Person:
    """The person with clean values. Raises Invalid, naming the field."""
    if not person.name.strip():
        raise Invalid("请填写参会人姓名。", field="name")
    return Person(person.name.strip(), parse_phone(person.phone), person.position.strip(), person.note.strip())


def check_open(event: Event) -> None:
    """Refuse a sign-up before it opens, after it closes, or for what does not take place."""
    if event.is_signup_open:
        return
    if not event.takes_signups:
        raise WrongState("本活动不接受在线报名，请与主办单位联系。", code="no_signups")
    if event.signup_until <= clock.now():
        raise WrongState("报名已截止。", code="signup_closed")
    if event.signup_opens_at is not None and event.signup_opens_at > clock.now():
        opens = f"{event.signup_opens_at.astimezone(clock.SHANGHAI):%Y-%m-%d %H:%M}"
        raise WrongState(f"报名于 {opens} 开始。", code="signup_not_open")
    raise WrongState(f"活动{event.get_state_display()}，不能报名。")
