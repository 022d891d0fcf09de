import datetime as dt
from decimal import Decimal

import pytest

from demand.enums import ScorePart
from demand.models import Demand, QualityWeek
from demand.policy.quality import Counts, Figures, NeedFacts, count_needs, figures_of
from demand.queries.quality import board_rows, board_totals, monday_of, needs_behind
from demand.ranking import RANKING_VERSION
from demand.services.quality import compute_week
from portal import clock
from portal.errors import Invalid
from tests.factories.accounts import city_user, province_user
from tests.factories.demand import DemandFactory

HERE, THERE = ("370100", "C"), ("370200", "C")


def test_counts_and_figures_of_a_worked_example():
    needs = [
        (HERE, NeedFacts(("C21D",), True, 4)),
        (HERE, NeedFacts(("C21D",), False, None)),  # the field has an answer elsewhere: no gap
        (HERE, NeedFacts(("H01F",), False, 10)),  # a gap, yet in talks
        (THERE, NeedFacts((), False, None)),  # no field: stands for itself
    ]

    counts = count_needs(needs)

    assert counts == {HERE: Counts(3, 2, 1, 1, (4, 10)), THERE: Counts(1, 0, 0, 1, ())}
    assert figures_of(counts[HERE]) == Figures(Decimal("0.6667"), Decimal("0.3333"), Decimal("0.3333"), Decimal("7.0"))
    assert figures_of(counts[HERE] + counts[THERE]) == Figures(
        Decimal("0.5000"), Decimal("0.5000"), Decimal("0.2500"), Decimal("7.0")
    )
    assert figures_of(Counts()) == Figures(None, None, None, None)


@pytest.fixture
def week(db):
    """Last week with two needs of Jinan, one in talks after three days, and one of Qingdao that came after it."""
    monday = monday_of(clock.today()) - dt.timedelta(days=7)
    start = dt.datetime.combine(monday, dt.time(10), tzinfo=clock.SHANGHAI)
    common = {"state": "published", "industry_code": "C3512", "ipc_codes": ["C21D"]}
    DemandFactory(**common, published_at=start, contacted_at=start + dt.timedelta(days=3), good_match_since=start)
    DemandFactory(**common, published_at=start - dt.timedelta(days=30))
    DemandFactory(state="published", city_code="370200", published_at=start + dt.timedelta(days=8))
    DemandFactory(state="closed", published_at=start - dt.timedelta(days=60), closed_on=monday - dt.timedelta(days=1))
    return monday


def test_compute_week_twice_gives_the_same_rows(week):
    assert [compute_week(monday=week), compute_week(monday=week)] == [1, 1]

    row = QualityWeek.objects.get()
    assert (row.city_code, row.industry, row.published_count, row.contacted_count) == ("370100", "C", 2, 1)
    assert (row.good_match_count, row.gap_count, row.contact_days) == (1, 0, [3])


@pytest.mark.django_db
@pytest.mark.parametrize("days", [0, 1])
def test_a_week_that_is_not_over_is_refused(days):
    with pytest.raises(Invalid):
        compute_week(monday=monday_of(clock.today()) + dt.timedelta(days=days))
    assert not QualityWeek.objects.exists()


def test_the_board_and_the_rows_behind_it(week, client):
    compute_week(monday=week)
    client.force_login(province_user())
    board = client.get("/demands/quality/").content.decode()
    rows = client.get(f"/demands/quality/rows/?week={week}&kind=contacted&city=370100").content.decode()
    contacted = Demand.objects.get(contacted_at__isnull=False)

    assert "50.0 %" in board
    assert [need.ref in rows for need in Demand.objects.order_by("pk")] == [
        need == contacted for need in Demand.objects.order_by("pk")
    ]
    client.force_login(city_user("370200"))
    assert "370100" not in client.get(f"/demands/quality/?week={week}").content.decode()
    assert client.get("/demands/quality/rows/?week=x").status_code == 404


SHEET = (
    # city, industry, fields, published (day), good match (day), contact (day), ended (day); days count from the Monday
    ("370100", "C3512", ["C21D"], -60, -59, 1, None),  # contact after 61 days
    ("370100", "3484", ["C21D"], -20, None, None, None),  # its field has an answer: no gap; a code without its letter
    ("370100", "C3360", ["B05D"], -10, None, -6, None),  # a gap, yet in talks after 4 days
    ("370100", "A0111", [], 0, 8, 9, None),  # answered and in talks only after the week: counts as neither
    ("370200", "C2611", ["H01M"], -5, 2, None, 3),  # ended within the week: still counted
    ("370200", "", ["H01M"], 6, None, None, None),  # published on the Sunday; the field has an answer
    ("370200", "C2611", ["H01M"], -30, -29, -28, -1),  # ended before the week
    ("370200", "C2611", ["H01M"], 7, 7, 7, None),  # published after the week
)


