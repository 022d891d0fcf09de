"""Numbers from rows of the other apps: what counts, where, when, and what each number opens."""

import datetime as dt
import html
import re
from dataclasses import replace
from decimal import Decimal

import pytest

from events.enums import EventKind
from events.queries.events import held_for_t07
from events.services.training import bases
from patents.enums.deals import DealKind
from patents.services import deals
from portal import clock
from portal.accounts.models import Organisation
from portal.errors import Conflict, Invalid, NotAllowed, WrongState
from portal.policy.models import RuleVersion
from stats.enums.figures import RefreshKind, RowKind
from stats.models import CountedRow, IndicatorValue, PatentFlow, RefreshRun
from stats.policy.definitions import at, read_indicator
from stats.queries.definitions import indicator_versions
from stats.queries.sources import source_of
from stats.services import refresh
from stats.services.definitions import DefinitionDraft, approve_definition, save_definition
from tests.factories.accounts import city_user, finance_user, province_user, sme_user
from tests.factories.deals import paid, payment, recorded
from tests.factories.events import EventFactory, past_event
from tests.factories.policy import RuleVersionFactory
from tests.factories.training import recognised
from tests.stats.loans import loan

pytestmark = pytest.mark.django_db
FIELDS = ("code", "year", "quarter", "city_code", "split", "version", "value", "flagged", "historic", "before", "as_of")


def number(code, *, year, quarter=0, city="", split=""):
    return IndicatorValue.objects.get(code=code, year=year, quarter=quarter, city_code=city, split=split)


def stored():
    return list(IndicatorValue.objects.order_by(*FIELDS[:5]).values_list(*FIELDS))


def test_loans_are_counted_by_city_quarter_and_year():
    loan("370100", "2025-02-03", "1000000.00")
    loan("371200", "2025-05-03", "500000.00")
    loan("370200", "2024-05-03", "250000.00")

    refresh(kind=RefreshKind.ALL)

    assert number("I11", year=2025).value == Decimal("1500000.00")
    assert number("I12", year=2025).value == 2
    assert number("I11", year=2025, quarter=1, city="370100").value == Decimal("1000000.00")
    assert number("I11", year=2025, quarter=2, city="370100").value == Decimal("500000.00")
    assert number("I11", year=2025).before == Decimal("250000.00")
    assert CountedRow.objects.get(kind="loan", amount=500000).area_code == "371200"
    assert number("I07", year=2025).value == 2


def test_meetings_count_as_on_the_page_of_their_target():
    held = {kind: past_event(kind=kind) for kind in EventKind.values}
    past_event(kind=EventKind.ROADSHOW, state="cancelled", cancel_reason="场地停电")
    EventFactory(kind=EventKind.ROADSHOW)

    refresh(kind=RefreshKind.ALL)

    counted = set(CountedRow.objects.filter(kind=RowKind.EVENT).values_list("source_id", flat=True))
    assert counted == {held[EventKind.ROADSHOW].pk, held[EventKind.MATCHING].pk}
    assert counted == set(held_for_t07().values_list("pk", flat=True))


def test_deal_counts_each_patent_its_value_once_and_money_as_received():
    deal, _holder, *_ = paid("100000.00", count=2)
    refresh(kind=RefreshKind.ALL)

    year = deal.recorded_on.year
    found = {code: number(code, year=year).value for code in ("I01", "I02", "I04", "I05", "I07")}

    assert found == {"I01": 2, "I02": Decimal("300000.00"), "I04": 2, "I05": Decimal("300000.00"), "I07": 1}
    assert (
        sum(one.value for one in IndicatorValue.objects.filter(code="I03", quarter=0, city_code="", split="")) == 100000
    )
    assert number("I01", year=year, split="licence").value == 2
    assert PatentFlow.objects.get().patents == 2


