"""Help from the city, taking a need back, and what ends together with a need."""

import pytest

from demand import services
from demand.models import AdviserRequest, Demand, Interest, Judgement
from demand.queries.needs import invitations_to
from portal.audit.models import AuditEntry
from portal.errors import Conflict, Invalid, NotAllowed, NotFound, WrongState
from portal.notices.models import Notice
from portal.outbox.models import Event
from tests.factories.accounts import OrganisationFactory, city_user, holder_user, province_user, sme_user
from tests.factories.demand import DemandFactory, difficulty, gear_patent, matched_demand, published_demand
from tests.factories.patents import PatentFactory

pytestmark = pytest.mark.django_db

MODELS = (Demand, AdviserRequest, Interest, Judgement, Event, Notice, AuditEntry)


@pytest.fixture
def unchanged():
    return lambda: {model: list(model.objects.order_by("pk").values()) for model in MODELS}


def firm_of(demand):
    return sme_user(organisation=demand.organisation)


def test_a_firm_asks_and_its_city_names_an_adviser():
    demand = published_demand()
    asked = services.ask_adviser(demand_id=demand.pk, by=firm_of(demand), message=" 请联系权利人 ")

    services.arrange_adviser(
        request_id=asked.pk, by=city_user(demand.city_code), name="孙工", phone="0532-80000000", answer="下周到访。"
    )

    asked.refresh_from_db()
    assert (asked.state, asked.message, asked.adviser_name, asked.answer) == (
        "arranged", "请联系权利人", "孙工", "下周到访。",
    )  # fmt: skip
    notice = Notice.objects.get(recipient=demand.organisation, kind="demand.adviser")
    assert (notice.title, notice.body) == (f"需求 {demand.ref} 的对接顾问：孙工，0532-80000000", "下周到访。")
    events = Event.objects.filter(name__startswith="demand.adviser").order_by("pk")
    assert [(event.name, event.payload["request_id"]) for event in events] == [
        ("demand.adviser.asked", asked.pk),
        ("demand.adviser.arranged", asked.pk),
    ]
    # The need can be asked about again.
    services.ask_adviser(demand_id=demand.pk, by=firm_of(demand), message="再次请求")


def test_asking_is_refused_to_others_twice_and_about_other_patents(unchanged):
    demand, draft = published_demand(), DemandFactory()
    firm = firm_of(demand)
    services.ask_adviser(demand_id=demand.pk, by=firm, message="请协助")
    stranger, holder, patent = sme_user(), holder_user(), PatentFactory()
    before = unchanged()

    with pytest.raises(Conflict):
        services.ask_adviser(demand_id=demand.pk, by=firm, message="请协助")
    with pytest.raises(NotFound):
        services.ask_adviser(demand_id=demand.pk, by=stranger, message="请协助")
    with pytest.raises(NotAllowed):
        services.ask_adviser(demand_id=demand.pk, by=holder, message="请协助")
    with pytest.raises(WrongState):
        services.ask_adviser(demand_id=draft.pk, by=sme_user(organisation=draft.organisation), message="请协助")
    with pytest.raises(Invalid):
        services.ask_adviser(demand_id=demand.pk, by=firm, message=" ")
    with pytest.raises(Invalid):
        services.ask_adviser(demand_id=demand.pk, by=firm, message="请协助", patent_id=patent.pk)

    after = unchanged()
    assert {**after, Notice: None} == {**before, Notice: None}


def test_arranging_is_for_the_needs_officials_once_and_with_a_telephone(unchanged):
    demand = published_demand()
    asked = services.ask_adviser(demand_id=demand.pk, by=firm_of(demand), message="请协助")
    firm, official, other = firm_of(demand), city_user(demand.city_code), city_user("370200")
    before = unchanged()

    with pytest.raises(NotAllowed):
        services.arrange_adviser(request_id=asked.pk, by=firm, name="孙工", phone="1")
    with pytest.raises(NotFound):
        services.arrange_adviser(request_id=asked.pk, by=other, name="孙工", phone="1")
    with pytest.raises(Invalid):
        services.arrange_adviser(request_id=asked.pk, by=official, name="孙工", phone="打给我")
    with pytest.raises(Invalid):
        services.arrange_adviser(request_id=asked.pk, by=official, name="孙工", phone="1", answer="长" * 501)
    assert unchanged() == before
    services.arrange_adviser(request_id=asked.pk, by=official, name="孙工", phone="1")

    with pytest.raises(WrongState):
        services.arrange_adviser(request_id=asked.pk, by=province_user(), name="王工", phone="2")


