import datetime as dt
from decimal import Decimal
from io import BytesIO

import openpyxl
import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from portal import clock
from portal.errors import Conflict, Invalid, NotAllowed, NotFound, WrongState
from portal.notices.models import Notice
from stats.models import CitySheet, CollectionForm, CollectionPeriod
from stats.policy.collection import checked_values, jumps, period_before
from stats.queries import collection as queries
from stats.services import collection as services
from tests.concurrency import at_once
from tests.factories.accounts import city_user, finance_user, province_user, sme_user
from tests.factories.collection import FIELDS, VALUES, accepted, closed, draft_form, opened, published_form, sent
from tests.stats.refusals import refuse

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2026, 7, 6, 10, tzinfo=clock.SHANGHAI)
TODAY = NOW.date()
ASKED = [
    {"code": "f1", "label": "企业", "unit": "家", "kind": "count", "is_required": True, "help": ""},
    {"code": "f2", "label": "收入", "unit": "万元", "kind": "amount", "is_required": False, "help": ""},
]


@pytest.fixture(autouse=True)
def _today(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOW)


def later(monkeypatch, days):
    monkeypatch.setattr(clock, "now", lambda: NOW + dt.timedelta(days=days))


@pytest.mark.parametrize(
    ("period", "before"),
    [((2026, 2), (2026, 1)), ((2026, 1), (2025, 4)), ((2026, 0), (2025, 0))],
)
def test_the_period_before(period, before):
    assert period_before(*period) == before


@pytest.mark.parametrize(
    ("given", "stored"),
    [
        ({"f1": 3, "f2": Decimal("1.005")}, {"f1": "3", "f2": "1.01"}),
        ({"f1": "0", "f2": None}, {"f1": "0"}),
        ({"f1": Decimal("2.0"), "f2": ""}, {"f1": "2"}),
    ],
)
def test_figures_are_stored_as_text(given, stored):
    assert checked_values(ASKED, given) == stored


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"f2": 1}, "f1"),
        ({"f1": -1}, "f1"),
        ({"f1": "1.5"}, "f1"),
        ({"f1": 1, "f2": "NaN"}, "f2"),
        ({"f1": 1, "f2": "1e15"}, "f2"),
        ({"f1": 1, "f9": 1}, "f9"),
    ],
)
def test_a_figure_that_cannot_be_names_its_field(given, field):
    with pytest.raises(Invalid) as refusal:
        checked_values(ASKED, given)

    assert refusal.value.field == field


def test_jumps_are_found_in_both_directions_and_only_where_there_was_a_figure():
    now = {"f1": "100", "f2": "1.00"}

    assert jumps(ASKED, now, {"f1": "10", "f2": "10.00"}, factor=10) == ["f1", "f2"]
    assert jumps(ASKED, now, {"f1": "11"}, factor=10) == []


def test_a_form_is_built_published_and_opened_for_all_cities():
    official = city_user("370200")

    period = opened()

    assert [row["code"] for row in period.form.fields] == ["f1", "f2", "f3"]
    assert period.sheets.count() == 16
    assert set(period.sheets.values_list("state", flat=True)) == {"waiting"}
    assert Notice.objects.get(recipient=official.organisation).title == "请填报：政策惠及企业情况 2026 年第 1 季度"


def test_only_the_province_builds_and_opens():
    form = published_form()
    terms = services.FormTerms("a", "quarter", "", 10)

    for user in (city_user(), finance_user(), sme_user()):
        refuse(NotAllowed, lambda user=user: services.save_form(by=user, terms=terms))
        refuse(
            NotAllowed,
            lambda user=user: services.open_period(form_id=form.pk, by=user, year=2026, quarter=1, due_on=TODAY),
        )


