import datetime as dt

import pytest

from demand import services
from demand.models import Demand, Judgement
from demand.services import reaching
from demand.services.demands import index_needs
from portal import clock
from portal.dates import add_months
from portal.errors import Invalid, NotAllowed, WrongState
from portal.notices.models import Notice
from portal.outbox.models import Event
from tests.factories.accounts import city_user, sme_user
from tests.factories.demand import gear_patent, indexed_pool, matched_demand, need, published_demand

pytestmark = pytest.mark.django_db


def test_a_published_need_runs_for_its_term_then_expires_once():
    demand = published_demand()
    firm = demand.organisation
    assert demand.expires_on == add_months(clock.today(), 12)

    on_last_day = services.expire_due(today=demand.expires_on)
    after = services.expire_due(today=demand.expires_on + dt.timedelta(days=1))
    again = services.expire_due(today=demand.expires_on + dt.timedelta(days=1))

    demand.refresh_from_db()
    assert (on_last_day, after, again) == (0, 1, 0)
    assert (demand.state, demand.match_state) == ("expired", "")
    assert Notice.objects.filter(recipient=firm, kind="demand.expired").count() == 1
    assert Notice.objects.filter(recipient=firm, kind="demand.expiring").count() == 1


def test_an_expired_need_is_renewed_and_matched_again():
    demand = published_demand()
    services.expire_due(today=demand.expires_on + dt.timedelta(days=1))

    services.renew_demand(demand_id=demand.pk, by=sme_user(organisation=demand.organisation))

    demand.refresh_from_db()
    assert (demand.state, demand.match_state, demand.closed_on) == ("published", "waiting", None)
    assert Event.objects.filter(name="demand.demand.renewed").count() == 1


def test_a_draft_cannot_be_renewed():
    user = sme_user()
    demand = services.create_demand(by=user, need=need())

    with pytest.raises(WrongState):
        services.renew_demand(demand_id=demand.pk, by=user)


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"outcome": ""}, "outcome"),
        ({"outcome": "unsolved", "patent_id": 1}, "patent"),
        ({"outcome": "solved_here", "patent_id": 0}, "patent"),
    ],
)
def test_closing_needs_a_fitting_outcome(more, field):
    demand = published_demand()
    events = Event.objects.count()

    with pytest.raises(Invalid) as refusal:
        services.close_demand(demand_id=demand.pk, by=sme_user(organisation=demand.organisation), **more)

    assert refusal.value.field == field
    assert Demand.objects.get(pk=demand.pk).state == "published"
    assert (Event.objects.count(), Judgement.objects.count()) == (events, 0)


def test_a_changed_published_need_stays_waits_for_matching_and_for_its_city():
    demand = matched_demand(gear_patent())
    user = sme_user(organisation=demand.organisation)

    services.update_demand(demand_id=demand.pk, by=user, need=need(title="行星齿轮渗碳淬火变形"))

    demand.refresh_from_db()
    assert (demand.state, demand.match_state, demand.is_recheck_due) == ("published", "waiting", True)
    with pytest.raises(NotAllowed):
        services.confirm_change(demand_id=demand.pk, by=user)
    services.confirm_change(demand_id=demand.pk, by=city_user(demand.city_code))
    assert not Demand.objects.get(pk=demand.pk).is_recheck_due


def test_a_new_patent_reaches_the_needs_near_it_and_no_other():
    near = published_demand()
    far = published_demand(title="锂电池隔膜涂覆均匀性", description="隔膜涂覆厚度不均，需要改进狭缝涂布。")
    index_needs([near, far])
    indexed_pool()
    services.match_waiting()
    patent = gear_patent()

    assert reaching.reach_from_patent(patent.address) == 1

    waiting = Demand.objects.filter(match_state="waiting")
    assert list(waiting) == [near]


def test_a_worker_killed_in_the_middle_leaves_no_double_rows(monkeypatch):
    indexed_pool(gear_patent())
    demands = [published_demand() for _ in range(3)]
    from demand.services import matching

    real, calls = matching._match, []

    def dying(demand):
        real(demand)
        calls.append(demand.pk)
        if len(calls) == 2:
            raise SystemExit

    monkeypatch.setattr(matching, "_match", dying)
    with pytest.raises(SystemExit):
        services.match_waiting()
    monkeypatch.setattr(matching, "_match", real)

    assert services.match_waiting() == 2

    assert [demand.matches.count() for demand in demands] == [1, 1, 1]
    assert Event.objects.filter(name="demand.demand.matched").count() == 3
