"""Filters, counts and order agree with a naive reading of the rows, whatever was written between two searches."""

import datetime as dt
from collections import Counter
from decimal import Decimal

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from patents.classifications import ipc_levels
from patents.columns import store
from patents.models import Listing, Patent, SearchChange
from patents.queries.search import PatentSearch, find
from patents.services.industries import tag_patents
from tests.factories.patents import PatentFactory

CLASSES = ["B23Q3/06", "B23K9/00", "B60L1/00", "H02K17/26", "G06F16/33", "C22C38/00", ""]
FACTS = st.fixed_dictionaries(
    {
        "kind": st.sampled_from(["invention", "utility_model"]),
        "city_code": st.sampled_from(["370100", "370200", ""]),
        "main_class": st.sampled_from(CLASSES),
        "further_classes": st.lists(st.sampled_from(CLASSES[:-1]), max_size=2, unique=True),
        "legal_status": st.sampled_from(["valid", "refused"]),
        "maturity": st.sampled_from([None, 3, 7]),
        "transfer_way": st.sampled_from(["", "licence", "transfer"]),
        "price_amount": st.sampled_from([None, Decimal("10000.00"), Decimal("500000.00")]),
        "filed_on": st.dates(dt.date(1990, 1, 1), dt.date(2026, 1, 1)),
    }
)
WANTED = st.fixed_dictionaries(
    {},
    optional={
        "kind": st.sampled_from(["invention", "utility_model"]),
        "city": st.sampled_from(["370100", "370200"]),
        "ipc": st.sampled_from(["B", "B23", "B23K", "B23K9", "G06F16"]),
        "status": st.just("valid"),
        "way": st.sampled_from(["licence", "transfer"]),
        "maturity_from": st.sampled_from([3, 5]),
        "maturity_to": st.sampled_from([3, 8]),
        "price_from": st.sampled_from([Decimal(20_000)]),
        "price_to": st.sampled_from([Decimal(20_000)]),
        "sorting": st.sampled_from(["", "newest", "cheapest", "dearest", "maturity"]),
    },
)
FIELDS = {"city": "city_code", "status": "legal_status", "way": "transfer_way"}


def fits(patent, wanted):
    """What the form promises, said as plainly as can be."""
    price, maturity = patent.price_amount, patent.maturity
    return (
        all(getattr(patent, FIELDS.get(name, name)) == wanted[name] for name in ("kind", *FIELDS) if name in wanted)
        and ("ipc" not in wanted or any(wanted["ipc"] in ipc_levels(one) for one in patent.classes))
        and ("maturity_from" not in wanted or (maturity or 0) >= wanted["maturity_from"])
        and ("maturity_to" not in wanted or (maturity is not None and maturity <= wanted["maturity_to"]))
        and ("price_from" not in wanted or (price is not None and price >= wanted["price_from"]))
        and ("price_to" not in wanted or (price is not None and price <= wanted["price_to"]))
    )


def place(patent, sorting):
    keys = {
        "newest": -patent.filed_on.toordinal(),
        "cheapest": Decimal("Infinity") if patent.price_amount is None else patent.price_amount,
        "dearest": 1 if patent.price_amount is None else -patent.price_amount,
        "maturity": -(patent.maturity or 0),
    }
    return keys.get(sorting, 0), -patent.pk


def places_below(patent, chosen):
    """The places one level below the chosen one that a class of the patent lies in, each once."""
    path = ipc_levels(chosen)
    levels = [ipc_levels(one) for one in patent.classes]
    return {one[len(path)] for one in levels if len(one) > len(path) and one[: len(path)] == path}


def naive_counts(patents, wanted):
    return {
        "kind": Counter(patent.kind for patent in patents),
        "city": Counter(patent.city_code for patent in patents if patent.city_code),
        "ipc": Counter(place for patent in patents for place in places_below(patent, wanted.get("ipc", ""))),
        "status": Counter(patent.legal_status for patent in patents),
        "maturity": Counter(str(patent.maturity) for patent in patents if patent.maturity),
        "way": Counter(patent.transfer_way for patent in patents if patent.transfer_way),
        "holder": {},
        "licence": {},
        "sei": {},
        "intensive": {},
    }


