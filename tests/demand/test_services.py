import datetime as dt
from decimal import Decimal

import pytest

from demand import services
from demand.models import Demand, Match
from demand.ranking import RANKING_VERSION
from portal.audit.models import AuditEntry
from portal.errors import Conflict, Invalid, NotAllowed, NotFound, WrongState
from portal.notices.models import Notice
from portal.outbox.models import Event
from tests.factories.accounts import (
    OrganisationFactory,
    UserFactory,
    bank_user,
    city_user,
    holder_user,
    province_user,
    sme_user,
)
from tests.factories.demand import (
    DemandFactory,
    gear_patent,
    indexed_pool,
    matched_demand,
    need,
    published_demand,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def unchanged():
    """A snapshot of all that a refused verb must leave as it was."""

    def snapshot():
        return {
            model: list(model.objects.order_by("pk").values()) for model in (Demand, Match, Event, Notice, AuditEntry)
        }

    return snapshot


def event_names():
    return list(Event.objects.order_by("pk").values_list("name", flat=True))


# --- the firm


def test_create_demand_belongs_to_the_firm_and_its_city():
    user = sme_user(organisation=OrganisationFactory(city_code="370900"))

    demand = services.create_demand(by=user, need=need(budget_amount=Decimal("300000.00")))

    assert demand.ref == f"XQ{demand.created_at.year}-{demand.pk:06d}"
    assert (demand.organisation, demand.city_code, demand.state) == (user.organisation, "370900", "draft")
    assert demand.budget_amount == Decimal("300000.00")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"title": " "}, "title"),
        ({"title": "长" * 201}, "title"),
        ({"description": "太短"}, "description"),
        ({"description": "长" * 5001}, "description"),
        ({"target_figures": "长" * 5001}, "target_figures"),
        ({"cooperation_way": "gift"}, "cooperation_way"),
        ({"budget_amount": Decimal(-1)}, "budget_amount"),
        ({"budget_amount": Decimal("0.001")}, "budget_amount"),
        ({"budget_amount": Decimal("10000000000.01")}, "budget_amount"),
    ],
)
def test_create_demand_refuses_an_impossible_need(change, field, unchanged):
    user = sme_user()
    before = unchanged()

    with pytest.raises(Invalid) as refusal:
        services.create_demand(by=user, need=need(**change))

    assert refusal.value.field == field
    assert unchanged() == before


def test_create_demand_is_for_firms():
    with pytest.raises(NotAllowed):
        services.create_demand(by=holder_user(), need=need())


def test_update_demand_changes_a_returned_one():
    user = sme_user()
    demand = DemandFactory(organisation=user.organisation, state="returned")

    services.update_demand(demand_id=demand.pk, by=user, need=need(title="行星齿轮渗碳"))

    demand.refresh_from_db()
    assert demand.title == "行星齿轮渗碳"


@pytest.mark.parametrize("state", ["submitted", "expired", "closed"])
def test_update_demand_refuses_what_is_out_of_hand(state, unchanged):
    user = sme_user()
    demand = DemandFactory(organisation=user.organisation, state=state)
    before = unchanged()

    with pytest.raises(WrongState):
        services.update_demand(demand_id=demand.pk, by=user, need=need())

    assert unchanged() == before


def test_submit_demand_waits_for_the_city():
    user = sme_user()
    demand = DemandFactory(organisation=user.organisation, review_note="请补充指标")

    services.submit_demand(demand_id=demand.pk, by=user)

    demand.refresh_from_db()
    assert (demand.state, demand.review_note, demand.match_state) == ("submitted", "", "")
    assert event_names() == ["demand.demand.submitted"]


def test_submit_demand_refuses_a_firm_that_is_not_approved(unchanged):
    user = sme_user(organisation=OrganisationFactory(state="pending"))
    demand = DemandFactory(organisation=user.organisation)
    before = unchanged()

    with pytest.raises(Conflict):
        services.submit_demand(demand_id=demand.pk, by=user)

    assert unchanged() == before


def test_submit_demand_refuses_a_date_that_has_passed(unchanged):
    user = sme_user()
    demand = DemandFactory(organisation=user.organisation, wanted_by=dt.date(2020, 1, 1))
    before = unchanged()

    with pytest.raises(Invalid) as refusal:
        services.submit_demand(demand_id=demand.pk, by=user)

    assert refusal.value.field == "wanted_by"
    assert unchanged() == before


