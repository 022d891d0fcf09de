"""Freezing, sending, receiving and correcting bulletins."""

from dataclasses import dataclass
from typing import Any

from django.db import transaction

from patents.services.moves import require_role, require_text
from portal import clock, refs, regions
from portal.accounts.enums import OrganisationKind, RegistrationState, Role
from portal.accounts.models import Organisation, User
from portal.audit.services import record
from portal.errors import Conflict, Invalid, NotFound
from portal.notices.services import Message, notify_many
from portal.outbox.services import publish
from stats.enums.figures import BulletinState, ReceiptState
from stats.models import Bulletin, BulletinReceipt, IndicatorValue
from stats.periods import period_of
from stats.policy.bulletins import Stored, changes_between, checksum_of, compose
from stats.policy.definitions import at
from stats.queries.definitions import indicator_versions
from stats.queries.numbers import assessments, province_years, values_of
from stats.workflow.bulletins import BULLETIN_FLOW, RECEIPT_FLOW

_ONLY_PROVINCE = "通报由省级管理人员编制。"


@dataclass(frozen=True, slots=True)
class Text:
    """What a bulletin says around its numbers."""

    title: str
    opening: str = ""
    demands: str = ""


@transaction.atomic
def freeze_bulletin(*, by: User, year: int, quarter: int, text: Text) -> Bulletin:
    """Freeze the numbers of a period as they are stored now, with their checksum. `quarter` 0 is the year.

    Raises:
        Invalid: the period has not begun, nothing is computed for it, or there is no title.
        Conflict: a bulletin of the period stands; it is corrected by a revision.
    """
    require_role(by, Role.PROVINCE, message=_ONLY_PROVINCE)
    title = require_text(text.title, "请填写标题。", field="title")
    period_of(year, str(quarter or ""))
    numbers = current_numbers(year, quarter)
    standing = Bulletin.objects.filter(year=year, quarter=quarter).exclude(state=BulletinState.REPLACED)
    if standing.exists():
        raise Conflict("该期已有通报；如需更正，请在原通报上出更正版。", field="year")
    pk, ref = refs.reserve(Bulletin, "TB")
    made = Bulletin.objects.create(
        pk=pk, ref=ref, title=title, opening=text.opening.strip(), demands=text.demands.strip(),
        **_frozen(numbers, by),
    )  # fmt: skip
    record(by=by, verb="通报定稿", target=made, checksum=made.checksum)
    return made


def _frozen(numbers: dict[str, Any], by: User) -> dict[str, Any]:
    return {
        "year": numbers["year"],
        "quarter": numbers["quarter"],
        "numbers": numbers,
        "checksum": checksum_of(numbers),
        "frozen_at": clock.now(),
        "frozen_by": by,
    }


def current_numbers(year: int, quarter: int) -> dict[str, Any]:
    """The set of numbers of a period from what is stored now.

    Raises:
        Invalid: nothing has been computed for the period.
    """
    versions, today = indicator_versions(), clock.today()
    stored: dict[tuple[str, str], IndicatorValue] = {(row.code, row.city_code): row for row in values_of(year, quarter)}
    codes = [code for code in versions if (code, "") in stored]
    if not codes:
        raise Invalid("该期尚无统计数，请先更新统计。", field="year")
    as_of = stored[codes[0], ""].as_of
    rows = [
        (
            at(versions[code], as_of),
            _stored(stored[code, ""], "全省"),
            [_stored(stored[code, city], name) for city, name in regions.CITIES.items() if (code, city) in stored],
        )
        for code in codes
    ]
    cities = list(stored.values()) if (year, quarter) == (today.year, 0) else list(values_of(today.year, 0))
    targets = assessments(versions, list(province_years()), cities, today)
    return compose(year=year, quarter=quarter, as_of=str(as_of), rows=rows, targets=targets)


def _stored(row: IndicatorValue, name: str) -> Stored:
    return Stored(row.city_code, name, row.value, row.before, row.flagged, row.historic)


