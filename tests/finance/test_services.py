from decimal import Decimal

import pytest

from finance import services
from finance.models import Answer, Loan, Placement, Project
from portal.audit.models import AuditEntry
from portal.errors import Conflict, Invalid, NotAllowed, NotFound, WrongState
from portal.notices.models import Notice
from portal.outbox.models import Delivery, Endpoint, Event
from tests.factories.accounts import OrganisationFactory, bank_user, city_user, holder_user, province_user, sme_user
from tests.factories.finance import (
    LOAN_FACTS,
    REPAYMENT_FACTS,
    ProductFactory,
    ProjectFactory,
    admitted_project,
    answer,
    lent_project,
    submitted_project,
)
from tests.factories.patents import PatentFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def unchanged():
    """A snapshot of all that a refused verb must leave as it was."""

    def snapshot():
        tables = (Project, Placement, Answer, Loan, Event, Delivery, Notice, AuditEntry)
        return {model: list(model.objects.order_by("pk").values()) for model in tables}

    return snapshot


def endpoint_of(bank):
    return Endpoint.objects.create(
        organisation=bank.organisation, url="https://bank.example/hook", secret_encrypted="x"
    )


def event_names():
    return list(Event.objects.order_by("pk").values_list("name", flat=True))


def wish(patents):
    return {
        "amount": Decimal("3000000.00"),
        "term_months": 12,
        "purpose": "采购原材料",
        "patent_ids": [patent.pk for patent in patents],
    }


# --- drafting


def test_create_project_keeps_the_wish_and_gives_a_readable_reference():
    user = sme_user()
    patents = PatentFactory.create_batch(2, holder=user.organisation)

    project = services.create_project(by=user, **wish(patents))

    year = project.created_at.year
    assert project.ref == f"RZ{year}-{project.pk:06d}"
    assert (project.state, project.city_code) == ("draft", user.organisation.city_code)
    assert set(project.patents.all()) == set(patents)


def test_references_never_repeat():
    user = sme_user()
    patent = PatentFactory(holder=user.organisation)

    first, second = (services.create_project(by=user, **wish([patent])) for _ in range(2))

    assert second.ref != first.ref
    assert second.pk == first.pk + 1


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"amount": Decimal(0)}, "amount"),
        ({"amount": Decimal("0.001")}, "amount"),
        ({"amount": Decimal("10000000000.01")}, "amount"),
        ({"term_months": 0}, "term_months"),
        ({"term_months": 121}, "term_months"),
        ({"purpose": " "}, "purpose"),
        ({"patent_ids": []}, "patents"),
    ],
)
def test_create_project_refuses_an_impossible_wish(change, field, unchanged):
    user = sme_user()
    patent = PatentFactory(holder=user.organisation)
    before = unchanged()

    with pytest.raises(Invalid) as refusal:
        services.create_project(by=user, **wish([patent]) | change)

    assert refusal.value.field == field
    assert unchanged() == before


def test_create_project_refuses_patents_of_others(unchanged):
    user = sme_user()
    patents = [PatentFactory(holder=user.organisation), PatentFactory(holder=OrganisationFactory())]
    before = unchanged()

    with pytest.raises(Invalid) as refusal:
        services.create_project(by=user, **wish(patents))

    assert refusal.value.field == "patents"
    assert unchanged() == before


def test_create_project_refuses_a_user_who_is_no_firm():
    with pytest.raises(NotAllowed):
        services.create_project(by=holder_user(), **wish([]))


def test_update_project_replaces_the_patents():
    user = sme_user()
    old, kept, new = PatentFactory.create_batch(3, holder=user.organisation)
    project = services.create_project(by=user, **wish([old, kept]))

    services.update_project(project_id=project.pk, by=user, **wish([kept, new]) | {"term_months": 24})

    project.refresh_from_db()
    assert set(project.patents.all()) == {kept, new}
    assert (project.term_months, project.version) == (24, 2)