def test_a_form_without_figures_or_with_two_of_one_name_is_refused():
    form = draft_form(fields=())
    by = province_user()

    refuse(
        Invalid,
        lambda: services.publish_form(form_id=form.pk, by=by, year=2026, quarter=1),
        code="fields_missing",
    )
    services.add_field(form_id=form.pk, by=by, terms=FIELDS[0])
    refuse(Conflict, lambda: services.add_field(form_id=form.pk, by=by, terms=FIELDS[0]), field="label")
    refuse(Invalid, lambda: services.drop_field(form_id=form.pk, by=by, code="f9"), field="code")


@pytest.mark.parametrize(("cadence", "quarter"), [("quarter", 0), ("year", 1), ("quarter", 5)])
def test_a_period_that_the_form_does_not_have_is_refused(cadence, quarter):
    form = draft_form(cadence=cadence)

    refuse(
        Invalid,
        lambda: services.publish_form(form_id=form.pk, by=province_user(), year=2026, quarter=quarter),
        field="quarter",
    )


def test_a_published_form_is_not_changed_even_by_sql():
    form = published_form()

    refuse(
        WrongState, lambda: services.add_field(form_id=form.pk, by=province_user(), terms=FIELDS[0]), code="published"
    )
    with pytest.raises(DatabaseError, match="fields_frozen"), transaction.atomic():
        CollectionForm.objects.filter(pk=form.pk).update(fields=[])


def test_a_definition_changed_in_mid_period_holds_from_the_next():
    form = published_form()
    period = opened(form, quarter=2)
    by = province_user()
    draft = services.new_version(form_id=form.pk, by=by)
    services.drop_field(form_id=draft.pk, by=by, code="f2")
    draft = services.add_field(
        form_id=draft.pk, by=by, terms=services.FieldTerms("从业人员", "人", "count", is_required=True)
    )

    # A dropped code is never used again.
    assert [row["code"] for row in draft.fields] == ["f1", "f3", "f4"]
    refuse(Conflict, lambda: services.new_version(form_id=form.pk, by=by), code="draft_stands")
    refuse(Conflict, lambda: services.publish_form(form_id=draft.pk, by=by, year=2026, quarter=2), code="begun")
    services.publish_form(form_id=draft.pk, by=by, year=2026, quarter=3)
    third = opened(form, quarter=3)

    assert (period.form.version, third.form.version) == (1, 2)


def test_a_period_is_opened_once_and_only_under_a_published_version():
    form = published_form(quarter=2)

    refuse(Invalid, lambda: opened(form, quarter=1), code="no_version")
    opened(form, quarter=2)
    refuse(Conflict, lambda: opened(form, quarter=2), code="opened_already")
    refuse(Invalid, lambda: opened(form, quarter=3, days=-1), field="due_on")


def test_a_city_sends_its_own_sheet_only():
    period = opened()
    sheet = period.sheets.get(city_code="370100")

    def send(user):
        return services.submit_sheet(sheet_id=sheet.pk, by=user, values=VALUES)

    refuse(NotFound, lambda: send(city_user("370200")))
    refuse(NotAllowed, lambda: send(province_user()))
    assert send(city_user()).values == {"f1": "120", "f2": "35000000.00", "f3": "4"}
    refuse(WrongState, lambda: send(city_user()))


def test_a_figure_ten_times_last_periods_is_taken_with_a_reason():
    form = published_form()
    closed(opened(form))
    period = opened(form, quarter=2)
    sheet = period.sheets.get(city_code="370100")

    def send(**explained):
        return services.submit_sheet(
            sheet_id=sheet.pk, by=city_user(), values=VALUES | {"f1": 1200}, explained=explained
        )

    refuse(
        Invalid,
        send,
        field="f1",
        code="jump",
        message="“政策惠及中小企业”与上期相差 10 倍以上，请核对；无误的，请说明原因。",
    )
    # Reasons for figures that did not jump are not kept.
    assert send(f1="口径扩大到规模以下企业。", f2="无").explained == {"f1": "口径扩大到规模以下企业。"}


def test_only_accepted_figures_are_compared_with():
    form = published_form()
    first = opened(form)
    sent(first)
    period = opened(form, quarter=2)

    assert sent(period, f1=1200).state == "submitted"