@transaction.atomic
def revise_bulletin(*, bulletin_id: int, by: User, reason: str) -> Bulletin:
    """Freeze a dated revision with what changed before and after; the bulletin corrected stays as it was.

    Raises:
        Invalid: no reason, or nothing changed.
        WrongState: it has been replaced already.
    """
    require_role(by, Role.PROVINCE, message=_ONLY_PROVINCE)
    old = _lock(bulletin_id)
    text = require_text(reason, "请写明更正原因。", field="reason")
    BULLETIN_FLOW.require(old.state, BulletinState.REPLACED, actor=by)
    numbers = current_numbers(old.year, old.quarter)
    changes = changes_between(old.numbers, numbers)
    if not changes:
        raise Invalid("现有统计数与原通报一致，没有需要更正的内容。", field="reason")
    stem, _, edition = old.ref.partition("-G")
    made = Bulletin.objects.create(
        ref=f"{stem}-G{int(edition or 0) + 1}", title=old.title, opening=old.opening, demands=old.demands,
        revises=old, revision_reason=text, changes=changes, **_frozen(numbers, by),
    )  # fmt: skip
    old.state = BulletinState.REPLACED
    old.save(update_fields=["state"])
    record(by=by, verb="通报更正", target=made, note=text, replaces=old.ref, changes=len(changes))
    return made


@transaction.atomic
def send_bulletin(*, bulletin_id: int, by: User) -> Bulletin:
    """Send it to every city's authority; each confirms that it has it.

    Raises:
        WrongState: it was sent or replaced.
    """
    require_role(by, Role.PROVINCE, message=_ONLY_PROVINCE)
    found = _lock(bulletin_id)
    BULLETIN_FLOW.require(found.state, BulletinState.SENT, actor=by)
    found.state, found.sent_at = BulletinState.SENT, clock.now()
    found.save(update_fields=["state", "sent_at"])
    cities = list(
        Organisation.objects.filter(
            kind=OrganisationKind.AUTHORITY_CITY, state=RegistrationState.APPROVED
        ).order_by("city_code", "id")
    )  # fmt: skip
    BulletinReceipt.objects.bulk_create(
        BulletinReceipt(bulletin=found, organisation=city, sent_at=found.sent_at) for city in cities
    )
    word = "更正通报" if found.revises_id else "通报"
    notify_many(
        kind="stats.bulletin",
        messages=[
            Message(city, f"{word}：{found.title}", "请查收并签收。", found.get_absolute_url()) for city in cities
        ],
    )
    publish("stats.bulletin.sent", key=f"bulletin:{found.ref}", ref=found.ref, checksum=found.checksum)
    record(by=by, verb="发出通报", target=found, cities=len(cities))
    return found


@transaction.atomic
def receive_bulletin(*, bulletin_id: int, by: User) -> BulletinReceipt:
    """A city confirms that it has the bulletin.

    Raises:
        NotFound: none was sent to the city. WrongState: it is confirmed already.
    """
    require_role(by, Role.CITY, message="通报由市级管理人员签收。")
    found = (
        BulletinReceipt.objects.select_for_update(of=("self",))
        .select_related("bulletin", "organisation")
        .filter(bulletin_id=bulletin_id, organisation=by.organisation)
        .first()
    )
    if found is None:
        raise NotFound("没有发给本单位的这份通报。")
    RECEIPT_FLOW.require(found.state, ReceiptState.RECEIVED, actor=by)
    found.state, found.received_at, found.received_by = ReceiptState.RECEIVED, clock.now(), by
    found.save(update_fields=["state", "received_at", "received_by"])
    record(by=by, verb="签收通报", target=found)
    return found


def _lock(bulletin_id: int) -> Bulletin:
    found = Bulletin.objects.select_for_update().filter(pk=bulletin_id).first()
    if found is None:
        raise NotFound("没有这份通报。")
    return found