@pytest.mark.django_db
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(pool=st.lists(FACTS, max_size=12), wanted=WANTED)
def test_filters_counts_and_order_agree_with_a_naive_reading(pool, wanted):
    with transaction.atomic():
        patents = [PatentFactory(**facts) for facts in pool]

        found = find(PatentSearch(**wanted))

        expected = sorted(
            (patent for patent in patents if fits(patent, wanted)), key=lambda one: place(one, wanted.get("sorting"))
        )
        assert list(found[:]) == expected
        assert found.facets() == naive_counts(expected, wanted)
        transaction.set_rollback(True)


@pytest.mark.django_db
def test_industries_and_their_levels():
    chip = PatentFactory(main_class="H01L21/02", further_classes=["G06F16/33", "H04L9/00"])
    steel = PatentFactory(main_class="C22C38/00")
    PatentFactory(main_class="B23Q3/06")
    assert tag_patents() == 3

    assert find(PatentSearch()).facets()["sei"] == {"1": 1, "3": 1}
    assert find(PatentSearch(sei="1")).facets()["sei"] == {"1.1": 1, "1.2": 1, "1.3": 1}
    assert list(find(PatentSearch(sei="1.2"))[:]) == [chip]
    assert list(find(PatentSearch(sei="3"))[:]) == [steel]


@pytest.mark.django_db
def test_all_ways_and_the_price_range_of_an_offer_count():
    patent = PatentFactory(transfer_way="licence", price_amount=Decimal(10_000))
    Listing.objects.create(
        patent=patent,
        state="listed",
        entered_on=dt.date(2026, 3, 2),
        expires_on=dt.date(2028, 3, 2),
        transfer_ways=["licence", "transfer"],
        price_low_amount=Decimal(10_000),
        price_high_amount=Decimal(90_000),
    )

    assert find(PatentSearch()).facets()["way"] == {"licence": 1, "transfer": 1}
    assert list(find(PatentSearch(way="transfer", price_from=Decimal(80_000)))[:]) == [patent]
    assert list(find(PatentSearch(price_from=Decimal(90_001)))[:]) == []


@pytest.mark.django_db(transaction=True)
def test_every_committed_change_is_seen_and_nothing_rolled_back():
    first, second = PatentFactory.create_batch(2)
    assert find(PatentSearch()).count == 2

    Patent.objects.filter(pk=first.pk).update(kind="utility_model")
    assert find(PatentSearch(kind="utility_model")).count == 1
    Patent.objects.filter(pk=second.pk).delete()
    assert find(PatentSearch()).count == 1
    with transaction.atomic():
        PatentFactory()
        assert find(PatentSearch()).count == 2
        transaction.set_rollback(True)
    assert find(PatentSearch()).count == 1
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE patents_patent CASCADE")
    assert find(PatentSearch()).count == 0


@pytest.mark.django_db(transaction=True)
def test_a_change_committed_after_a_later_one_is_seen():
    PatentFactory()
    find(PatentSearch())
    other = connection.copy()
    try:
        other.set_autocommit(False)
        with other.cursor() as cursor:
            cursor.execute("UPDATE patents_patent SET kind = 'utility_model'")
            PatentFactory()
            assert find(PatentSearch()).facets()["kind"] == {"invention": 2}
        other.commit()
    finally:
        other.close()

    assert find(PatentSearch()).facets()["kind"] == {"invention": 1, "utility_model": 1}


@pytest.mark.django_db(transaction=True)
def test_only_what_changed_is_read_again(django_assert_num_queries):
    PatentFactory()
    find(PatentSearch())

    with django_assert_num_queries(1):
        find(PatentSearch())
    PatentFactory()
    with django_assert_num_queries(2):
        assert find(PatentSearch()).count == 2


@pytest.mark.django_db(transaction=True)
def test_a_process_that_slept_reads_anew(monkeypatch):
    PatentFactory()
    assert find(PatentSearch()).count == 1
    PatentFactory()
    SearchChange.objects.all().delete()

    monkeypatch.setattr(store, "_READ_ANEW_AFTER", -1)

    assert find(PatentSearch()).count == 2