@pytest.mark.parametrize(("verb", "more"), [("submit_demand", {}), ("close_demand", {"outcome": "not_needed"})])
def test_a_need_of_another_firm_is_not_found(verb, more, unchanged):
    demand = DemandFactory()
    stranger = sme_user()
    before = unchanged()

    with pytest.raises(NotFound):
        getattr(services, verb)(demand_id=demand.pk, by=stranger, **more)

    assert unchanged() == before


def test_close_demand_hides_it_from_holders():
    patent = gear_patent(holder=holder_user().organisation)
    demand = matched_demand(patent)
    holder = UserFactory(role="holder", organisation=patent.holder)
    assert list(Demand.objects.visible_to(holder)) == [demand]

    services.close_demand(demand_id=demand.pk, by=sme_user(organisation=demand.organisation), outcome="solved_inhouse")

    assert not Demand.objects.visible_to(holder).exists()
    assert event_names()[-1] == "demand.demand.closed"


# --- review


@pytest.mark.parametrize("official", ["city", "province"])
def test_publish_demand_lets_it_wait_for_matching(official):
    demand = DemandFactory(state="submitted")
    by = city_user(demand.city_code) if official == "city" else province_user()

    services.publish_demand(demand_id=demand.pk, by=by, note="同意发布")

    demand.refresh_from_db()
    assert (demand.state, demand.match_state, demand.review_note) == ("published", "waiting", "同意发布")
    event = Event.objects.get()
    assert (event.name, event.key) == ("demand.demand.published", demand.ref)
    assert event.payload == {"demand_ref": demand.ref, "city_code": demand.city_code}


def test_return_demand_tells_the_firm_why():
    demand = DemandFactory(state="submitted")

    services.return_demand(demand_id=demand.pk, by=city_user(demand.city_code), note="请补充指标。")

    demand.refresh_from_db()
    assert (demand.state, demand.review_note) == ("returned", "请补充指标。")
    notice = Notice.objects.get()
    assert (notice.recipient, notice.body, notice.link) == (
        demand.organisation,
        "请补充指标。",
        f"/demands/{demand.ref}/",
    )


def test_return_demand_needs_an_opinion(unchanged):
    demand = DemandFactory(state="submitted")
    city = city_user(demand.city_code)
    before = unchanged()

    with pytest.raises(Invalid) as refusal:
        services.return_demand(demand_id=demand.pk, by=city, note=" ")

    assert refusal.value.field == "note"
    assert unchanged() == before


@pytest.mark.parametrize("verb", ["publish_demand", "return_demand"])
def test_review_by_another_city_is_not_found(verb, unchanged):
    demand = DemandFactory(state="submitted", organisation__city_code="370100")
    elsewhere = city_user("370900")
    before = unchanged()

    with pytest.raises(NotFound):
        getattr(services, verb)(demand_id=demand.pk, by=elsewhere, note="意见")

    assert unchanged() == before


@pytest.mark.parametrize("verb", ["publish_demand", "return_demand"])
def test_review_is_not_for_the_firm_itself(verb, unchanged):
    demand = DemandFactory(state="submitted")
    firm = sme_user(organisation=demand.organisation)
    before = unchanged()

    with pytest.raises(NotAllowed):
        getattr(services, verb)(demand_id=demand.pk, by=firm, note="意见")

    assert unchanged() == before


def test_publish_demand_twice_is_refused(unchanged):
    demand = published_demand()
    city = city_user(demand.city_code)
    before = unchanged()

    with pytest.raises(WrongState):
        services.publish_demand(demand_id=demand.pk, by=city)

    assert unchanged() == before


# --- matching


def test_match_demand_keeps_the_best_with_their_reasons():
    patent = gear_patent()

    demand = matched_demand(patent)

    demand.refresh_from_db()
    best = demand.matches.first()
    assert (demand.match_state, demand.matcher_version) == ("matched", RANKING_VERSION)
    assert (best.rank, best.patent) == (1, patent)
    assert sum(map(Decimal, best.parts.values())) == best.score
    assert {word["part"] for word in best.words} <= set(best.parts)
    assert "渗碳淬火" in "".join(word["text"] for word in best.words)


def test_match_demand_tells_the_firm_and_the_holders_once():
    holder = OrganisationFactory(kind="university")
    demand = matched_demand(gear_patent(holder=holder), gear_patent(holder=holder), gear_patent(holder=None))

    services.match_demand(demand_id=demand.pk)

    to_firm = Notice.objects.filter(recipient=demand.organisation, kind="demand.matched")
    to_holder = Notice.objects.filter(recipient=holder)
    assert to_firm.count() == 1
    assert [(notice.kind, notice.link) for notice in to_holder] == [
        ("demand.matched_to_patent", f"/demands/{demand.ref}/")
    ]