def test_update_project_refuses_a_submitted_one(unchanged):
    project = admitted_project()
    user = sme_user(organisation=project.organisation)
    before = unchanged()

    with pytest.raises(WrongState):
        services.update_project(project_id=project.pk, by=user, **wish(project.patents.all()))

    assert unchanged() == before


# --- submission


def test_submit_project_keeps_the_consent_and_its_recipients():
    user = sme_user()
    chosen, _ = ProductFactory(), ProductFactory()
    project = ProjectFactory(organisation=user.organisation)

    services.submit_project(project_id=project.pk, by=user, consent=True, recipients=[chosen.institution_id])

    project.refresh_from_db()
    assert project.state == "submitted"
    assert project.consented_at == project.submitted_at
    assert list(project.recipients.all()) == [chosen.institution]
    event = Event.objects.get()
    assert (event.name, event.key) == ("finance.project.submitted", project.ref)
    assert event.payload == {"project_ref": project.ref, "city_code": project.city_code}


@pytest.mark.parametrize(
    ("arguments", "field"),
    [
        ({"consent": False}, "consent"),
        ({"consent": True, "recipients": []}, "recipients"),
        ({"consent": True, "recipients": [0]}, "recipients"),
    ],
)
def test_submit_project_refuses_without_consent_to_somebody(arguments, field, unchanged):
    user = sme_user()
    ProductFactory()
    project = ProjectFactory(organisation=user.organisation)
    before = unchanged()

    with pytest.raises(Invalid) as refusal:
        services.submit_project(project_id=project.pk, by=user, **arguments)

    assert refusal.value.field == field
    assert unchanged() == before


def test_submit_project_refuses_a_firm_that_is_not_approved(unchanged):
    user = sme_user(organisation=OrganisationFactory(state="pending"))
    ProductFactory()
    project = ProjectFactory(organisation=user.organisation)
    before = unchanged()

    with pytest.raises(Conflict):
        services.submit_project(project_id=project.pk, by=user, consent=True)

    assert unchanged() == before


def test_submit_project_of_another_firm_is_not_found(unchanged):
    ProductFactory()
    project = ProjectFactory()
    before = unchanged()

    with pytest.raises(NotFound):
        services.submit_project(project_id=project.pk, by=sme_user(), consent=True)

    assert unchanged() == before


# --- review


def test_return_project_tells_the_firm_why():
    ProductFactory()
    project = submitted_project()

    services.return_project(project_id=project.pk, by=city_user(project.city_code), note="请补充用途。")

    project.refresh_from_db()
    assert (project.state, project.review_note) == ("returned", "请补充用途。")
    notice = Notice.objects.get()
    assert (notice.recipient, notice.body) == (project.organisation, "请补充用途。")
    assert notice.link == f"/finance/projects/{project.ref}/"


def test_return_project_needs_an_opinion(unchanged):
    ProductFactory()
    project = submitted_project()
    city = city_user(project.city_code)
    before = unchanged()

    with pytest.raises(Invalid) as refusal:
        services.return_project(project_id=project.pk, by=city, note=" ")

    assert refusal.value.field == "note"
    assert unchanged() == before


