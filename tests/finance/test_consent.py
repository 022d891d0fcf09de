from decimal import Decimal

import pytest
from django.urls import reverse

from finance import services
from finance.models import Placement, Project
from finance.queries.products import Wish, estimate, next_best
from portal.accounts.enums import SizeClass
from portal.audit.models import AuditEntry
from portal.errors import Invalid, NotAllowed, NotFound, WrongState
from portal.notices.models import Notice
from portal.outbox.models import Delivery, Event
from tests.factories.accounts import bank_user, city_user, sme_user
from tests.factories.api import BankClient
from tests.factories.finance import ProductFactory, ProjectFactory, admitted_project, answer, lent_project
from tests.factories.outbox import endpoint

pytestmark = pytest.mark.django_db


@pytest.fixture
def banks():
    """Two banks with addresses for pushes; both are asked."""
    found = [bank_user(), bank_user()]
    for bank in found:
        endpoint(organisation=bank.organisation)
    return found


@pytest.fixture
def unchanged():
    def snapshot():
        tables = (Project, Placement, Event, Delivery, Notice, AuditEntry, Project.recipients.through)
        return {model: list(model.objects.order_by("pk").values()) for model in tables}

    return snapshot


def firm_of(project):
    return project.organisation.users.get(role="sme")


def pushes_to(bank):
    rows = Delivery.objects.filter(endpoint__organisation=bank.organisation).order_by("pk")
    return list(rows.values_list("event__name", flat=True))


def test_a_withdrawn_consent_hides_the_project_at_once_and_stops_pushes(banks):
    project = admitted_project(banks=banks)
    gone, kept = banks
    client = BankClient(gone)
    assert client.get(f"/api/v1/projects/{project.ref}/").status_code == 200

    services.withdraw_from(project_id=project.pk, institution_id=gone.organisation_id, by=firm_of(project))

    assert client.get(f"/api/v1/projects/{project.ref}/").status_code == 404
    assert client.get("/api/v1/projects/").json()["results"] == []
    assert client.answer(project.ref, kind="accept").status_code == 404
    assert BankClient(kept).get(f"/api/v1/projects/{project.ref}/").status_code == 200
    assert pushes_to(gone) == ["finance.placement.pushed", "finance.placement.withdrawn"]
    withdrawn = Delivery.objects.filter(endpoint__organisation=gone.organisation).latest("pk").event
    assert withdrawn.payload == {"project_ref": project.ref, "reason": "consent_withdrawn"}
    assert services.push_project(project_id=project.pk, by=city_user(project.city_code)) == []
    assert pushes_to(gone) == ["finance.placement.pushed", "finance.placement.withdrawn"]


def test_a_consent_to_one_more_institution_pushes_at_once():
    asked, later = bank_user(), bank_user()
    endpoint(organisation=later.organisation)
    ProductFactory(institution=later.organisation)
    project = admitted_project(banks=[asked], recipients=None)
    project.recipients.remove(later.organisation)
    project.placements.filter(institution=later.organisation).delete()

    services.share_with(project_id=project.pk, institution_id=later.organisation_id, by=firm_of(project), consent=True)

    assert project.placements.filter(institution=later.organisation).count() == 1
    assert BankClient(later).get(f"/api/v1/projects/{project.ref}/").status_code == 200


@pytest.mark.parametrize("case", ["no consent", "no product", "had it", "lent"])
def test_sharing_that_cannot_be_is_refused(case, unchanged):
    bank = bank_user()
    project, _ = lent_project(bank=bank) if case == "lent" else (admitted_project(banks=[bank]), bank)
    other = ProductFactory().institution if case in ("no consent", "lent") else bank_user().organisation
    target = bank.organisation if case == "had it" else other
    firm = firm_of(project)
    before = unchanged()

    with pytest.raises(WrongState if case == "lent" else Invalid):
        services.share_with(project_id=project.pk, institution_id=target.pk, by=firm, consent=case != "no consent")

    assert unchanged() == before


def test_the_lender_keeps_what_its_contract_rests_on(unchanged):
    project, bank = lent_project()
    firm = firm_of(project)
    before = unchanged()

    with pytest.raises(WrongState):
        services.withdraw_from(project_id=project.pk, institution_id=bank.organisation_id, by=firm)

    assert unchanged() == before


@pytest.mark.parametrize("verb", ["share_with", "withdraw_from"])
def test_consent_is_the_firms_own(verb, unchanged):
    bank = bank_user()
    project = admitted_project(banks=[bank])
    more = {"consent": True} if verb == "share_with" else {}
    other = sme_user()
    before = unchanged()

    with pytest.raises(NotAllowed):
        getattr(services, verb)(project_id=project.pk, institution_id=bank.organisation_id, by=bank, **more)
    with pytest.raises(NotFound):
        getattr(services, verb)(project_id=project.pk, institution_id=bank.organisation_id, by=other, **more)

    assert unchanged() == before


# --- in advance, and after a refusal


def test_estimate_names_what_fits_what_it_lends_and_why_not_the_others():
    firm = sme_user().organisation
    cheap = ProductFactory(annual_rate="0.0350", min_amount="500000.00", max_amount="2000000.00")
    dear = ProductFactory(annual_rate="0.0400", min_amount="100000.00", max_amount="9000000.00")
    small = ProductFactory(max_amount="900000.00", max_term_months=6)
    ProductFactory(is_active=False)

    found = estimate(firm, Wish(Decimal("1000000.00"), 12), size=SizeClass.SMALL)

    assert [one.product for one in found.fitting] == [cheap, dear]
    assert found.amount_range == (Decimal("100000.00"), Decimal("9000000.00"))
    assert [(one.product, one.offer.reasons) for one in found.others] == [
        (small, ("融资金额高于该产品最高额度 90.00 万元", "期限超过该产品最长 6 个月"))
    ]


def test_a_refusal_leads_to_the_next_best_product_in_one_step(client):
    first, second, third = bank_user(), bank_user(), bank_user()
    project = admitted_project(banks=[first])
    ProductFactory(institution=third.organisation, annual_rate="0.0450")
    best = ProductFactory(institution=second.organisation, annual_rate="0.0360", name="优选贷")

    answer(project, first, "refuse", reason="行业受限")

    assert [product.institution for product in next_best(project)] == [second.organisation, third.organisation]
    notice = Notice.objects.get(kind="finance.placement.refused")
    assert notice.body == f"理由：行业受限 还可以选择：{best.institution.name}“优选贷”，在项目页一步推送。"
    client.force_login(firm_of(project))
    url = reverse("finance:share", args=[project.ref, second.organisation_id])
    assert client.post(url, {"consent": "on"}).status_code == 302
    assert project.placements.get(institution=second.organisation).state == "pushed"


def test_the_firms_pages(client):
    bank = bank_user()
    project = admitted_project(banks=[bank])
    client.force_login(firm_of(project))

    page = client.get(reverse("finance:estimate"), {"amount": "100", "term_months": "12"}).content.decode()
    assert "条件相符的产品（1）" in page
    client.post(reverse("finance:withdraw", args=[project.ref, bank.organisation_id]))

    assert project.placements.get().state == "withdrawn"
    assert client.get(reverse("finance:estimate"), {"amount": "x", "term_months": "0"}).status_code == 200


def test_another_firm_finds_no_project(client):
    project = ProjectFactory()
    client.force_login(sme_user())

    for name in ("share", "withdraw"):
        assert client.post(reverse(f"finance:{name}", args=[project.ref, 1])).status_code == 404