def test_transfer_counts_when_it_takes_effect_and_not_before_it_is_recorded():
    deal, *_ = recorded(kind=DealKind.TRANSFER)
    day = clock.today() - dt.timedelta(days=200)
    deal.__class__.objects.filter(pk=deal.pk).update(effective_on=day)
    refresh(kind=RefreshKind.ALL)

    row = CountedRow.objects.get(kind="patent")

    assert (row.on, row.signed_on) == (day, deal.contract.signed_on)


def test_a_firm_is_counted_once_in_a_city_a_quarter_and_a_year():
    first = loan("370100", "2025-02-03", "100.00")
    second = loan("370100", "2025-05-03", "100.00")
    second.placement.project.__class__.objects.filter(pk=second.placement.project_id).update(
        organisation=first.placement.project.organisation
    )
    Organisation.objects.filter(pk=first.placement.project.organisation_id).update(
        revenue_amount=Decimal("5000000.00"), employee_count=12
    )
    refresh(kind=RefreshKind.ALL)

    assert [number("I07", year=2025, quarter=quarter).value for quarter in (0, 1, 2, 3)] == [1, 1, 1, 0]
    assert (number("I08", year=2025).value, number("I09", year=2025).value) == (Decimal("5000000.00"), 12)


def test_a_renewal_without_a_new_pledge_counts_money_but_no_project():
    first = loan("370100", "2024-02-03", "100.00")
    renewal = loan("370100", "2025-02-10", "80.00")
    renewal.placement.project.__class__.objects.filter(pk=renewal.placement.project_id).update(
        organisation=first.placement.project.organisation
    )
    renewal.placement.__class__.objects.filter(pk=renewal.placement_id).update(institution=first.placement.institution)
    renewal.__class__.objects.filter(pk=renewal.pk).update(pledge_registered_on=first.pledge_registered_on)
    refresh(kind=RefreshKind.ALL)

    assert (number("I11", year=2025).value, number("I12", year=2025).value) == (Decimal("80.00"), 0)


def test_running_periods_are_compared_with_the_same_days(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: dt.datetime(2026, 5, 20, 10, tzinfo=clock.SHANGHAI))
    loan("370100", "2025-05-20", "100.00")
    loan("370100", "2025-05-21", "900.00")
    loan("370100", "2026-05-01", "150.00")

    refresh(kind=RefreshKind.ALL)

    assert (number("I11", year=2026).before, number("I11", year=2026, quarter=2).before) == (100, 100)
    assert number("I11", year=2025).value == 1000


def test_changes_give_what_a_full_refresh_gives():
    loan("370100", "2025-02-03", "1000000.00")
    refresh(kind=RefreshKind.ALL)
    _deal, _holder, *_ = paid()
    loan("370200", "2024-02-03", "70.00")
    refresh(kind=RefreshKind.CHANGES)
    by_changes, rows = stored(), CountedRow.objects.count()

    run = refresh(kind=RefreshKind.ALL)

    assert stored() == by_changes
    assert (CountedRow.objects.count(), run.changed_rows) == (rows, 0)
    assert number("I12", year=2024).value == 1


def test_a_row_that_moves_to_another_year_leaves_the_first():
    moved = loan("370100", "2024-02-03", "100.00")
    refresh(kind=RefreshKind.ALL)
    moved.drawn_on = dt.date(2025, 3, 1)
    moved.due_on = dt.date(2026, 3, 1)
    moved.save()

    refresh(kind=RefreshKind.CHANGES)

    assert (number("I12", year=2024).value, number("I12", year=2025).value) == (0, 1)


def draft_of(code="I12/2", first=dt.date(2027, 1, 1), **changes):
    base = RuleVersion.objects.get(code="I12/1")
    return DefinitionDraft(
        code=code, kind=base.kind, title=base.title, document_number="", source="试", confidence=Decimal(1),
        in_force_from=first, in_force_to=None, parameters=base.parameters | changes, note="",
    )  # fmt: skip