def test_admit_project_pushes_to_the_institutions_that_fit():
    fitting, dear, small, declined = bank_user(), bank_user(), bank_user(), bank_user()
    cheap = ProductFactory(institution=fitting.organisation, annual_rate="0.0350")
    ProductFactory(institution=fitting.organisation, annual_rate="0.0400")
    other = ProductFactory(institution=dear.organisation)
    ProductFactory(institution=small.organisation, max_amount="200000.00")
    ProductFactory(institution=declined.organisation)
    endpoint = endpoint_of(fitting)
    recipients = [user.organisation_id for user in (fitting, dear, small)]
    project = submitted_project(recipients=recipients)

    services.admit_project(project_id=project.pk, by=city_user(project.city_code), note="同意")

    project.refresh_from_db()
    assert (project.state, project.size_class, project.review_note) == ("admitted", "small", "同意")
    pushed = project.placements.order_by("pk")
    assert [(p.institution_id, p.product_id, p.state) for p in pushed] == [
        (fitting.organisation_id, cheap.pk, "pushed"),
        (dear.organisation_id, other.pk, "pushed"),
    ]
    assert event_names() == [
        "finance.project.submitted",
        "finance.project.admitted",
        "finance.placement.pushed",
        "finance.placement.pushed",
    ]
    delivery = Delivery.objects.get(endpoint__isnull=False)
    assert (delivery.endpoint, delivery.key) == (endpoint, project.ref)
    assert delivery.event.payload == {"project_ref": project.ref}
    assert set(project.collateral.values_list("is_held", flat=True)) == {True}
    assert len(project.screening) == 12


def test_admit_project_without_a_fitting_product_admits_and_pushes_nothing():
    ProductFactory(max_amount="100000.00")
    project = submitted_project()

    services.admit_project(project_id=project.pk, by=city_user(project.city_code))

    project.refresh_from_db()
    assert project.state == "admitted"
    assert not project.placements.exists()
    assert Notice.objects.get().body == "推送机构：暂无产品条件相符的机构。"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"legal_status": "lapsed_unpaid"}, "专利权已终止或者已被宣告无效"),
        ({"legal_status": "valid_fee_grace"}, "专利权处于年费缴纳滞纳期"),
        ({"legal_status": "published"}, "专利申请尚未被授予专利权"),
        ({"filed_on": "2000-01-01"}, "债务履行期限超过专利权有效期"),
    ],
)
def test_admit_project_refuses_a_patent_that_cannot_be_pledged(change, words, unchanged):
    ProductFactory()
    project = submitted_project()
    project.patents.update(**change)
    city = city_user(project.city_code)
    before = unchanged()

    with pytest.raises(Invalid, match=words) as refusal:
        services.admit_project(project_id=project.pk, by=city)

    assert refusal.value.code == "screening_failed"
    assert unchanged() == before


def test_admit_project_refuses_a_patent_sold_meanwhile(unchanged):
    ProductFactory()
    project = submitted_project()
    project.patents.update(holder=OrganisationFactory())
    city = city_user(project.city_code)
    before = unchanged()

    with pytest.raises(Invalid, match="出质人与登记的专利权人不一致"):
        services.admit_project(project_id=project.pk, by=city)

    assert unchanged() == before


def test_admit_project_refuses_a_patent_of_another_open_project(unchanged):
    first = admitted_project()
    second = ProjectFactory(organisation=first.organisation, patent_count=0)
    second.collateral.create(patent=first.patents.get())
    services.submit_project(project_id=second.pk, by=sme_user(organisation=first.organisation), consent=True)
    city = city_user(first.city_code)
    before = unchanged()

    with pytest.raises(Invalid, match=f"专利权已被质押（已用于项目 {first.ref}）"):
        services.admit_project(project_id=second.pk, by=city)

    assert unchanged() == before


def test_admit_project_refuses_a_large_firm(unchanged):
    ProductFactory()
    project = submitted_project()
    project.organisation.employee_count = 1000
    project.organisation.revenue_amount = 400_000_000
    project.organisation.save()
    city = city_user(project.city_code)
    before = unchanged()

    with pytest.raises(Invalid) as refusal:
        services.admit_project(project_id=project.pk, by=city)

    assert refusal.value.code == "not_sme"
    assert unchanged() == before


@pytest.mark.parametrize("verb", ["admit_project", "return_project"])
def test_review_by_another_city_is_not_found(verb, unchanged):
    ProductFactory()
    project = submitted_project()
    elsewhere = city_user("370900")
    before = unchanged()

    with pytest.raises(NotFound):
        getattr(services, verb)(project_id=project.pk, by=elsewhere, note="意见")

    assert unchanged() == before


