import json
from decimal import Decimal

import pytest
from django.core.management import CommandError, call_command

from demand import services
from demand.models import Demand, Interest, Invitation, Judgement, MaturityCase, Refusal
from demand.policy.reasons import grade_of
from demand.queries.feedback import feedback_set
from demand.services import deals as followers
from patents.models import Deal
from patents.services.deals import answer_enquiry, end_deal
from portal.errors import Conflict, Invalid, NotAllowed, NotFound, WrongState
from portal.notices.models import Notice
from portal.outbox.models import Event
from tests.factories.accounts import OrganisationFactory, city_user, holder_user, province_user, sme_user
from tests.factories.demand import difficulty, gear_patent, matched_demand

pytestmark = pytest.mark.django_db

MODELS = (Demand, Interest, Refusal, Judgement, MaturityCase, Event, Notice, Deal)


@pytest.fixture
def unchanged():
    return lambda: {model: list(model.objects.order_by("pk").values()) for model in MODELS}


@pytest.fixture
def scene():
    holder = holder_user()
    patent = gear_patent(holder=holder.organisation)
    demand = matched_demand(patent)
    return demand, patent, sme_user(organisation=demand.organisation), holder


def answered(scene):
    demand, patent, _, holder = scene
    return services.answer_need(demand_id=demand.pk, by=holder, patent_id=patent.pk, message="已有样机，可试用。")


def test_a_holder_answers_and_the_firm_accepts_into_a_deal(scene):
    demand, patent, firm, _ = scene
    interest = answered(scene)

    services.accept_interest(
        interest_id=interest.pk, by=firm, kind="ordinary", message="请提供参数。", with_secrets=True
    )

    interest.refresh_from_db()
    demand.refresh_from_db()
    deal = Deal.objects.get(ref=interest.deal_ref)
    judgement = Judgement.objects.get()
    assert (interest.state, deal.origin, deal.origin_ref) == ("accepted", "match", demand.ref)
    assert demand.contacted_at is not None
    assert (judgement.patent, judgement.grade, judgement.source) == (patent, 2, "contact")
    assert demand.releases.get().holder == patent.holder


def test_reasons_reach_the_holder(scene):
    demand, patent, firm, _ = scene
    interest = answered(scene)

    services.refuse_interest(
        interest_id=interest.pk, by=firm, reasons=["price", "technical_doubt"], note="缺少试验数据"
    )

    notice = Notice.objects.filter(recipient=patent.holder, kind="demand.refused").get()
    assert (notice.title, notice.body) == (
        f"{patent.display_number} 与需求 {demand.ref} 暂不合适：技术存疑、价格不合适",
        "缺少试验数据",
    )
    assert Judgement.objects.get().grade == 1


def test_a_holders_reason_reaches_the_firm(scene):
    demand, patent, _, holder = scene

    services.refuse_match(demand_id=demand.pk, by=holder, patent_id=patent.pk, reasons=["not_free"])

    assert Notice.objects.filter(recipient=demand.organisation, kind="demand.refused").count() == 1


@pytest.mark.parametrize(
    ("reasons", "note", "field"),
    [([], "", "reasons"), (["gift"], "", "reasons"), (["other"], " ", "note"), (["price"], "长" * 501, "note")],
)
def test_a_refusal_without_a_usable_reason_changes_nothing(scene, unchanged, reasons, note, field):
    demand, patent, firm, _ = scene
    before = unchanged()

    with pytest.raises(Invalid) as refusal:
        services.refuse_match(demand_id=demand.pk, by=firm, patent_id=patent.pk, reasons=reasons, note=note)

    assert refusal.value.field == field
    assert unchanged() == before


def test_answering_is_for_the_holder_of_the_patent(scene, unchanged):
    demand, patent, firm, holder = scene
    other = gear_patent(holder=OrganisationFactory(kind="institute"))
    before = unchanged()

    with pytest.raises(NotAllowed):
        services.answer_need(demand_id=demand.pk, by=firm, patent_id=patent.pk, message="说明")
    with pytest.raises(Invalid):
        services.answer_need(demand_id=demand.pk, by=holder, patent_id=other.pk, message="说明")
    with pytest.raises(NotFound):
        services.answer_need(demand_id=demand.pk, by=holder_user(), patent_id=patent.pk, message="说明")

    assert {**unchanged(), Demand: None} == {**before, Demand: None}


def test_one_running_interest_of_a_patent_for_a_need(scene, unchanged):
    answered(scene)
    before = unchanged()

    with pytest.raises(Conflict):
        answered(scene)

    assert unchanged() == before


def test_an_answer_is_decided_once_and_by_the_firm_only(scene, unchanged):
    interest = answered(scene)
    _, _, firm, holder = scene
    before = unchanged()
    with pytest.raises(NotAllowed):
        services.accept_interest(interest_id=interest.pk, by=holder, kind="ordinary", message="好")
    with pytest.raises(NotFound):
        services.refuse_interest(interest_id=interest.pk, by=sme_user(), reasons=["price"])
    assert unchanged() == before
    services.withdraw_interest(interest_id=interest.pk, by=holder)

    with pytest.raises(WrongState):
        services.accept_interest(interest_id=interest.pk, by=firm, kind="ordinary", message="好")