def test_a_changed_definition_holds_from_its_quarter_and_not_before(monkeypatch):
    loan("370100", "2026-02-03", "100.00")
    loan("370100", "2026-05-03", "100.00")
    nothing = RuleVersion.objects.get(code="I12/1").parameters | {"rows": [{"kind": "loan", "giver_kinds": ["none"]}]}
    RuleVersionFactory(
        code="I12/2",
        kind="stats_indicator",
        chosen_by="period_start",
        in_force_from=dt.date(2026, 4, 1),
        parameters=nothing,
    )

    refresh(kind=RefreshKind.ALL)

    counts = [(number("I12", year=2026, quarter=q).value, number("I12", year=2026, quarter=q).version) for q in (1, 2)]
    assert counts == [(1, "I12/1"), (0, "I12/2")]
    assert number("I12", year=2026).value == 1


@pytest.mark.parametrize(
    ("draft", "field"),
    [
        ({"first": dt.date(2027, 1, 2)}, "in_force_from"),
        ({"first": dt.date(2026, 10, 1)}, "in_force_from"),
        ({"unit": "笔"}, "parameters"),
        ({"measure": "amount"}, "parameters"),
        ({"rows": []}, "parameters.rows"),
        ({"rows": [{"kind": "loan", "only": 1}]}, "parameters.rows"),
    ],
)
def test_a_definition_in_mid_period_or_of_another_measure_is_refused(draft, field):
    with pytest.raises(Invalid) as refusal:
        save_definition(by=province_user(), draft=draft_of(**draft))

    assert refusal.value.field == field
    assert not RuleVersion.objects.filter(code="I12/2").exists()


def test_a_definition_needs_two_officials_and_then_stands():
    drafter, other = province_user(), province_user()
    made = save_definition(by=drafter, draft=draft_of(first=dt.date(2030, 1, 1)))

    with pytest.raises(NotAllowed):
        approve_definition(definition_id=made.pk, by=drafter)
    with pytest.raises(NotAllowed):
        save_definition(by=city_user("370100"), draft=draft_of(code="I12/3", first=dt.date(2030, 1, 1)))
    with pytest.raises(Conflict):
        save_definition(by=other, draft=draft_of(first=dt.date(2030, 1, 1)))
    approve_definition(definition_id=made.pk, by=other)
    with pytest.raises(WrongState):
        save_definition(by=drafter, draft=draft_of(first=dt.date(2030, 1, 1)), definition_id=made.pk)
    assert [one.version for one in indicator_versions()["I12"]] == ["I12/1", "I12/2"]


def test_the_version_of_a_day():
    one = read_indicator(RuleVersion.objects.get(code="I12/1"))
    two = replace(one, version="I12/2", first=dt.date(2026, 4, 1))

    assert [at([one, two], dt.date(2026, month, 30)).version for month in (3, 4)] == ["I12/1", "I12/2"]


LINK = re.compile(r'href="(/stats/indicators/I11/rows/[^"]*)"')


def test_a_number_opens_rows_with_their_source_to_whom_it_is_open(client):
    lent = loan("370100", "2025-02-03", "1000000.00")
    refresh(kind=RefreshKind.ALL)
    client.force_login(province_user())
    page = client.get("/stats/indicators/I11/?year=2025").content.decode()

    rows = client.get(html.unescape(LINK.search(page)[1]))
    (row, shown), *_ = rows.context["rows"]
    source = client.get(f"/stats/rows/{row.pk}/").content.decode()

    assert (row.source_id, shown, row.source) == (lent.pk, "1,000,000.00", "api")
    assert f"/admin/finance/loan/{lent.pk}/change/" in source
    assert client.get("/stats/indicators/I11/rows/export/?year=2025").status_code == 200


@pytest.mark.parametrize(
    ("user", "code", "city", "status"),
    [
        (province_user, "I01", "", 200),
        (finance_user, "I11", "", 200),
        (finance_user, "I01", "", 404),
        (lambda: city_user("370100"), "I11", "370100", 200),
        (lambda: city_user("370100"), "I11", "370200", 404),
        (sme_user, "I11", "", 403),
    ],
)
def test_rows_are_for_those_who_see_what_they_are_made_of(client, user, code, city, status):
    client.force_login(user())

    assert client.get(f"/stats/indicators/{code}/rows/", {"year": 2025, "city": city}).status_code == status


