"""Every number of the demonstration is the sum of the rows that it opens."""

from collections import defaultdict
from decimal import Decimal

import pytest

from portal.accounts.models import User
from stats.enums.figures import BY_FIRM, FlagState, Measure, RowKind
from stats.models import Bulletin, CountedRow, IndicatorValue, Suspicion
from stats.policy.bulletins import checksum_of
from stats.policy.definitions import at
from stats.policy.spans import Span
from stats.queries.counting import city_field, firms_of, history_of, rows_of
from stats.queries.definitions import indicator_versions

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("demo_data")]


def amount_of(row, measure):
    if row.kind == RowKind.HISTORY:
        return row.amount
    return {Measure.COUNT: Decimal(row.weight), Measure.STOCK: Decimal(1)}.get(measure, row.amount)


def sums_of(versions, span):
    """What the rows of a period add up to, in each city and kind and in all."""
    one = at(versions, span.as_of)
    sums, flagged = defaultdict(Decimal), defaultdict(Decimal)
    for row in rows_of(versions, span):
        city = getattr(row, city_field(one))
        for key in {(city, row.split), ("", row.split), (city, ""), ("", "")}:
            sums[key] += amount_of(row, one.measure)
            flagged[key] += amount_of(row, one.measure) if row.is_flagged and one.measure != Measure.STOCK else 0
    return sums, flagged


def firms_sum(versions, span, city, measure):
    rows = rows_of(versions, span, city_code=city)
    firms = list(firms_of(rows))
    history = sum(row.amount for row in history_of(rows))
    if measure == Measure.FIRMS:
        return len(firms) + history
    return sum(firm["revenue" if measure == Measure.REVENUE else "employees"] or 0 for firm in firms) + history


def test_each_number_is_the_sum_of_its_rows():
    versions, wrong, seen = indicator_versions(), [], 0
    spans = defaultdict(list)
    for stored in IndicatorValue.objects.all():
        spans[stored.code, Span(stored.year, stored.quarter, stored.as_of)].append(stored)
    for (code, span), numbers in spans.items():
        measure = at(versions[code], span.as_of).measure
        if measure in BY_FIRM:
            sums = {
                (n.city_code, ""): firms_sum(versions[code], span, n.city_code, measure) for n in numbers if n.value
            }
            flagged = defaultdict(Decimal, {(n.city_code, ""): n.flagged for n in numbers})
        else:
            sums, flagged = sums_of(versions[code], span)
        for number in numbers:
            key = (number.city_code, number.split)
            seen += 1
            if (number.value, number.flagged) != (sums.get(key, 0), flagged[key]):
                wrong.append((code, span, key, number.value, sums.get(key, 0)))
        if missing := {key for key, total in sums.items() if total} - {(n.city_code, n.split) for n in numbers}:
            wrong.append((code, span, "not stored", missing))

    assert wrong == []
    assert seen > 10_000


def test_opened_pages_add_up_to_the_number(client):
    client.force_login(User.objects.get(username="province"), "django.contrib.auth.backends.ModelBackend")
    for code in ("I01", "I03", "I07", "I11", "S05"):
        stored = IndicatorValue.objects.filter(code=code, quarter=0, city_code="", split="").order_by("-year")[0]
        total, page = Decimal(0), 1
        while page:
            context = client.get(f"/stats/indicators/{code}/rows/", {"year": stored.year, "page": page}).context
            lines = [*context.get("rows", ()), *context.get("firms", ())]
            total += sum(Decimal(shown.replace(",", "")) for _, shown in lines)
            page = context["page"].next_page_number() if context["page"].has_next() else 0
        assert total == stored.value > 0, code


def test_each_row_names_a_source_that_is_there(client):
    client.force_login(User.objects.get(username="province"), "django.contrib.auth.backends.ModelBackend")
    kinds = CountedRow.objects.order_by("kind").values_list("kind", flat=True).distinct()
    for kind in kinds:
        row = CountedRow.objects.filter(kind=kind).order_by("id")[0]
        page = client.get(f"/stats/rows/{row.pk}/")
        source = client.get(page.context["source"].url)
        assert (page.status_code, source.status_code) == (200, 200), kind
    assert len(kinds) > 10


def test_the_bulletin_is_sound_and_sent():
    made = Bulletin.objects.get()

    assert (made.state, made.checksum) == ("sent", checksum_of(made.numbers))
    assert made.receipts.filter(state="received").exists()


def test_suspicions_of_three_kinds_most_left_to_look_at():
    found = list(Suspicion.objects.values_list("kind", "state"))

    assert 4 <= len(found) <= 6
    assert len({kind for kind, _ in found}) >= 3
    decided = sorted(state for _, state in found if state != FlagState.OPEN)
    assert decided == [FlagState.CLEARED, FlagState.CONFIRMED]