@pytest.mark.parametrize("verb", ["admit_project", "return_project"])
@pytest.mark.parametrize("role", ["province", "sme"])
def test_review_is_for_the_city_alone(verb, role, unchanged):
    ProductFactory()
    project = submitted_project()
    actor = province_user() if role == "province" else sme_user(organisation=project.organisation)
    before = unchanged()

    with pytest.raises(NotAllowed):
        getattr(services, verb)(project_id=project.pk, by=actor, note="意见")

    assert unchanged() == before


def test_admit_project_twice_is_refused(unchanged):
    project = admitted_project()
    city = city_user(project.city_code)
    before = unchanged()

    with pytest.raises(WrongState):
        services.admit_project(project_id=project.pk, by=city)

    assert unchanged() == before


def test_push_project_reaches_institutions_that_fit_only_now():
    late = bank_user()
    product = ProductFactory(institution=late.organisation, max_amount="200000.00")
    project = admitted_project()
    product.max_amount = Decimal("5000000.00")
    product.save()
    city = city_user(project.city_code)

    pushed = services.push_project(project_id=project.pk, by=city)

    assert pushed == [product]
    assert services.push_project(project_id=project.pk, by=city) == []
    assert project.placements.count() == 2


def test_push_project_is_for_the_city_alone(unchanged):
    project = admitted_project()
    before = unchanged()

    with pytest.raises(NotAllowed):
        services.push_project(project_id=project.pk, by=province_user())

    assert unchanged() == before


# --- withdrawal


def test_close_project_takes_the_consent_back():
    bank = bank_user()
    endpoint = endpoint_of(bank)
    project = admitted_project(banks=[bank])

    services.close_project(project_id=project.pk, by=sme_user(organisation=project.organisation))

    project.refresh_from_db()
    assert project.state == "closed"
    assert project.placements.get().state == "withdrawn"
    assert set(project.collateral.values_list("is_held", flat=True)) == {False}
    assert not Project.objects.visible_to(bank).exists()
    assert not Placement.objects.visible_to(bank).exists()
    told = Delivery.objects.filter(endpoint=endpoint).order_by("pk").values_list("event__name", flat=True)
    assert list(told) == ["finance.placement.pushed", "finance.placement.withdrawn"]


def test_a_draft_that_was_never_handed_in_is_closed_without_consent():
    project = ProjectFactory()

    services.close_project(project_id=project.pk, by=sme_user(organisation=project.organisation))

    project.refresh_from_db()
    assert (project.state, project.consented_at) == ("closed", None)


def test_close_project_is_refused_once_money_is_lent(unchanged):
    project, _ = lent_project()
    user = sme_user(organisation=project.organisation)
    before = unchanged()

    with pytest.raises(WrongState):
        services.close_project(project_id=project.pk, by=user)

    assert unchanged() == before


# --- answers


def test_accept_tells_the_firm():
    bank = bank_user()
    project = admitted_project(banks=[bank])

    recorded = answer(project, bank, "accept")

    placement = project.placements.get()
    assert (recorded.placement, recorded.kind, recorded.facts) == (placement, "accept", {})
    assert placement.state == "accepted"
    assert event_names()[-1] == "finance.placement.accepted"
    assert Notice.objects.first().title == f"{bank.organisation.name}已受理融资项目 {project.ref}"


def test_refuse_shows_the_firm_the_reason():
    bank = bank_user()
    project = admitted_project(banks=[bank])

    answer(project, bank, "refuse", reason="负债率过高")

    placement = project.placements.get()
    assert (placement.state, placement.refusal_reason) == ("refused", "负债率过高")
    assert Notice.objects.first().body == "理由：负债率过高"
    assert event_names()[-1] == "finance.placement.refused"