def test_a_citys_row_is_not_there_for_another_city(client):
    loan("370100", "2025-02-03", "1000000.00")
    refresh(kind=RefreshKind.ALL)
    row = CountedRow.objects.get(kind="loan")

    answers = []
    for user in (city_user("370100"), city_user("370200"), finance_user()):
        client.force_login(user)
        answers.append(client.get(f"/stats/rows/{row.pk}/").status_code)

    assert answers == [200, 404, 200]


def test_the_public_sees_counts_of_cities_and_no_amount_of_few(client):
    loan("370100", "2025-02-03", "1234567.00")
    refresh(kind=RefreshKind.ALL)

    page = client.get("/stats/indicators/I11/?year=2025").content.decode()
    counts = client.get("/stats/indicators/I12/?year=2025")

    assert "1,234,567" not in page
    assert "/rows/" not in page
    assert [number.is_shown for number in counts.context["cities"]] == [True] * 16


@pytest.mark.parametrize("rows", [1, 4])
def test_the_dashboard_asks_a_fixed_number_of_times(client, django_assert_max_num_queries, rows):
    for place in range(rows):
        loan("370100", "2025-02-03", "100.00", name=f"企业{place}")
        paid()
    refresh(kind=RefreshKind.ALL)

    with django_assert_max_num_queries(9):
        response = client.get("/stats/?year=2025")

    assert response.context["board"].headlines[-1].value == str(rows)


def test_the_dashboard_says_so_before_the_first_refresh(client):
    response = client.get("/stats/")

    assert "尚无统计数" in response.content.decode()


def test_every_chart_has_its_table_as_a_sheet(client):
    refresh(kind=RefreshKind.ALL)

    answers = [
        client.get(f"/stats/charts/{name}/").status_code
        for name in ("targets", "trends", "cities", "flows", "numbers", "x")
    ]

    assert answers == [200] * 5 + [404]


def test_the_province_computes_at_will_and_nobody_else(client):
    client.force_login(city_user("370100"))
    refused = client.post("/stats/recompute/")
    client.force_login(province_user())
    client.post("/stats/recompute/")

    assert refused.status_code == 403
    assert RefreshRun.objects.get().kind == "all"


def test_a_reversed_payment_takes_its_money_back():
    deal, holder, _, money = paid("100000.00")
    deals.reverse_money(deal_id=deal.pk, money_id=money.pk, by=holder, reason="重复登记")
    refresh(kind=RefreshKind.ALL)

    rows = CountedRow.objects.filter(kind="money").values_list("amount", flat=True)
    assert sorted(rows) == [Decimal("-100000.00"), Decimal("100000.00")]
    assert payment(deal).amount == Decimal("100000.00")


def test_training_bases_are_counted_while_they_stand():
    recognised(name="一", recognised_on=dt.date(2022, 2, 1))
    closed, _ = recognised(name="二", recognised_on=dt.date(2024, 2, 1))
    recognised(name="三", recognised_on=dt.date(2025, 3, 1), city_code="370200")
    bases.revoke_base(base_id=closed.pk, by=province_user(), note="停办")

    refresh(kind=RefreshKind.ALL)

    # The first ran out in January 2025; what is revoked today stood until yesterday.
    assert [number("S09", year=year).value for year in (2022, 2023, 2024, 2025)] == [1, 1, 2, 2]
    assert number("S09", year=2025, city="370200").value == 1
    assert sorted(CountedRow.objects.filter(kind="base").values_list("name", "until")) == [
        ("一", dt.date(2025, 2, 1)),
        ("三", dt.date(2028, 3, 1)),
        ("二", clock.today()),
    ]


@pytest.mark.parametrize("kind", RowKind.values)
def test_every_kind_of_row_leads_to_its_source(kind):
    row = CountedRow(kind=kind, source_id=7, scope_id=8, ref="BT2026-000001")

    assert source_of(row).url.startswith(("/admin/", "/subsidies/claims/"))