def test_a_sheet_given_back_is_sent_again_by_its_new_day():
    period = opened()
    official = city_user()
    sheet = sent(period, by=official)

    def give_back(**changes):
        values = {"note": "请核对收入。", "due_on": dt.date(2026, 7, 30)} | changes
        return services.return_sheet(sheet_id=sheet.pk, by=province_user(), **values)

    refuse(Invalid, lambda: give_back(note=" "), field="note")
    refuse(Invalid, lambda: give_back(due_on=dt.date(2026, 7, 5)), field="due_on")
    returned = give_back()
    again = sent(period, by=official, f2="36000000")

    assert (returned.state, returned.due_on) == ("returned", dt.date(2026, 7, 30))
    assert (again.state, again.values["f2"]) == ("submitted", "36000000.00")
    assert Notice.objects.filter(title__startswith="退回修改").get().body == "请核对收入。（2026-07-30 前重新报送）"


def test_a_period_is_closed_when_all_is_accepted_and_never_twice():
    period = opened()
    accepted(period)

    refuse(WrongState, lambda: services.close_period(period_id=period.pk, by=province_user()), code="sheets_open")
    closed(period)
    refuse(
        WrongState,
        lambda: services.close_period(period_id=period.pk, by=province_user()),
        message="当前状态为“已结账”，不能变更为“已结账”。",
    )


def test_nothing_changes_in_a_closed_period():
    period = closed(opened())
    sheet = period.sheets.first()

    refuse(
        WrongState,
        lambda: services.return_sheet(sheet_id=sheet.pk, by=province_user(), note="改", due_on=dt.date(2026, 8, 1)),
        code="period_closed",
    )


def test_cities_are_chased_from_three_days_before_and_every_three_days(monkeypatch):
    period = opened()
    official = city_user()
    for sheet in period.sheets.exclude(city_code__in=["370100", "370200"]):
        sent(period, sheet.city_code)
    sent(period, "370200")
    counts = []

    for days in (16, 17, 17, 19, 20, 23):
        later(monkeypatch, days)
        counts.append(services.chase_sheets())

    assert counts == [0, 1, 0, 0, 1, 1]
    bodies = Notice.objects.filter(recipient=official.organisation, title__startswith="催报").order_by("id")
    assert list(bodies.values_list("body", flat=True)) == [
        "还有 3 天到期（2026-07-26），这是第 1 次催报。",
        "今天到期（2026-07-26），这是第 2 次催报。",
        "已逾期 3 天（2026-07-26），这是第 3 次催报。",
    ]


def test_the_table_sums_what_was_accepted():
    period = opened()
    accepted(period, "370100")
    accepted(period, "370200", f1=80, f2="5000000.50", f3="")
    sent(period, "370300")

    rows, totals = queries.table_of(period)

    assert [cell.value for cell in totals] == [Decimal(200), Decimal("40000000.50"), Decimal(4)]
    assert (len(rows), [cell.value for cell in rows[2][1]]) == (16, [Decimal(120), Decimal("35000000.00"), Decimal(4)])


def test_collected_figures_name_their_row():
    period = opened()
    sheet = accepted(period, "370200", f1=80)
    sent(period, "370300")

    (row,) = queries.collected(period.code, "f1", 2026, 1)

    assert (row.city_code, row.value, row.sheet) == ("370200", Decimal(80), sheet)


def test_the_city_is_asked_for_reasons_on_the_page_and_sends(client):
    form = published_form()
    closed(opened(form))
    sheet = opened(form, quarter=2).sheets.get(city_code="370100")
    client.force_login(city_user())
    address = reverse("stats:collection_sheet", args=[sheet.pk])
    values = {"f1": "1200", "f2": "350000", "f3": ""}

    asked = client.post(address, values)
    client.post(address, values | {"why_f1": "新增县域企业。", "why_f2": "新增规模企业。"})

    assert (asked.status_code, sorted(asked.context["form"].errors)) == (422, ["f1", "f2"])
    assert 'name="why_f1"' in asked.content.decode()
    sheet.refresh_from_db()
    assert (sheet.state, sheet.values, sheet.explained) == (
        "submitted",
        {"f1": "1200", "f2": "3500000000.00"},
        {"f1": "新增县域企业。", "f2": "新增规模企业。"},
    )