def test_lend_makes_one_loan_and_takes_the_project_back_from_the_others():
    lender, waiting, refused = bank_user(), bank_user(), bank_user()
    endpoint_of(waiting)
    project = admitted_project(banks=[lender, waiting, refused])
    answer(project, refused, "refuse", reason="行业受限")
    answer(project, lender, "accept")

    answer(project, lender, "lend", **LOAN_FACTS)

    loan = Loan.objects.get()
    assert {name: getattr(loan, name) for name in LOAN_FACTS} == LOAN_FACTS
    project.refresh_from_db()
    assert project.state == "lent"
    states = dict(project.placements.values_list("institution_id", "state"))
    assert states == {
        lender.organisation_id: "lent",
        waiting.organisation_id: "withdrawn",
        refused.organisation_id: "refused",
    }
    lent = Event.objects.get(name="finance.loan.lent")
    assert lent.payload == {
        "project_ref": project.ref,
        "institution_id": lender.organisation_id,
        "loan_id": loan.pk,
        "principal": "2000000.00",
        "drawn_on": "2024-03-06",
        "patent_numbers": [project.patents.get().number],
    }
    withdrawn = Delivery.objects.get(event__name="finance.placement.withdrawn")
    assert withdrawn.event.payload == {"project_ref": project.ref, "reason": "lent_by_another"}


def test_repay_closes_the_loan_and_frees_the_patents():
    project, lender = lent_project()

    answer(project, lender, "repay", **REPAYMENT_FACTS)

    project.refresh_from_db()
    loan = Loan.objects.get()
    assert (project.state, project.placements.get().state) == ("repaid", "repaid")
    assert (loan.repaid_on, loan.interest_paid) == tuple(REPAYMENT_FACTS.values())
    assert set(project.collateral.values_list("is_held", flat=True)) == {False}
    assert event_names()[-1] == "finance.loan.repaid"


@pytest.mark.parametrize("times", [2, 3])
def test_the_same_answer_again_changes_nothing(times, unchanged):
    project, lender = lent_project()
    answer(project, lender, "repay", **REPAYMENT_FACTS)
    before = unchanged()

    for _ in range(times):
        answer(project, lender, "accept")
        answer(project, lender, "lend", **LOAN_FACTS | {"principal": "2000000.00", "due_on": "2025-03-05"})
        answer(project, lender, "repay", **REPAYMENT_FACTS)

    assert unchanged() == before


def test_the_same_answer_with_other_facts_is_refused(unchanged):
    project, lender = lent_project()
    before = unchanged()

    with pytest.raises(Conflict) as refusal:
        answer(project, lender, "lend", **LOAN_FACTS | {"principal": Decimal("2000000.01")})

    assert refusal.value.code == "answer_differs"
    assert unchanged() == before


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("principal", Decimal("3000000.01")),
        ("principal", Decimal(0)),
        ("principal", "2000000.001"),
        ("principal", 2000000.0),
        ("principal", "NaN"),
        ("principal", None),
        ("annual_rate", "3.65"),
        ("annual_rate", "-0.01"),
        ("pledge_share", "0"),
        ("pledge_share", "1.1"),
        ("due_on", "2024-03-06"),
        ("drawn_on", "2024-03-03"),
        ("drawn_on", "昨天"),
        ("contract_date", "2999-01-01"),
        ("pledge_registered_on", "2999-01-01"),
        ("is_first_pledge", "yes"),
        ("bank_ref", " "),
        ("bank_ref", "长" * 61),
        ("bonus", "1"),
    ],
)
def test_lend_refuses_facts_that_cannot_be(field, value, unchanged):
    bank = bank_user()
    project = admitted_project(banks=[bank])
    answer(project, bank, "accept")
    before = unchanged()

    with pytest.raises(Invalid) as refusal:
        answer(project, bank, "lend", **LOAN_FACTS | {field: value})

    expected = {"contract_date": "drawn_on"}.get(field, field) if value == "2999-01-01" else field
    assert refusal.value.field == expected
    assert unchanged() == before


