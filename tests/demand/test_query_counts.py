"""Lists of needs and of what is said about them ask the same number of queries for one row and for three."""

import pytest

from demand import services
from demand.models import Interest, MaturityCase
from tests.factories.accounts import city_user, holder_user, province_user, sme_user
from tests.factories.demand import DemandFactory, gear_patent, published_demand
from tests.factories.patents import PatentFactory

pytestmark = [pytest.mark.django_db, pytest.mark.parametrize("rows", [1, 3])]


@pytest.fixture
def people():
    """A firm of Jinan, a holder, and officials."""
    return {"sme": sme_user(), "holder": holder_user(), "city": city_user("370100"), "province": province_user()}


@pytest.fixture
def opened(client, people, django_assert_num_queries):
    """Open a list as somebody and count."""

    def count(who, address, queries):
        client.force_login(people[who])
        client.get(address)
        with django_assert_num_queries(queries):
            return client.get(address)

    return count


def scenes(people, rows):
    """Needs of the firm, each matched with a patent of the holder; (need, patent) of each."""
    pairs = []
    for _ in range(rows):
        need = published_demand(organisation=people["sme"].organisation)
        patent = gear_patent(holder=people["holder"].organisation)
        need.matches.create(patent=patent, rank=1, score="1.0000", parts={}, words=[], missing=["patent_price"])
        need.matches.create(patent=PatentFactory(), rank=2, score="0.5000", parts={}, words=[], missing=[])
        pairs.append((need, patent))
    return pairs


def test_needs_of_the_firm(people, opened, rows):
    for need, patent in scenes(people, rows):
        services.answer_need(demand_id=need.pk, by=people["holder"], patent_id=patent.pk, message="已有样机。")

    page = opened("sme", "/demands/", 5)

    assert [(need.match_count, need.answer_count) for need in page.context["page"]] == [(2, 1)] * rows


def test_needs_matched_to_the_holder(people, opened, rows):
    scenes(people, rows)

    page = opened("holder", "/demands/matched/", 8)

    assert [len(need["rows"]) for need in page.context["needs"]] == [1] * rows


def test_matches_of_a_need(people, opened, rows):
    (need, _), *_ = scenes(people, 1)
    for place in range(rows):
        need.matches.create(patent=PatentFactory(), rank=3 + place, score="0.4000", parts={}, words=[])

    page = opened("sme", need.get_absolute_url(), 10)

    assert len(page.context["shown"]) == 2 + rows


def test_invitations_to_the_holder(people, opened, rows):
    for need in DemandFactory.create_batch(rows, state="published", match_state="no_good_match"):
        need.invitations.create(patent=PatentFactory(), holder=people["holder"].organisation)

    page = opened("holder", "/demands/matched/", 5)

    assert len(page.context["invited"]) == rows


def test_feedback_to_the_holder(people, opened, rows):
    for need, patent in scenes(people, rows):
        services.refuse_match(demand_id=need.pk, by=people["sme"], patent_id=patent.pk, reasons=["price", "vague"])

    page = opened("holder", "/demands/feedback/", 8)

    assert len(page.context["page"]) == rows
    assert [(one.label, one.count) for one in page.context["counts"]] == [("说明不清楚", rows), ("价格不合适", rows)]


@pytest.mark.parametrize("model", ["demand", "interest", "adviserrequest", "refusal", "maturitycase"])
def test_lists_of_officials(people, opened, rows, model):
    for need, patent in scenes(people, rows):
        services.answer_need(demand_id=need.pk, by=people["holder"], patent_id=patent.pk, message="已有样机。")
        services.ask_adviser(demand_id=need.pk, by=people["sme"], message="请协助")
        services.refuse_match(demand_id=need.pk, by=people["sme"], patent_id=patent.pk, reasons=["price"])
        MaturityCase.objects.create(patent=patent, firm_count=3)
    assert Interest.objects.count() == rows

    page = opened("province", f"/admin/demand/{model}/", 3)

    assert len(page.context["cl"].result_list) == rows
