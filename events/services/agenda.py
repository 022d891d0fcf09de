"""The programme of an event: slots, speakers, tables, what is on show, files."""

import datetime as dt
from typing import Any

from django.db import transaction

from demand.enums import DemandState
from demand.models import Demand
from events.checks.agenda import SlotFacts, check_slot, check_speaker
from events.enums import ExhibitKind, FileKind, SlotKind
from events.models import AgendaSlot, Event, EventMove, Exhibit, MeetingTable, Speaker
from events.services.moves import announce, lock_managed, require_editable, save
from events.services.plans import require_no_meetings
from events.workflow.events import ORGANISERS
from finance.models import Product
from patents.models import Listing, Patent
from portal.accounts.models import User
from portal.attachments import services as attachments
from portal.attachments.models import Attachment
from portal.audit.services import record
from portal.errors import Conflict, Invalid, NotAllowed, NotFound

MAX_TABLES = 200
MAX_SLOTS = 100


@transaction.atomic
def add_slot(*, event_id: int, by: User, facts: SlotFacts) -> AgendaSlot:
    """Add a part to the agenda.

    Raises:
        Invalid: outside the event, or without sense.
        Conflict: the speaker is elsewhere then.
    """
    event = _lock(event_id, by)
    check_slot(event, facts)
    if event.slots.count() >= MAX_SLOTS:
        raise Invalid(f"一个活动最多 {MAX_SLOTS} 项议程。", field="title")
    if facts.speaker is not None:
        _lock_speakers([facts.speaker.pk])
        check_speaker(facts.speaker, facts.starts_at, facts.ends_at)
    slot = AgendaSlot.objects.create(
        event=event, kind=facts.kind, title=facts.title.strip(), starts_at=facts.starts_at, ends_at=facts.ends_at,
        room=facts.room.strip(), speaker=facts.speaker,
    )  # fmt: skip
    _changed(event, by, "新增议程", title=slot.title)
    return slot


@transaction.atomic
def remove_slot(*, event_id: int, slot_id: int, by: User) -> None:
    """Take a part out of the agenda."""
    event = _lock(event_id, by)
    slot = event.slots.filter(pk=slot_id).first()
    if slot is None:
        raise NotFound("没有这项议程。")
    if slot.kind == SlotKind.MEETING:
        require_no_meetings(event)
    slot.delete()
    _changed(event, by, "删除议程", title=slot.title)


def check_shift(event: Event, by_time: dt.timedelta, move: EventMove) -> None:
    """Refuse a move after which a slot lies outside the event or a speaker would be in two places; locks speakers."""
    if by_time:
        require_no_meetings(event)
    slots = list(event.slots.select_related("speaker").order_by("pk"))
    _lock_speakers(slot.speaker_id for slot in slots if slot.speaker_id)
    for slot in slots:
        starts_at, ends_at = slot.starts_at + by_time, slot.ends_at + by_time
        if not move.to_starts_at <= starts_at < ends_at <= move.to_ends_at:
            raise Invalid(f"变更后议程“{slot.title}”将超出活动时间，请先调整议程。", field="ends_at")
        if slot.speaker is not None:
            check_speaker(slot.speaker, starts_at, ends_at, but=event.pk)


@transaction.atomic
def save_speaker(*, by: User, name: str, organisation_name: str, title: str = "", summary: str = "") -> Speaker:
    """Enter a speaker, or renew what is known of one with that name and organisation."""
    if by.role not in ORGANISERS:
        raise NotAllowed("只有省级和市级管理人员可以登记主讲人。")
    if not name.strip():
        raise Invalid("请填写主讲人姓名。", field="name")
    if not organisation_name.strip():
        raise Invalid("请填写主讲人单位。", field="organisation_name")
    speaker, _ = Speaker.objects.update_or_create(
        name=name.strip(),
        organisation_name=organisation_name.strip(),
        defaults={"title": title.strip(), "summary": summary.strip()},
    )
    record(by=by, verb="登记主讲人", target=speaker)
    return speaker