@pytest.mark.parametrize(
    ("field", "value"),
    [("repaid_on", "2024-03-05"), ("repaid_on", "2999-01-01"), ("interest_paid", "-0.01"), ("interest_paid", 1.5)],
)
def test_repay_refuses_facts_that_cannot_be(field, value, unchanged):
    project, lender = lent_project()
    before = unchanged()

    with pytest.raises(Invalid) as refusal:
        answer(project, lender, "repay", **REPAYMENT_FACTS | {field: value})

    assert refusal.value.field == field
    assert unchanged() == before


@pytest.mark.parametrize(
    ("earlier", "kind", "facts"),
    [
        ([], "lend", LOAN_FACTS),
        ([], "repay", REPAYMENT_FACTS),
        (["accept"], "repay", REPAYMENT_FACTS),
        (["refuse"], "accept", {}),
        (["refuse"], "lend", LOAN_FACTS),
    ],
)
def test_an_answer_out_of_order_is_refused(earlier, kind, facts, unchanged):
    bank = bank_user()
    project = admitted_project(banks=[bank])
    for first in earlier:
        answer(project, bank, first, **({"reason": "行业受限"} if first == "refuse" else {}))
    before = unchanged()

    with pytest.raises(WrongState):
        answer(project, bank, kind, **facts)

    assert unchanged() == before


def test_a_refusal_without_reason_is_refused(unchanged):
    bank = bank_user()
    project = admitted_project(banks=[bank])
    before = unchanged()

    with pytest.raises(Invalid) as refusal:
        answer(project, bank, "refuse", reason="")

    assert refusal.value.field == "reason"
    assert unchanged() == before


@pytest.mark.parametrize("kind", ["accept", "refuse", "lend"])
def test_an_answer_on_a_project_that_another_bank_lent_on_is_refused(kind, unchanged):
    lender, late = bank_user(), bank_user()
    project = admitted_project(banks=[lender, late])
    answer(project, lender, "accept")
    answer(project, lender, "lend", **LOAN_FACTS)
    facts = {"lend": LOAN_FACTS, "refuse": {"reason": "行业受限"}}.get(kind, {})
    before = unchanged()

    with pytest.raises(WrongState, match="已撤回"):
        answer(project, late, kind, **facts)

    assert unchanged() == before


def test_a_project_not_pushed_to_the_bank_is_not_found(unchanged):
    project = admitted_project()
    stranger = bank_user()
    before = unchanged()

    with pytest.raises(NotFound):
        answer(project, stranger, "accept")

    assert unchanged() == before


def test_a_withdrawn_project_is_not_found_by_the_bank(unchanged):
    bank = bank_user()
    project = admitted_project(banks=[bank])
    services.close_project(project_id=project.pk, by=sme_user(organisation=project.organisation))
    before = unchanged()

    with pytest.raises(NotFound):
        answer(project, bank, "accept")

    assert unchanged() == before


def test_an_unknown_kind_of_answer_is_refused(unchanged):
    bank = bank_user()
    project = admitted_project(banks=[bank])
    before = unchanged()

    with pytest.raises(Invalid) as refusal:
        answer(project, bank, "forgive")

    assert refusal.value.field == "kind"
    assert unchanged() == before


def test_only_a_bank_answers(unchanged):
    bank = bank_user()
    project = admitted_project(banks=[bank])
    firm = sme_user(organisation=project.organisation)
    before = unchanged()

    with pytest.raises(NotAllowed):
        services.record_answer(project_ref=project.ref, institution=bank.organisation, kind="accept", facts={}, by=firm)

    assert unchanged() == before


def test_each_change_raises_the_version():
    bank = bank_user()
    project = admitted_project(banks=[bank])
    version = project.version

    answer(project, bank, "accept")

    project.refresh_from_db()
    assert project.version == version + 1
