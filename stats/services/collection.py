"""Verbs of collections: build a form, open a period, fill in, return, accept, close, chase."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q

from patents.services.moves import lock, move, require_role, require_text
from portal import clock, refs, regions
from portal.accounts.enums import OrganisationKind, Role
from portal.accounts.models import Organisation, User
from portal.audit.services import record
from portal.errors import Conflict, Invalid, WrongState
from portal.notices.services import Message, notify_many
from portal.outbox.services import publish
from stats.enums.collection import WITH_CITY, Cadence, FieldKind, FormState, PeriodState, SheetState
from stats.models.collection import CitySheet, CollectionForm, CollectionPeriod, period_label
from stats.policy.collection import check_period, checked_values, jumps
from stats.queries.collection import form_for, values_before
from stats.workflow.collection import FORM_FLOW, PERIOD_FLOW, SHEET_FLOW

MOST_FIELDS = 60
CHASE_BEFORE_DAYS, CHASE_EVERY_DAYS = 3, 3
"""A sheet is chased from three calendar days before it is due, every three days (own defaults)."""
CHASE_BATCH = 200
_NOTICE = "stats.collection"


@dataclass(frozen=True, slots=True)
class FormTerms:
    """What a form is about."""

    title: str
    cadence: str
    notice: str
    factor: int


@dataclass(frozen=True, slots=True)
class FieldTerms:
    """One figure that a form asks for."""

    label: str
    unit: str
    kind: str
    is_required: bool
    help: str = ""


@transaction.atomic
def save_form(*, by: User, terms: FormTerms, form_id: int | None = None) -> CollectionForm:
    """Draft a form, or change one that is not published."""
    require_role(by, Role.PROVINCE, message="采集表由省级管理人员编制。")
    require_text(terms.title, "请填写名称。", field="title")
    if terms.cadence not in Cadence.values:
        raise Invalid("请选择周期。", field="cadence")
    if not 2 <= terms.factor <= 1000:  # noqa: PLR2004 the bounds say themselves
        raise Invalid("倍数应在 2 至 1000 之间。", field="factor")
    values = {"title": terms.title.strip(), "notice": terms.notice.strip(), "factor": terms.factor}
    if form_id is None:
        pk, ref = refs.reserve(CollectionForm, "CJ")
        form = CollectionForm.objects.create(pk=pk, code=ref, cadence=terms.cadence, **values)
    else:
        form = _lock_draft(form_id, by)
        if form.version > 1 and form.cadence != terms.cadence:
            raise Invalid("新版本不能改变周期，请另建采集表。", field="cadence")
        CollectionForm.objects.filter(pk=form.pk).update(cadence=terms.cadence, **values)
        form.refresh_from_db()
    record(by=by, verb="保存采集表", target=form)
    return form


@transaction.atomic
def new_version(*, form_id: int, by: User) -> CollectionForm:
    """A draft of the next version, with the fields that stand.

    Raises:
        Conflict: a draft of the form stands already.
    """
    require_role(by, Role.PROVINCE, message="采集表由省级管理人员编制。")
    form = lock(CollectionForm, by, pk=form_id)
    if form.state != FormState.PUBLISHED:
        raise WrongState("草稿可以直接修改，不需要新版本。")
    newest = CollectionForm.objects.filter(code=form.code).order_by("-version").first() or form
    if newest.state == FormState.DRAFT:
        raise Conflict(f"第 {newest.version} 版还是草稿，请先发布。", code="draft_stands")
    draft = CollectionForm.objects.create(
        code=form.code,
        version=newest.version + 1,
        title=newest.title,
        cadence=newest.cadence,
        notice=newest.notice,
        fields=newest.fields,
        factor=newest.factor,
    )
    record(by=by, verb="起草采集表新版本", target=draft)
    return draft


@transaction.atomic
def add_field(*, form_id: int, by: User, terms: FieldTerms) -> CollectionForm:
    """Ask for one more figure; its code is never used for another one."""
    form = _lock_draft(form_id, by)
    label = require_text(terms.label, "请填写指标名称。", field="label")
    unit = require_text(terms.unit, "请填写计量单位。", field="unit")
    if terms.kind not in FieldKind.values:
        raise Invalid("请选择类型。", field="kind")
    if label in [row["label"] for row in form.fields]:
        raise Conflict("本表已有同名指标。", field="label")
    if len(form.fields) >= MOST_FIELDS:
        raise Invalid(f"一张表最多 {MOST_FIELDS} 个指标。", field="label")
    form.fields = [
        *form.fields,
        {
            "code": _next_code(form),
            "label": label,
            "unit": unit,
            "kind": terms.kind,
            "is_required": terms.is_required,
            "help": terms.help.strip(),
        },
    ]
    form.save(update_fields=["fields"])
    record(by=by, verb="增加采集指标", target=form, label=label)
    return form


def _next_code(form: CollectionForm) -> str:
    used = CollectionForm.objects.filter(code=form.code).values_list("fields", flat=True)
    numbers = [int(row["code"].removeprefix("f")) for fields in used for row in fields]
    return f"f{max(numbers, default=0) + 1}"


@transaction.atomic
def drop_field(*, form_id: int, by: User, code: str) -> CollectionForm:
    """Ask for one figure less."""
    form = _lock_draft(form_id, by)
    left = [row for row in form.fields if row["code"] != code]
    if len(left) == len(form.fields):
        raise Invalid("本表没有这个指标。", field="code")
    form.fields = left
    form.save(update_fields=["fields"])
    record(by=by, verb="删除采集指标", target=form, code=code)
    return form


@transaction.atomic
def publish_form(*, form_id: int, by: User, year: int, quarter: int) -> CollectionForm:
    """Put a version in force from a period on, which must lie after every period that is open or closed.

    Raises:
        Invalid: no fields, or a period that the form does not have.
        Conflict: the version would change a period that has begun.
    """
    form = _lock_draft(form_id, by)
    if not form.fields:
        raise Invalid("请先增加指标。", code="fields_missing")
    check_period(form.cadence, year, quarter, today_year=clock.today().year + 1)
    begun = CollectionPeriod.objects.filter(code=form.code).filter(
        Q(year__gt=year) | Q(year=year, quarter__gte=quarter)
    )
    if found := begun.order_by("-year", "-quarter").first():
        raise Conflict(
            f"{found.label}已经开始填报，口径不能中途改变，新版本只能从以后的时期启用。", field="year", code="begun"
        )
    move(
        form,
        FORM_FLOW,
        FormState.PUBLISHED,
        by=by,
        from_year=year,
        from_quarter=quarter,
        published_at=clock.now(),
    )
    record(by=by, verb="发布采集表", target=form, year=year, quarter=quarter)
    publish("stats.collection_form.published", key=form.code, code=form.code, version=form.version)
    return form


@transaction.atomic
def open_period(*, form_id: int, by: User, year: int, quarter: int, due_on: dt.date) -> CollectionPeriod:
    """Ask all cities for a period, under the version that applies to it.

    Raises:
        Invalid: no such period, or the day is past.
        Conflict: the period was opened before; a closed one is not opened again.
    """
    require_role(by, Role.PROVINCE, message="采集由省级管理人员发起。")
    form = lock(CollectionForm, by, pk=form_id)
    check_period(form.cadence, year, quarter, today_year=clock.today().year)
    if due_on < clock.today():
        raise Invalid("截止日不能早于今天。", field="due_on")
    version = form_for(form.code, year, quarter)
    if version is None:
        raise Invalid(f"{period_label(year, quarter)}没有已发布的版本，请先发布。", field="year", code="no_version")
    try:
        with transaction.atomic():
            period = CollectionPeriod.objects.create(
                form=version, code=form.code, year=year, quarter=quarter, due_on=due_on, opened_at=clock.now()
            )
    except IntegrityError as error:
        raise Conflict(
            f"{period_label(year, quarter)}已经开始填报或已结账。", field="year", code="opened_already"
        ) from error
    sheets = CitySheet.objects.bulk_create(
        CitySheet(period=period, city_code=code, due_on=due_on) for code in regions.CITIES
    )
    record(by=by, verb="发起采集", target=period)
    publish("stats.collection.opened", key=f"collection:{period.pk}", period_id=period.pk)
    _tell_cities(sheets, f"请填报：{period}", f"{due_on} 前报送。")
    return period


@transaction.atomic
def submit_sheet(
    *, sheet_id: int, by: User, values: Mapping[str, Any], explained: Mapping[str, str] | None = None
) -> CitySheet:
    """A city sends its figures; one that jumped since the last period needs a reason.

    Raises:
        Invalid: a figure that cannot be (`field` is its code), or a jump without a reason (code `jump`).
        WrongState: the period is closed, or the sheet is with the province.
    """
    sheet, period = _lock_sheet(sheet_id, by)
    SHEET_FLOW.require(sheet.state, SheetState.SUBMITTED, actor=by)
    stored = checked_values(period.form.fields, values)
    jumped = jumps(period.form.fields, stored, values_before(sheet), factor=period.form.factor)
    reasons = {code: text.strip() for code, text in (explained or {}).items() if code in jumped and text.strip()}
    if open_jumps := [code for code in jumped if code not in reasons]:
        labels = {row["code"]: row["label"] for row in period.form.fields}
        raise Invalid(
            f"“{labels[open_jumps[0]]}”与上期相差 {period.form.factor} 倍以上，请核对；无误的，请说明原因。",
            field=open_jumps[0],
            code="jump",
        )
    move(
        sheet,
        SHEET_FLOW,
        SheetState.SUBMITTED,
        by=by,
        values=stored,
        explained=reasons,
        submitted_at=clock.now(),
        submitted_by=by,
        note="",
    )
    record(by=by, verb="报送采集数据", target=sheet, explained=len(reasons))
    publish("stats.collection.sheet_submitted", key=f"sheet:{sheet.pk}", sheet_id=sheet.pk)
    return sheet


@transaction.atomic
def return_sheet(*, sheet_id: int, by: User, note: str, due_on: dt.date) -> CitySheet:
    """Give a sheet back, saying what to change until when."""
    note = require_text(note, "请填写退回意见。", field="note")
    if due_on < clock.today():
        raise Invalid("补报截止日不能早于今天。", field="due_on")
    sheet, _ = _lock_sheet(sheet_id, by)
    move(sheet, SHEET_FLOW, SheetState.RETURNED, by=by, note=note, due_on=due_on)
    record(by=by, verb="退回采集数据", target=sheet, note=note)
    publish("stats.collection.sheet_returned", key=f"sheet:{sheet.pk}", sheet_id=sheet.pk)
    _tell_cities([sheet], f"退回修改：{sheet.period}", f"{note}（{due_on} 前重新报送）")
    return sheet


@transaction.atomic
def accept_sheet(*, sheet_id: int, by: User, note: str = "") -> CitySheet:
    """The province has checked a city's figures."""
    sheet, _ = _lock_sheet(sheet_id, by)
    move(sheet, SHEET_FLOW, SheetState.ACCEPTED, by=by, note=note.strip())
    record(by=by, verb="审核采集数据", target=sheet, note=note.strip())
    publish("stats.collection.sheet_accepted", key=f"sheet:{sheet.pk}", sheet_id=sheet.pk)
    return sheet