def test_match_demand_again_with_the_same_result_changes_nothing_but_the_time(unchanged):
    demand = matched_demand(gear_patent())
    before = unchanged()
    first = demand.matched_at

    again = services.match_demand(demand_id=demand.pk)

    after = unchanged()
    assert again.matched_at > first
    assert {model: rows for model, rows in after.items() if model is not Demand} == {
        model: rows for model, rows in before.items() if model is not Demand
    }


def test_match_demand_replaces_the_matches_when_the_pool_has_changed():
    demand = matched_demand(gear_patent())
    better = gear_patent(title=demand.title, abstract=demand.description, holder=OrganisationFactory(kind="institute"))
    services.match_waiting()  # nothing waits: the index stays as it was
    assert demand.matches.count() == 1

    services.rematch_published()
    assert services.match_waiting() == 1

    assert demand.matches.first().patent == better
    assert list(demand.matches.values_list("rank", flat=True)) == [1, 2]
    assert Notice.objects.filter(recipient=better.holder).count() == 1


def test_no_good_match_is_said_honestly():
    demand = matched_demand(
        title="稀土永磁体晶界扩散", description="钕铁硼磁体晶界扩散重稀土利用率低，矫顽力提升有限。"
    )

    demand.refresh_from_db()
    assert demand.match_state == "no_good_match"
    assert not demand.matches.exists()
    assert (
        Notice.objects.filter(recipient=demand.organisation).first().title == f"需求 {demand.ref} 暂未匹配到合适的专利"
    )


def test_the_firm_hears_of_the_first_match_after_none():
    demand = matched_demand(
        title="稀土永磁体晶界扩散", description="钕铁硼磁体晶界扩散重稀土利用率低，矫顽力提升有限。"
    )
    indexed_pool(gear_patent(title="一种钕铁硼永磁体的晶界扩散方法", abstract="晶界扩散重稀土，提高矫顽力。"))

    services.match_demand(demand_id=demand.pk)

    titles = Notice.objects.filter(recipient=demand.organisation, kind="demand.matched").values_list("title", flat=True)
    assert [title for title in titles if "匹配到 1 件专利" in title] == [f"需求 {demand.ref} 匹配到 1 件专利"]


def test_a_need_that_is_not_published_is_not_matched(unchanged):
    indexed_pool(gear_patent())
    demand = DemandFactory(state="submitted")
    before = unchanged()

    assert services.match_demand(demand_id=demand.pk) is None
    assert services.match_demand(demand_id=0) is None
    assert unchanged() == before


def test_match_waiting_takes_a_batch_and_leaves_the_rest():
    indexed_pool(gear_patent())
    demands = [published_demand() for _ in range(3)]

    assert services.match_waiting(limit=2) == 2

    assert list(Demand.objects.order_by("pk").values_list("match_state", flat=True)) == [
        "matched",
        "matched",
        "waiting",
    ]
    assert services.match_waiting(limit=2) == 1
    assert services.match_waiting(limit=2) == 0
    assert Match.objects.filter(demand__in=demands).count() == 3


def test_one_need_that_fails_does_not_hold_up_the_others(monkeypatch):
    indexed_pool(gear_patent())
    broken, sound = published_demand(), published_demand()
    from demand.services import matching

    rank = matching._match
    monkeypatch.setattr(matching, "_match", lambda demand: 1 / 0 if demand.pk == broken.pk else rank(demand))

    assert services.match_waiting() == 2

    assert dict(Demand.objects.values_list("pk", "match_state")) == {broken.pk: "waiting", sound.pk: "matched"}


# --- who sees what


def test_a_need_is_seen_by_its_firm_its_city_the_province_and_matched_holders():
    patent = gear_patent(holder=OrganisationFactory(kind="university"))
    demand = matched_demand(patent, organisation__city_code="370100")
    seeing = [
        sme_user(organisation=demand.organisation),
        city_user("370100"),
        province_user(),
        UserFactory(role="holder", organisation=patent.holder),
    ]
    not_seeing = [sme_user(), city_user("370900"), holder_user(), bank_user()]

    assert [Demand.objects.visible_to(user).filter(pk=demand.pk).exists() for user in seeing] == [True] * 4
    assert [Demand.objects.visible_to(user).filter(pk=demand.pk).exists() for user in not_seeing] == [False] * 4