def test_a_firm_asks_and_the_deal_is_followed(scene):
    demand, patent, firm, holder = scene

    interest = services.ask_for_patent(
        demand_id=demand.pk, by=firm, patent_id=patent.pk, kind="ordinary", message="想了解条件。"
    )
    deal = Deal.objects.get(ref=interest.deal_ref)
    answer_enquiry(deal_id=deal.pk, by=holder, message="可以。")
    followers.deal_talks(Event.objects.filter(name="patents.deal.talks_started").get().payload)
    interest.refresh_from_db()
    demand.refresh_from_db()
    assert (interest.state, demand.contacted_at is None) == ("accepted", False)
    end_deal(deal_id=deal.pk, by=firm, reason="too_early")
    followers.deal_ended(Event.objects.filter(name="patents.deal.ended").get().payload)

    interest.refresh_from_db()
    refusal = Refusal.objects.get()
    assert (interest.state, refusal.side, refusal.reasons) == ("refused", "firm", ["too_early"])


def test_a_signed_deal_outweighs_what_was_said(scene):
    demand, patent, firm, _ = scene
    interest = answered(scene)
    services.accept_interest(interest_id=interest.pk, by=firm, kind="ordinary", message="好")
    interest.refresh_from_db()
    followers.deal_signed({"origin": "match", "deal_ref": interest.deal_ref})

    services.refuse_match(demand_id=demand.pk, by=firm, patent_id=patent.pk, reasons=["vague"])

    assert (Judgement.objects.get().grade, Judgement.objects.get().source) == (3, "deal")


def test_three_firms_that_find_a_patent_too_early_put_it_on_the_list():
    patent = gear_patent(holder=OrganisationFactory(kind="university"))
    for number in range(3):
        demand = matched_demand(*([patent] if number == 0 else []))
        firm = sme_user(organisation=demand.organisation)
        services.refuse_match(demand_id=demand.pk, by=firm, patent_id=patent.pk, reasons=["too_early"])
        # Said again by the same firm it is still one firm.
        services.refuse_match(demand_id=demand.pk, by=firm, patent_id=patent.pk, reasons=["too_early", "price"])
        assert MaturityCase.objects.count() == (number == 2)
    case = MaturityCase.objects.get()

    services.handle_maturity(case_id=case.pk, by=province_user(), note="已推荐中试项目。")

    case.refresh_from_db()
    assert (case.patent, case.firm_count, case.state) == (patent, 3, "handled")
    with pytest.raises(WrongState):
        services.handle_maturity(case_id=case.pk, by=province_user(), note="再次")


def test_the_city_assigns_an_adviser_and_both_are_told(scene):
    demand, patent, firm, _ = scene
    interest = answered(scene)
    with pytest.raises(NotAllowed):
        services.assign_adviser(interest_id=interest.pk, by=firm, name="王顾问", phone="0531-88880000")
    with pytest.raises(NotFound):
        services.assign_adviser(interest_id=interest.pk, by=city_user("370200"), name="王顾问", phone="0531-88880000")

    services.assign_adviser(
        interest_id=interest.pk, by=city_user(demand.city_code), name="王顾问", phone="0531-88880000"
    )

    told = Notice.objects.filter(kind="demand.adviser").values_list("recipient_id", flat=True)
    assert set(told) == {demand.organisation_id, patent.holder_id}


def test_the_nearest_inventors_are_invited_when_there_is_no_good_match():
    holder = holder_user()
    near = gear_patent(
        holder=holder.organisation,
        title="一种渗碳炉炉门",
        abstract="本发明公开了一种井式炉的炉门，包括利用率显示。",
        inventor_names="李一；赵二",
    )
    from demand.ranking import RankedPatent
    from demand.services.invitations import invite_inventors

    demand = difficulty()
    nearest = [RankedPatent(near.pk, Decimal(1), {}, (), (), None)]

    assert [invite_inventors(demand, nearest), invite_inventors(demand, nearest)] == [1, 0]

    invitation = Invitation.objects.filter(holder=holder.organisation).get()
    assert (invitation.demand, invitation.patent) == (demand, near)
    assert "（李一、赵二）" in Notice.objects.filter(kind="demand.invited", recipient=holder.organisation).get().body
    # A difficulty can be answered by any holder.
    services.answer_need(demand_id=demand.pk, by=holder, patent_id=near.pk, message="可以改进。")


def test_feedback_is_the_judged_needs_against_the_pool(scene):
    demand, patent, firm, _ = scene
    services.close_demand(demand_id=demand.pk, by=firm, outcome="solved_here", patent_id=patent.pk)

    found = feedback_set()

    assert found.judgements == [(demand.ref, str(patent.pk), 3)]
    assert found.needs[demand.ref].title == demand.title
    assert found.pool[str(patent.pk)].main_class == "C21D9/32"
    assert len(found.pool) == 9


@pytest.mark.parametrize(("reasons", "grade"), [(["price"], 2), (["price", "vague"], 1), (["other"], None), ([], None)])
def test_grade_of_reasons_is_the_lowest_known(reasons, grade):
    assert grade_of(reasons, {"price": 2, "vague": 1}) == grade


def test_evaluate_matching_measures_on_feedback(scene, capsys):
    demand, patent, firm, _ = scene
    with pytest.raises(CommandError):
        call_command("evaluate_matching", "--from-feedback", "--meaning-depth", "0")
    services.close_demand(demand_id=demand.pk, by=firm, outcome="solved_here", patent_id=patent.pk)

    call_command("evaluate_matching", "--from-feedback", "--meaning-depth", "0", "--json")

    figures = json.loads(capsys.readouterr().out)
    assert (figures["demands"], figures["ndcg_at_10"]) == (1, 1.0)