@pytest.fixture
def sheet(db):
    monday = monday_of(clock.today()) - dt.timedelta(days=14)
    start = dt.datetime.combine(monday, dt.time(10), tzinfo=clock.SHANGHAI)

    def at(day):
        return None if day is None else start + dt.timedelta(days=day)

    for city, industry, fields, published, good, contact, ended in SHEET:
        DemandFactory(
            state="published" if ended is None else "closed",
            city_code=city,
            industry_code=industry,
            ipc_codes=fields,
            published_at=at(published),
            good_match_since=at(good),
            contacted_at=at(contact),
            closed_on=None if ended is None else at(ended).date(),
        )
    return monday


def test_a_week_worked_out_by_hand(sheet):
    compute_week(monday=sheet)
    province = province_user()

    cities = {row.city_code: (row.counts, row.figures) for row in board_rows(province, sheet, by="city_code")}
    industries = {row.industry: row.counts for row in board_rows(province, sheet, by="industry")}
    (total,) = board_totals(province, [sheet])

    assert cities == {
        # 2 of 4 in talks, 1 with a good match; gaps: the one of B05D and the one without a field; 4 and 61 days.
        "370100": (
            Counts(4, 2, 1, 2, (4, 61)),
            Figures(Decimal("0.5000"), Decimal("0.5000"), Decimal("0.2500"), Decimal("32.5")),
        ),
        "370200": (Counts(2, 0, 1, 0, ()), Figures(Decimal("0.0000"), Decimal("0.0000"), Decimal("0.5000"), None)),
    }
    assert industries == {
        "": Counts(1, 0, 0, 0, ()),
        "A": Counts(1, 0, 0, 1, ()),
        "C": Counts(4, 2, 2, 1, (4, 61)),
    }
    assert total.counts == Counts(6, 2, 2, 2, (4, 61))
    assert total.figures == Figures(Decimal("0.3333"), Decimal("0.3333"), Decimal("0.3333"), Decimal("32.5"))


def test_every_number_opens_as_many_needs_as_it_counts(sheet):
    compute_week(monday=sheet)
    user = province_user()

    opened = {kind: needs_behind(user, sheet, kind=kind).count() for kind in ("", "contacted", "good", "gap")}

    assert opened == {"": 6, "contacted": 2, "good": 2, "gap": 2}
    assert needs_behind(city_user("370200"), sheet, kind="").count() == 2


def test_cities_and_weeks_without_needs_show_a_dash(sheet, client):
    # The week after the next but one has nothing standing in Qingdao's neighbour; one week is not computed at all.
    compute_week(monday=sheet)
    QualityWeek.objects.update(monday=sheet - dt.timedelta(days=14))
    compute_week(monday=sheet)
    client.force_login(city_user("370300"))

    page = client.get("/demands/quality/")

    assert [row["row"].counts for row in page.context["cities"]] == [Counts()]
    assert [row.monday for row in page.context["totals"]] == [sheet - dt.timedelta(days=7 * back) for back in range(3)]
    assert {row.figures for row in page.context["totals"]} == {Figures(None, None, None, None)}
    assert page.content.decode().count("—</td>") == 4 * 5


@pytest.mark.django_db
@pytest.mark.parametrize("rows", [1, 3])
def test_board_and_rows_query_count(rows, client, django_assert_num_queries):
    monday = monday_of(clock.today()) - dt.timedelta(days=7)
    moment = dt.datetime.combine(monday, dt.time(10), tzinfo=clock.SHANGHAI)
    for _ in range(rows):
        DemandFactory(state="published", published_at=moment, ipc_codes=["C21D"])
    compute_week(monday=monday)
    client.force_login(city_user("370100"))

    with django_assert_num_queries(10):
        client.get("/demands/quality/")
    with django_assert_num_queries(6):
        page = client.get(f"/demands/quality/rows/?week={monday}")

    assert len(page.context["page"]) == rows


@pytest.mark.django_db
def test_officials_read_that_the_parameters_are_unconfirmed(client):
    client.force_login(city_user("370100"))

    page = client.get("/demands/rules/")

    assert (page.context["rules"].version.confidence, page.context["rules"].is_confirmed) == (Decimal("0.50"), False)
    assert ("需求有效期", "12 个月") in page.context["rules"].rows
    assert page.context["weights"].version == RANKING_VERSION
    # Bigrams and characters are told of in the line of the words of the title.
    named = {name for name, _ in page.context["weights"].rows}
    assert {part.label for part in ScorePart} - named == {"内容用语", "用字"}
    assert page.content.decode().count("未经确认") == 4
