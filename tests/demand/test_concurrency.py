"""Two connections at once, as two web processes have."""

import pytest

from demand import services
from demand.models import AdviserRequest, Demand, Interest, Invitation, Judgement, MaturityCase, Watch
from demand.ranking import RankedPatent
from demand.services import watches
from demand.services.invitations import invite_inventors
from patents.models import Deal
from portal.outbox.models import Event
from tests.concurrency import at_once
from tests.factories.accounts import OrganisationFactory, city_user, holder_user, sme_user
from tests.factories.demand import gear_patent, published_demand
from tests.factories.patents import PatentFactory

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def scene():
    """A published need with a stored match, its firm and the patent's holder."""
    holder = holder_user()
    patent = gear_patent(holder=holder.organisation)
    demand = published_demand()
    match(demand, patent)
    return demand, patent, sme_user(organisation=demand.organisation), holder


def match(demand, patent, rank=1):
    demand.matches.create(patent=patent, rank=rank, score="1.0000", parts={}, words=[], version="v")


def answer(scene):
    demand, patent, _, holder = scene
    return services.answer_need(demand_id=demand.pk, by=holder, patent_id=patent.pk, message="已有样机。")


def events(name):
    return Event.objects.filter(name=name).count()


def test_two_answers_at_once_make_one(scene):
    assert sorted(at_once(lambda: answer(scene), lambda: answer(scene))) == ["", "interest_exists"]
    assert (Interest.objects.count(), events("demand.interest.made")) == (1, 1)


def test_asking_and_answering_at_once_make_one_interest(scene):
    demand, patent, firm, _ = scene

    def ask():
        services.ask_for_patent(demand_id=demand.pk, by=firm, patent_id=patent.pk, kind="ordinary", message="请报价。")

    assert sorted(at_once(lambda: answer(scene), ask)) == ["", "interest_exists"]
    assert Interest.objects.count() == 1


def test_accepting_and_refusing_at_once_decide_once(scene):
    interest, firm = answer(scene), scene[2]

    def accept():
        services.accept_interest(interest_id=interest.pk, by=firm, kind="ordinary", message="好")

    def refuse():
        services.refuse_interest(interest_id=interest.pk, by=firm, reasons=["price"])

    assert sorted(at_once(accept, refuse)) == ["", "wrong_state"]
    interest.refresh_from_db()
    is_accepted = interest.state == "accepted"
    assert (Deal.objects.count(), events("demand.interest.accepted")) == (is_accepted, is_accepted)
    assert events("demand.interest.refused") == (not is_accepted)


def test_withdrawing_and_accepting_at_once_decide_once(scene):
    interest, firm, holder = answer(scene), scene[2], scene[3]

    results = at_once(
        lambda: services.withdraw_interest(interest_id=interest.pk, by=holder),
        lambda: services.accept_interest(interest_id=interest.pk, by=firm, kind="ordinary", message="好"),
    )

    assert sorted(results) == ["", "wrong_state"]
    interest.refresh_from_db()
    assert Deal.objects.count() == (interest.state == "accepted")


def test_closing_and_answering_at_once_leave_no_open_answer(scene):
    demand, _, firm, _ = scene

    results = at_once(
        lambda: services.close_demand(demand_id=demand.pk, by=firm, outcome="not_needed"), lambda: answer(scene)
    )

    assert results[0] == ""
    assert Demand.objects.get(pk=demand.pk).state == "closed"
    assert not Interest.objects.filter(state="open").exists()


def test_closing_twice_at_once_closes_once(scene):
    demand, patent, firm, _ = scene

    def close():
        services.close_demand(demand_id=demand.pk, by=firm, outcome="solved_here", patent_id=patent.pk)

    assert sorted(at_once(close, close)) == ["", "wrong_state"]
    assert (Judgement.objects.count(), events("demand.demand.closed")) == (1, 1)


def test_two_invitations_at_once_ask_a_holder_once(scene):
    demand, patent, _, _ = scene
    nearest = [RankedPatent(patent.pk, 1, {}, (), (), None)]

    def invite():
        # As the matcher does it: under the need's lock.
        from django.db import transaction

        with transaction.atomic():
            invite_inventors(Demand.objects.select_for_update(of=("self",)).get(pk=demand.pk), nearest)

    assert at_once(invite, invite) == ["", ""]
    assert Invitation.objects.count() == 1


def test_two_requests_for_an_adviser_at_once_are_one(scene):
    demand, _, firm, _ = scene

    def ask():
        services.ask_adviser(demand_id=demand.pk, by=firm, message="请协助")

    assert sorted(at_once(ask, ask)) == ["", "adviser_asked"]
    assert AdviserRequest.objects.count() == 1


def test_two_officials_at_once_name_one_adviser(scene):
    demand, _, firm, _ = scene
    asked = services.ask_adviser(demand_id=demand.pk, by=firm, message="请协助")
    officials = [city_user(demand.city_code), city_user(demand.city_code)]

    results = at_once(
        *(
            lambda by=by: services.arrange_adviser(request_id=asked.pk, by=by, name="孙工", phone="1")
            for by in officials
        )
    )

    assert sorted(results) == ["", "wrong_state"]
    assert events("demand.adviser.arranged") == 1


def test_three_firms_at_once_put_a_patent_on_the_list_once():
    patent = gear_patent(holder=OrganisationFactory(kind="university"))
    needs = [published_demand() for _ in range(3)]
    for need in needs:
        match(need, patent)
    firms = [sme_user(organisation=need.organisation) for need in needs]

    results = at_once(
        *(
            lambda need=need, firm=firm: services.refuse_match(
                demand_id=need.pk, by=firm, patent_id=patent.pk, reasons=["too_early"]
            )
            for need, firm in zip(needs, firms, strict=True)
        )
    )

    assert results == ["", "", ""]
    assert list(MaturityCase.objects.values_list("patent", "firm_count")) == [(patent.pk, 3)]
    assert events("demand.maturity.opened") == 1


def test_two_watches_at_once_do_not_pass_the_limit(monkeypatch):
    user, patents = sme_user(), PatentFactory.create_batch(2)
    published_demand()  # puts the rules in force
    monkeypatch.setattr(watches, "need_rules", type("R", (), {"watch_limit": 1}))

    results = at_once(*(lambda key=one.pk: watches.watch_patent(by=user, patent_id=key) for one in patents))

    assert sorted(results) == ["", "watch_limit"]
    assert Watch.objects.count() == 1