@transaction.atomic
def set_tables(*, event_id: int, by: User, count: int) -> list[MeetingTable]:
    """Have tables numbered from 1 to `count`; those above are taken away."""
    event = _lock(event_id, by)
    if not 0 <= count <= MAX_TABLES:
        raise Invalid(f"洽谈桌数应在 0 至 {MAX_TABLES} 之间。", field="count")
    require_no_meetings(event)
    event.tables.filter(number__gt=count).delete()
    standing = set(event.tables.values_list("number", flat=True))
    MeetingTable.objects.bulk_create(
        MeetingTable(event=event, number=number) for number in range(1, count + 1) if number not in standing
    )
    _changed(event, by, "设置洽谈桌", count=count)
    return list(event.tables.order_by("number"))


@transaction.atomic
def add_exhibit(*, event_id: int, by: User, kind: str, number: str, note: str = "") -> Exhibit:
    """Put a patent (by its number), a published need or a product (by their references) on show, once each.

    Raises:
        Invalid: there is no such thing, or it is not public.
        Conflict: it is on show already.
    """
    event = _lock(event_id, by)
    things = {ExhibitKind.PATENT: _patent, ExhibitKind.NEED: _need, ExhibitKind.PRODUCT: _product}
    if kind not in things:
        raise Invalid("请选择展示项目的类型。", field="kind")
    found = things[ExhibitKind(kind)](number.strip())
    if event.exhibits.filter(**found).exists():
        raise Conflict("该项目已在展示清单中。", field="number")
    exhibit = Exhibit.objects.create(event=event, kind=kind, note=note.strip(), **found)
    _changed(event, by, "新增展示项目", kind=str(kind), number=number.strip())
    return exhibit


@transaction.atomic
def remove_exhibit(*, event_id: int, exhibit_id: int, by: User) -> None:
    """Take something off the show."""
    event = _lock(event_id, by)
    exhibit = event.exhibits.filter(pk=exhibit_id).first()
    if exhibit is None:
        raise NotFound("没有这个展示项目。")
    exhibit.delete()
    _changed(event, by, "移除展示项目", kind=exhibit.kind)


@transaction.atomic
def attach_file(*, event_id: int, by: User, kind: str, file: Any) -> Attachment:
    """Keep a paper or a photo of the event; everybody may see it once the event is published."""
    event = _lock(event_id, by)
    if kind not in FileKind.values:
        raise Invalid("请选择文件的种类。", field="kind")
    ending = file.name.rsplit(".", 1)[-1].lower()
    if kind == FileKind.PHOTO and ending not in ("jpg", "jpeg", "png"):
        raise Invalid("现场照片应为 JPG 或 PNG 图片。", field="file")
    return attachments.attach(target=event, purpose=kind, file=file, file_name=file.name, by=by)


@transaction.atomic
def remove_file(*, event_id: int, attachment_id: int, by: User) -> None:
    """Take a paper or photo away."""
    attachments.remove(target=_lock(event_id, by), attachment_id=attachment_id, by=by)


def _lock(event_id: int, by: User) -> Event:
    event = lock_managed(event_id, by)
    require_editable(event)
    return event


def _lock_speakers(keys: Any) -> None:
    list(Speaker.objects.filter(pk__in=set(keys)).order_by("pk").select_for_update().values_list("pk"))


def _changed(event: Event, by: User, verb: str, **facts: Any) -> None:
    save(event)
    record(by=by, verb=verb, target=event, **facts)
    announce("events.event.programme_changed", event)


def _patent(number: str) -> dict[str, Any]:
    listed = Listing.objects.running().values("patent_id")
    found = Patent.objects.at_address(number).filter(pk__in=listed).first() if number else None
    if found is None:
        raise Invalid("专利库中没有这件正在转化的专利，请核对申请号。", field="number")
    return {"patent": found}


def _need(ref: str) -> dict[str, Any]:
    found = Demand.objects.filter(ref=ref, state=DemandState.PUBLISHED).first()
    if found is None:
        raise Invalid("没有这项已发布的技术需求，请核对需求编号。", field="number")
    return {"demand": found}


def _product(number: str) -> dict[str, Any]:
    found = Product.objects.on_sale().filter(pk=int(number)).first() if number.isdecimal() else None
    if found is None:
        raise Invalid("没有这个在售的金融产品，请从清单中选择。", field="number")
    return {"product": found}
