import datetime as dt
from decimal import Decimal

import pytest
from django.db import connection, transaction
from django.db.utils import InternalError
from hypothesis import given
from hypothesis import strategies as st

from finance import services
from finance.consumers import begin_watch, recompute_cover
from finance.models import CoverAlert, Loan, Valuation
from finance.policy.collateral import Cut, HaircutTable, PledgedPatent, cover
from finance.services.collateral import review_all
from patents.services import record_event
from portal import clock
from portal.errors import Invalid, NotAllowed, NotFound, WrongState
from portal.notices.models import Notice
from portal.outbox.models import Delivery, Event
from tests.factories.accounts import OrganisationFactory, bank_user, city_user, province_user
from tests.factories.api import BankClient
from tests.factories.finance import admitted_project, answer, entry, lent_project
from tests.factories.outbox import endpoint
from tests.factories.patents import announced

D = dt.date
ON, DUE, FAR = D(2026, 1, 1), D(2027, 1, 1), D(2040, 1, 1)
EVENT_DAY = D(2026, 3, 2)
TABLE = HaircutTable(
    code="T",
    floor_ratio=Decimal("1.00"),
    life_margin_months=12,
    states={
        "lapsed_unpaid": Cut(Decimal(1), "critical", ""),
        "valid_fee_grace": Cut(Decimal("0.3"), "high", ""),
        "licensed_exclusive": Cut(Decimal("0.3"), "high", ""),
        "frozen": Cut(Decimal("0.5"), "critical", ""),
        "open_licence": Cut(Decimal("0.05"), "watch", ""),
        "short_life": Cut(Decimal("0.2"), "high", ""),
        "valuation_expired": Cut(Decimal("0.3"), "high", ""),
        "not_valued": Cut(Decimal(1), "watch", ""),
    },
    events={},
)


def pledged(value="1000000.00", *states, valid_until=DUE, protected_until=FAR):
    amount = None if value is None else Decimal(value)
    return PledgedPatent("201710601862.3", amount, valid_until, ("valid", *states), protected_until)


@pytest.mark.parametrize(
    ("patents", "balance", "counted", "ratio", "severity"),
    [
        ([pledged()], "500000.00", "1000000.00", "2.0000", "info"),
        ([pledged(None)], "500000.00", "0.00", "0.0000", "high"),
        ([pledged("1000000.00", "open_licence")], "500000.00", "950000.00", "1.9000", "watch"),
        # Two haircuts of one patent add up,
        ([pledged("1000000.00", "licensed_exclusive", "frozen")], "500000.00", "200000.00", "0.4000", "critical"),
        # at most to the whole.
        ([pledged("1000000.00", "licensed_exclusive", "frozen", "valid_fee_grace")], "1.00", "0.00", "0.0000", "critical"),
        ([pledged(valid_until=D(2025, 12, 31))], "500000.00", "700000.00", "1.4000", "high"),
        ([pledged(valid_until=D(2026, 1, 1))], "500000.00", "1000000.00", "2.0000", "info"),
        # Life must outlast the loan by a year.
        ([pledged(protected_until=D(2027, 12, 31))], "500000.00", "800000.00", "1.6000", "high"),
        ([pledged(protected_until=D(2028, 1, 1))], "500000.00", "1000000.00", "2.0000", "info"),
        ([pledged(), pledged("1000000.00", "lapsed_unpaid")], "500000.00", "1000000.00", "2.0000", "critical"),
        # Below the floor without any event.
        ([pledged()], "1000000.01", "1000000.00", "0.9999", "high"),
        # Rounded half up to the fen for each patent.
        ([pledged("0.05", "licensed_exclusive")], "1.00", "0.04", "0.0400", "high"),
        ([pledged()], "0.00", "1000000.00", None, "info"),
    ],
)  # fmt: skip
def test_cover(patents, balance, counted, ratio, severity):
    found = cover(patents, balance=Decimal(balance), due_on=DUE, on=ON, table=TABLE)

    assert (found.counted, found.ratio, found.severity) == (
        Decimal(counted),
        None if ratio is None else Decimal(ratio),
        severity,
    )


@given(
    st.lists(
        st.tuples(
            st.decimals("0.01", "99999999.99", places=2), st.lists(st.sampled_from(sorted(TABLE.states)), unique=True)
        ),
        max_size=5,
    )
)
def test_cover_is_the_sum_of_its_lines_and_never_above_the_values(rows):
    found = cover(
        [pledged(str(value), *states) for value, states in rows], balance=Decimal(1), due_on=DUE, on=ON, table=TABLE
    )

    assert found.counted == sum(line.counted for line in found.lines)
    for line in found.lines:
        assert 0 <= line.counted <= line.value
        assert abs(line.value * (1 - line.haircut) - line.counted) <= Decimal("0.005")