@transaction.atomic
def close_period(*, period_id: int, by: User) -> CollectionPeriod:
    """Close a period whose sheets are all accepted; once, for good.

    Raises:
        WrongState: it is closed already, or cities are missing (they are named).
    """
    period = lock(CollectionPeriod, by, pk=period_id)
    PERIOD_FLOW.require(period.state, PeriodState.CLOSED, actor=by)
    missing = period.sheets.exclude(state=SheetState.ACCEPTED).order_by("city_code")
    if names := [sheet.get_city_code_display() for sheet in missing]:
        raise WrongState(f"下列市的数据尚未审核，不能结账：{'、'.join(names)}。", code="sheets_open")
    move(period, PERIOD_FLOW, PeriodState.CLOSED, by=by, closed_at=clock.now(), closed_by=by)
    record(by=by, verb="采集期结账", target=period)
    publish("stats.collection.closed", key=f"collection:{period.pk}", period_id=period.pk)
    return period


@transaction.atomic
def chase_sheets() -> int:
    """Remind up to CHASE_BATCH cities of sheets that are nearly due or late; returns how many.

    A job of the portal itself: safe to run twice, and at the same time.
    """
    today = clock.today()
    before = today - dt.timedelta(days=CHASE_EVERY_DAYS)
    rows = (
        CitySheet.objects.filter(
            Q(chased_on__isnull=True) | Q(chased_on__lte=before),
            state__in=WITH_CITY,
            period__state=PeriodState.OPEN,
            due_on__lte=today + dt.timedelta(days=CHASE_BEFORE_DAYS),
        )
        .select_for_update(skip_locked=True, of=("self",))
        .select_related("period__form")
        .order_by("pk")[:CHASE_BATCH]
    )
    found = list(rows)
    for sheet in found:
        sheet.chased_on, sheet.chase_count = today, sheet.chase_count + 1
        sheet.save(update_fields=["chased_on", "chase_count"])
        days = sheet.days_left
        when = f"还有 {days} 天到期" if days > 0 else "今天到期" if days == 0 else f"已逾期 {-days} 天"
        record(by=None, verb="催报采集数据", target=sheet, count=sheet.chase_count)
        _tell_cities([sheet], f"催报：{sheet.period}", f"{when}（{sheet.due_on}），这是第 {sheet.chase_count} 次催报。")
    return len(found)


