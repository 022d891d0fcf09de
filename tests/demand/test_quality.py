import datetime as dt
from decimal import Decimal

import pytest

from demand.models import Demand, QualityWeek, Watch
from demand.policy.quality import Counts, Figures, NeedFacts, count_needs, figures_of
from demand.queries.quality import monday_of
from demand.services.quality import compute_week
from demand.services.watches import tell_watchers, unwatch, watch_field, watch_holder, watch_patent
from portal import clock
from portal.errors import Conflict, Invalid, NotAllowed, NotFound
from portal.notices.models import Notice
from tests.factories.accounts import bank_user, city_user, holder_user, province_user, sme_user
from tests.factories.demand import DemandFactory, published_demand
from tests.factories.patents import PatentFactory

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


# --- watches


@pytest.mark.django_db
def test_a_holder_is_told_of_new_needs_of_its_field_once_a_day():
    user = holder_user()
    watch = watch_field(by=user, ipc_code="c21d")
    Watch.objects.update(told_until=clock.now() - dt.timedelta(days=1))
    demand = published_demand(ipc_codes=["C21D"])
    published_demand(ipc_codes=["H01M"])

    assert [tell_watchers(), tell_watchers()] == [1, 0]

    notice = Notice.objects.get(recipient=user.organisation, kind="demand.watch")
    assert notice.title == "关注有 1 条新动态"
    assert notice.body == f"{clock.today()} C21D 新需求 {demand.ref} {demand.title}"
    assert watch.ipc_code == "C21D"


@pytest.mark.django_db
def test_a_firm_is_told_of_new_patents_of_a_holder_and_the_list_is_cut():
    user, holder = sme_user(), holder_user().organisation
    PatentFactory(holder=holder)
    watch_holder(by=user, holder_id=holder.pk)
    Watch.objects.update(told_until=clock.now() - dt.timedelta(days=1))
    PatentFactory.create_batch(11, holder=holder)

    tell_watchers()

    notice = Notice.objects.get(recipient=user.organisation)
    assert notice.title == "关注有 10 条新动态"
    assert len(notice.body.splitlines()) == 10


@pytest.mark.django_db
def test_watches_are_bounded_single_and_ones_own(monkeypatch):
    from demand.services import watches

    user, patent = sme_user(), PatentFactory()
    watch = watch_patent(by=user, patent_id=patent.pk)
    with pytest.raises(Conflict):
        watch_patent(by=user, patent_id=patent.pk)
    with pytest.raises(NotFound):
        unwatch(watch_id=watch.pk, by=sme_user())
    with pytest.raises(NotAllowed):
        watch_field(by=bank_user(), ipc_code="C21D")
    with pytest.raises(Invalid):
        watch_field(by=user, ipc_code="xyz")
    rules = watches.need_rules()
    monkeypatch.setattr(watches, "need_rules", type("R", (), {"watch_limit": 1}))
    assert rules.watch_limit == 50

    with pytest.raises(Conflict):
        watch_field(by=user, ipc_code="C21D")

    assert Watch.objects.count() == 1