# --- with rows


@pytest.fixture
def lent(db):
    """A loan of two million on a patent valued at four, watched since it was lent."""
    bank = bank_user()
    endpoint(organisation=bank.organisation)
    project, _ = lent_project(bank=bank)
    valued(project)
    begin_watch(Event.objects.get(name="finance.loan.lent"))
    return project, bank


def valued(project, amount="4000000.00", **changes):
    facts = {
        "patent_id": project.patents.get().pk,
        "amount": Decimal(amount),
        "method": "income",
        "valuer": "评估有限公司",
        "valued_on": clock.today() - dt.timedelta(days=30),
        "valid_until": clock.today() + dt.timedelta(days=300),
        "by": project.organisation.users.get(role="sme"),
    }
    return services.record_valuation(project_id=project.pk, **facts | changes)


def happens(project, code, on=EVENT_DAY):
    """A legal event of the project's patent, and what the worker does about it."""
    event = record_event(patent_id=project.patents.get().pk, event=announced(code, on), by=province_user())
    recompute_cover(Event.objects.filter(name="patents.legal_event.recorded").order_by("-pk").first())
    return event


def alerts(project):
    rows = CoverAlert.objects.filter(loan__placement__project=project).order_by("pk")
    return [(row.severity, row.ratio_before, row.ratio_after) for row in rows]


def test_a_legal_event_changes_the_cover_and_everybody_is_told(lent):
    project, bank = lent
    city = OrganisationFactory(kind="authority_city", city_code=project.city_code)

    event = happens(project, "PP01")

    alert = CoverAlert.objects.get(legal_event=event)
    assert (alert.severity, alert.ratio_before, alert.ratio_after) == ("critical", Decimal("2.0"), Decimal("1.0"))
    assert alert.cause.endswith("2026-03-02 专利权保全")
    assert [line["haircut"] for line in alert.lines] == ["0.5"]
    told = Notice.objects.filter(kind="finance.collateral.alerted").order_by("pk")
    assert [notice.recipient for notice in told] == [project.organisation, city]
    delivery = Delivery.objects.get(event__name="finance.collateral.alerted", endpoint__isnull=False)
    assert delivery.endpoint.organisation == bank.organisation
    assert delivery.event.payload == {"project_ref": project.ref, "alert_id": alert.pk, "severity": "critical"}


def test_the_cover_on_the_day_of_lending_is_kept_and_told_to_nobody(db):
    bank = bank_user()
    endpoint(organisation=bank.organisation)
    project, _ = lent_project(bank=bank)

    begin_watch(Event.objects.get(name="finance.loan.lent"))

    # Never valued: nothing is counted, and the bank that lent knows it.
    assert alerts(project) == [("high", None, Decimal("0.0000"))]
    assert not Notice.objects.filter(kind="finance.collateral.alerted").exists()
    assert not Delivery.objects.filter(event__name="finance.collateral.alerted").exists()


def test_an_event_counts_once_and_a_lifted_one_restores_the_cover(lent):
    project, _ = lent
    happens(project, "PP01")
    recompute_cover(Event.objects.filter(name="patents.legal_event.recorded").order_by("-pk").first())
    happens(project, "PD01", D(2026, 4, 1))

    assert alerts(project)[-2:] == [
        ("critical", Decimal("2.0000"), Decimal("1.0000")),
        ("info", Decimal("1.0000"), Decimal("2.0000")),
    ]


def test_an_event_of_another_patent_touches_nothing(lent):
    project, _ = lent
    other, _ = lent_project()
    before = alerts(project)

    happens(other, "PP01")

    assert alerts(project) == before


def test_the_daily_review_writes_only_what_changed(lent, monkeypatch):
    project, _ = lent
    assert review_all() == 0
    later = clock.now() + dt.timedelta(days=301)

    monkeypatch.setattr(clock, "now", lambda: later)

    assert (review_all(), review_all()) == (1, 0)
    assert alerts(project)[-1] == ("high", Decimal("2.0000"), Decimal("1.4000"))


def test_a_repayment_raises_the_cover_at_the_next_review(lent):
    project, bank = lent
    entry(project, bank, "repayment", number="R1", on="2024-06-01", principal="1000000.00")

    review_all()

    assert alerts(project)[-1] == ("info", Decimal("2.0000"), Decimal("4.0000"))