def asked(client, address):
    """How many queries a page takes, once the session is warm."""
    client.get(address)
    with CaptureQueriesContext(connection) as queries_made:
        assert client.get(address).status_code == 200
    return len(queries_made)


def test_pages_ask_a_fixed_number_of_queries(client):
    official = city_user()
    form = published_form()
    period = opened(form)
    pages = [(official, reverse("stats:collections")), (province_user(), reverse("stats:collections"))]
    pages.append((pages[1][0], reverse("stats:collection_period", args=[period.pk])))
    counts = []

    for quarter in (2, 3):
        opened(form, quarter=quarter)
        for user, address in pages:
            client.force_login(user)
            counts.append(asked(client, address))

    assert counts[:3] == counts[3:]
    assert max(counts) <= 6


def test_the_export_holds_exact_figures(client):
    period = opened()
    accepted(period, "370100", f2="35000000.05")
    client.force_login(province_user())

    response = client.get(reverse("stats:collection_period_export", args=[period.pk]))

    rows = list(openpyxl.load_workbook(BytesIO(response.content)).active.values)
    assert rows[0] == ("市", "状态", "政策惠及中小企业（家）", "营业收入（元）", "举办活动（场）")
    assert rows[1] == ("济南市", "已审核", 120, 35000000.05, 4)
    assert rows[-1] == ("合计（已审核）", None, 120, 35000000.05, 4)


def test_the_province_builds_a_form_in_the_admin(client):
    client.force_login(province_user())

    client.post(
        "/admin/stats/collectionform/add/",
        {"title": "活动情况", "cadence": "year", "notice": "", "factor": "10"},
    )
    form = CollectionForm.objects.get()
    address = f"/admin/stats/collectionform/{form.pk}/handle/"
    client.post(
        address,
        {"step": "add", "add-label": "路演", "add-unit": "场", "add-kind": "count", "add-is_required": "on"},
    )
    client.post(address, {"step": "publish", "publish-year": "2026", "publish-quarter": "0"})

    form.refresh_from_db()
    assert (form.state, [row["label"] for row in form.fields]) == ("published", ["路演"])


@pytest.mark.django_db(transaction=True)
def test_two_officials_close_a_period_once():
    period = opened()
    for sheet in period.sheets.all():
        accepted(period, sheet.city_code)
    officials = [province_user(), province_user()]

    results = at_once(*[lambda by=by: services.close_period(period_id=period.pk, by=by) for by in officials])

    assert sorted(results) == ["", "wrong_state"]
    assert CollectionPeriod.objects.get().closed_by in officials


@pytest.mark.django_db(transaction=True)
def test_a_sheet_is_not_given_back_while_its_period_closes():
    period = opened()
    for sheet in period.sheets.all():
        accepted(period, sheet.city_code)
    sheet, by = period.sheets.first(), province_user()
    due_on = dt.date(2026, 8, 1)

    results = at_once(
        lambda: services.close_period(period_id=period.pk, by=by),
        lambda: services.return_sheet(sheet_id=sheet.pk, by=by, note="改", due_on=due_on),
    )

    sheet.refresh_from_db()
    period.refresh_from_db()
    # Whoever comes second is refused: a closed period holds accepted sheets only.
    assert sorted(results) in (["", "period_closed"], ["", "sheets_open"])
    assert (period.state, sheet.state) in (("closed", "accepted"), ("open", "returned"))


def test_the_database_keeps_one_sheet_per_city():
    period = opened()

    with pytest.raises(DatabaseError, match="citysheet_once"), transaction.atomic():
        CitySheet.objects.create(period=period, city_code="370100", due_on=TODAY)
