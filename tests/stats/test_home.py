"""The front page: of who is signed in, what the other side waits for comes first."""

import pytest
from django.template import Context, Template

from demand import services
from tests.factories.accounts import holder_user, sme_user
from tests.factories.demand import DemandFactory, gear_patent, published_demand
from tests.factories.events import EventFactory
from tests.factories.patents import PatentFactory

pytestmark = pytest.mark.django_db


def first_task(client, user):
    client.force_login(user)
    task = client.get("/").context["tasks"][0]
    return task.figure, task.label


def test_answers_wait_for_the_firm_until_it_decides(client):
    holder = holder_user()
    patent = gear_patent(holder=holder.organisation)
    need = published_demand()
    need.matches.create(patent=patent, rank=1, score="1.0000", parts={}, words=[])
    firm = sme_user(organisation=need.organisation)
    made = services.answer_need(demand_id=need.pk, by=holder, patent_id=patent.pk, message="已有样机。")
    assert first_task(client, firm) == (1, "项应答等待答复")

    services.refuse_interest(interest_id=made.pk, by=firm, reasons=["price"])

    assert first_task(client, firm) == (1, "项技术需求")


def test_invitations_wait_for_the_holder(client):
    holder = holder_user()
    assert first_task(client, holder) == (0, "件本单位专利")

    for need in DemandFactory.create_batch(2, state="published", match_state="no_good_match"):
        need.invitations.create(patent=PatentFactory(), holder=holder.organisation)

    assert first_task(client, holder) == (2, "项难题邀请应答")


def test_only_events_that_take_place_are_announced(client):
    taking_place = EventFactory()
    EventFactory(state="cancelled", cancel_reason="场地停用")
    EventFactory(state="draft")

    page = client.get("/")

    assert list(page.context["events"]) == [taking_place]


@pytest.mark.parametrize(("count", "shown"), [(999, "999"), (2000, "2,000"), (100_000, "100,000")])
def test_large_figures_have_separators(count, shown):
    assert Template("{% load humanize %}{{ count|intcomma }}").render(Context({"count": count})) == shown