def test_the_bank_acknowledges_over_the_interface_once(lent):
    project, bank = lent
    happens(project, "PP01")
    client, alert = BankClient(bank), CoverAlert.objects.order_by("-pk").first()

    listed = client.get("/api/v1/collateral-alerts/", {"severity": "critical", "is_open": "true"}).json()["results"]
    first = client.keyed(f"/api/v1/collateral-alerts/{alert.pk}/acknowledgement/", {"note": "已知悉"})
    second = client.keyed(f"/api/v1/collateral-alerts/{alert.pk}/acknowledgement/", {"note": "再次"})

    assert [(row["id"], row["ratio_before"], row["ratio_after"]) for row in listed] == [(alert.pk, "2.0000", "1.0000")]
    assert (first.status_code, first.json()["acknowledged_note"]) == (201, "已知悉")
    assert second.json() == first.json()
    assert client.get("/api/v1/collateral-alerts/", {"severity": "critical", "is_open": "true"}).json()["results"] == []
    other = BankClient(bank_user())
    assert other.keyed(f"/api/v1/collateral-alerts/{alert.pk}/acknowledgement/", {}).status_code == 404
    assert other.get("/api/v1/collateral-alerts/").json()["results"] == []


@pytest.mark.parametrize("rows", [1, 3])
def test_alert_list_query_count(db, django_assert_num_queries, rows):
    bank = bank_user()
    for _ in range(rows):
        project, _ = lent_project(bank=bank)
        begin_watch(Event.objects.get(name="finance.loan.lent", key=project.ref))
    client = BankClient(bank)

    with django_assert_num_queries(5):
        response = client.get("/api/v1/collateral-alerts/")

    assert len(response.json()["results"]) == rows


def test_the_bank_reads_patents_with_their_valuations(lent):
    project, bank = lent

    (row,) = BankClient(bank).get(f"/api/v1/projects/{project.ref}/patents/").json()["results"]

    newest = Valuation.objects.get()
    assert row["valuations"] == [
        {
            "amount": "4000000.00",
            "method": "income",
            "valuer": "评估有限公司",
            "valued_on": str(newest.valued_on),
            "valid_until": str(newest.valid_until),
        }
    ]
    assert (row["overlays"], row["is_held"]) == ([], True)
    assert BankClient(bank_user()).get(f"/api/v1/projects/{project.ref}/patents/").status_code == 404


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"amount": Decimal(0)}, "amount"),
        ({"amount": Decimal("0.001")}, "amount"),
        ({"method": "guess"}, "method"),
        ({"valuer": " "}, "valuer"),
        ({"valued_on": D(2999, 1, 1)}, "valued_on"),
        ({"valid_until": D(2020, 1, 1)}, "valid_until"),
        ({"valid_until": D(2999, 1, 1)}, "valid_until"),
        ({"patent_id": 0}, "patent"),
    ],
)
def test_a_valuation_that_cannot_be_is_refused(lent, change, field):
    project, _ = lent
    events = Event.objects.count()

    with pytest.raises(Invalid) as refusal:
        valued(project, **change)

    assert (refusal.value.field, Valuation.objects.count(), Event.objects.count()) == (field, 1, events)


def test_valuing_is_for_the_firm_and_its_city_while_the_project_runs(lent):
    project, bank = lent
    with pytest.raises(NotAllowed):
        valued(project, by=bank)
    answer(project, bank, "repay", repaid_on="2025-03-05", interest_paid="36500.00")
    with pytest.raises(WrongState):
        valued(project)
    assert Valuation.objects.count() == 1


def test_acknowledging_is_for_the_bank(lent):
    project, bank = lent
    alert = CoverAlert.objects.order_by("-pk").first()
    firm = project.organisation.users.get(role="sme")
    with pytest.raises(NotAllowed):
        services.acknowledge_alert(alert_id=alert.pk, institution=bank.organisation, note="", by=firm)
    with pytest.raises(NotFound):
        services.acknowledge_alert(alert_id=alert.pk + 1, institution=bank.organisation, note="", by=bank)
    assert not CoverAlert.objects.filter(acknowledged_at__isnull=False).exists()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE finance_coveralert SET ratio_after = 9",
        "DELETE FROM finance_coveralert",
        "DELETE FROM finance_valuation",
    ],
)
def test_the_database_keeps_what_was_found(lent, statement):
    with pytest.raises(InternalError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_a_push_checks_the_grounds_once_more(lent):
    project = admitted_project()
    project.patents.update(legal_status="lapsed_unpaid")

    with pytest.raises(Invalid) as refusal:
        services.push_project(project_id=project.pk, by=city_user(project.city_code))

    assert refusal.value.code == "screening_failed"


def test_a_closed_loan_is_watched_no_more(lent):
    project, bank = lent
    answer(project, bank, "repay", repaid_on="2025-03-05", interest_paid="36500.00")
    before = alerts(project)

    happens(project, "PP01")

    assert (alerts(project), Loan.objects.get().state) == (before, "closed")