def test_closing_ends_open_answers_and_open_requests():
    holder = holder_user()
    patent = gear_patent(holder=holder.organisation)
    demand = matched_demand(patent)
    firm = firm_of(demand)
    interest = services.answer_need(demand_id=demand.pk, by=holder, patent_id=patent.pk, message="已有样机。")
    services.ask_adviser(demand_id=demand.pk, by=firm, message="请协助")

    services.close_demand(demand_id=demand.pk, by=firm, outcome="not_needed")

    interest.refresh_from_db()
    assert (interest.state, AdviserRequest.objects.get().state) == ("ended", "ended")
    assert Notice.objects.filter(recipient=holder.organisation, kind="demand.ended").count() == 1
    assert Event.objects.filter(name="demand.interest.ended").count() == 1
    with pytest.raises(WrongState):
        services.accept_interest(interest_id=interest.pk, by=firm, kind="ordinary", message="好")


def test_a_firm_takes_a_submitted_need_back_to_change_it(unchanged):
    demand = DemandFactory(state="submitted")
    official, stranger = city_user(demand.city_code), sme_user()
    before = unchanged()
    with pytest.raises(NotAllowed):
        services.withdraw_demand(demand_id=demand.pk, by=official)
    with pytest.raises(NotFound):
        services.withdraw_demand(demand_id=demand.pk, by=stranger)
    assert unchanged() == before

    services.withdraw_demand(demand_id=demand.pk, by=firm_of(demand))

    demand.refresh_from_db()
    assert (demand.state, Event.objects.get().name) == ("draft", "demand.demand.withdrawn")


def test_a_published_need_is_not_taken_back_and_not_renewed_by_a_holder(unchanged):
    holder = holder_user()
    demand = matched_demand(gear_patent(holder=holder.organisation))
    firm = firm_of(demand)
    before = unchanged()

    with pytest.raises(WrongState):
        services.withdraw_demand(demand_id=demand.pk, by=firm)
    with pytest.raises(NotAllowed):
        services.renew_demand(demand_id=demand.pk, by=holder)

    assert unchanged() == before


def test_a_judgement_keeps_the_match_that_was_judged():
    patent = gear_patent(holder=OrganisationFactory(kind="university"))
    demand = matched_demand(patent)
    match = demand.matches.get(patent=patent)

    services.refuse_match(demand_id=demand.pk, by=firm_of(demand), patent_id=patent.pk, reasons=["price"])
    kept = Judgement.objects.get().matched
    demand.matches.all().delete()
    services.close_demand(demand_id=demand.pk, by=firm_of(demand), outcome="solved_here", patent_id=patent.pk)

    judgement = Judgement.objects.get()
    assert kept == {
        "version": match.version, "rank": 1, "score": str(match.score), "parts": match.parts, "inputs": match.inputs,
    }  # fmt: skip
    assert (judgement.grade, judgement.source, judgement.matched) == (3, "outcome", kept)


def test_open_invitations_are_listed_until_answered():
    holder = holder_user()
    near = PatentFactory(holder=holder.organisation)
    demand = difficulty()
    demand.invitations.all().delete()
    demand.invitations.create(patent=near, holder=holder.organisation)
    assert [one.demand for one in invitations_to(holder.organisation)] == [demand]
    assert list(invitations_to(OrganisationFactory(kind="university"))) == []

    services.answer_need(demand_id=demand.pk, by=holder, patent_id=near.pk, message="可以改进。")

    assert list(invitations_to(holder.organisation)) == []