def _lock_draft(form_id: int, by: User) -> CollectionForm:
    require_role(by, Role.PROVINCE, message="采集表由省级管理人员编制。")
    form = lock(CollectionForm, by, pk=form_id)
    if form.state != FormState.DRAFT:
        raise WrongState("采集表已发布，不能修改；请另立新版本，从下一期启用。", code="published")
    return form


def _lock_sheet(sheet_id: int, by: User) -> tuple[CitySheet, CollectionPeriod]:
    """A sheet and its open period; the period's row is locked, so that it is not closed meanwhile."""
    sheet = lock(CitySheet, by, pk=sheet_id)
    period = (
        CollectionPeriod.objects.select_related("form")
        .select_for_update(of=("self",), no_key=True)
        .get(pk=sheet.period_id)
    )
    if period.state != PeriodState.OPEN:
        raise WrongState(f"{period.label}已结账，不能修改。", code="period_closed")
    sheet.period = period
    return sheet, period


def _tell_cities(sheets: list[CitySheet], title: str, body: str) -> None:
    """Put the message into each city's in-tray; a city without an authority here is told by nobody."""
    authorities = {
        one.city_code: one
        for one in Organisation.objects.filter(
            kind=OrganisationKind.AUTHORITY_CITY, city_code__in=[sheet.city_code for sheet in sheets]
        ).order_by("-id")
    }
    told = [
        Message(authorities[sheet.city_code], title, body, sheet.get_absolute_url())
        for sheet in sheets
        if sheet.city_code in authorities
    ]
    notify_many(kind=_NOTICE, messages=told)
