"""What organisations watch: added and removed with a trace, told once a day, read on a page."""

import datetime as dt

import pytest

from demand import services as needs
from demand.models import Demand, Watch
from demand.services import watches as services
from portal import clock
from portal.audit.models import AuditEntry
from portal.errors import Conflict, Invalid, NotAllowed, NotFound
from portal.notices.models import Notice
from portal.outbox.models import Event
from tests.demand.test_confidentiality import MARKER, secret_need
from tests.factories.accounts import OrganisationFactory, bank_user, city_user, holder_user, sme_user
from tests.factories.demand import published_demand
from tests.factories.patents import PatentFactory

pytestmark = pytest.mark.django_db


def a_day_ago():
    """Let every watch be due for its notice."""
    Watch.objects.update(told_until=clock.now() - dt.timedelta(days=1))


def test_a_holder_is_told_of_new_needs_of_its_field_once_a_day():
    user = holder_user()
    watch = services.watch_field(by=user, ipc_code="c21d")
    a_day_ago()
    demand = published_demand(ipc_codes=["C21D"])
    published_demand(ipc_codes=["H01M"])

    assert [services.tell_watchers(), services.tell_watchers()] == [1, 0]

    notice = Notice.objects.get(recipient=user.organisation, kind="demand.watch")
    assert notice.title == "关注有 1 条新动态"
    assert notice.body == f"{clock.today()} C21D 新需求 {demand.ref} {demand.title}"
    assert watch.ipc_code == "C21D"


def test_a_holder_may_read_the_needs_of_a_field_it_watches_and_no_others():
    user = holder_user()
    need = published_demand(ipc_codes=["C21D", "B23P"])
    published_demand(ipc_codes=["H01M"])
    assert not Demand.objects.visible_to(user).exists()

    services.watch_field(by=user, ipc_code="B23P")

    assert list(Demand.objects.visible_to(user)) == [need]
    assert not Demand.objects.visible_to(holder_user()).exists()


def test_a_firm_is_told_of_all_new_patents_of_a_holder_ten_by_name():
    user, holder = sme_user(), holder_user().organisation
    PatentFactory(holder=holder)
    services.watch_holder(by=user, holder_id=holder.pk)
    a_day_ago()
    PatentFactory.create_batch(11, holder=holder)

    services.tell_watchers()

    notice = Notice.objects.get(recipient=user.organisation)
    # The one that was there before was made today, too.
    assert notice.title == "关注有 12 条新动态"
    assert notice.body.splitlines()[10:] == ["……另有 2 条，见“我的关注”。"]


def test_watching_and_ending_it_leave_a_trace():
    user, patent = sme_user(), PatentFactory()

    watch = services.watch_patent(by=user, patent_id=patent.pk)
    services.unwatch(watch_id=watch.pk, by=user)

    events = Event.objects.order_by("pk").values_list("name", "key", "payload")
    payload = {"watch_id": watch.pk, "kind": "patent"}
    key = f"watch:{user.organisation_id}"
    assert list(events) == [("demand.watch.added", key, payload), ("demand.watch.removed", key, payload)]
    entries = AuditEntry.objects.order_by("pk").values_list("actor", "verb", "target_label")
    assert list(entries) == [(user.pk, "关注", f"专利 {patent}"), (user.pk, "取消关注", f"专利 {patent}")]


def test_watches_are_bounded_single_and_ones_own(monkeypatch):
    user, patent = sme_user(), PatentFactory()
    watch = services.watch_patent(by=user, patent_id=patent.pk)
    before = (list(Watch.objects.values()), Event.objects.count(), AuditEntry.objects.count())
    with pytest.raises(Conflict):
        services.watch_patent(by=user, patent_id=patent.pk)
    with pytest.raises(NotFound):
        services.unwatch(watch_id=watch.pk, by=sme_user())
    with pytest.raises(NotAllowed):
        services.watch_field(by=bank_user(), ipc_code="C21D")
    with pytest.raises(Invalid):
        services.watch_field(by=user, ipc_code="xyz")
    with pytest.raises(Invalid):
        services.watch_holder(by=user, holder_id=user.organisation_id)
    monkeypatch.setattr(services, "need_rules", type("R", (), {"watch_limit": 1}))

    with pytest.raises(Conflict):
        services.watch_field(by=user, ipc_code="C21D")

    assert (list(Watch.objects.values()), Event.objects.count(), AuditEntry.objects.count()) == before


@pytest.mark.parametrize("rows", [1, 3])
def test_news_query_count(client, django_assert_num_queries, rows):
    user, holder = sme_user(), holder_user().organisation
    PatentFactory(holder=holder)
    watch = services.watch_holder(by=user, holder_id=holder.pk)
    Watch.objects.update(created_at=clock.now())
    PatentFactory.create_batch(rows, holder=holder)
    client.force_login(user)

    with django_assert_num_queries(8):
        page = client.get(f"/demands/watches/{watch.pk}/").content.decode()

    assert page.count(f"{holder.name} 新专利") == rows


@pytest.mark.parametrize("rows", [1, 3])
def test_watch_list_query_count(client, django_assert_num_queries, rows):
    user = sme_user()
    for patent in PatentFactory.create_batch(rows):
        services.watch_patent(by=user, patent_id=patent.pk)
    client.force_login(user)

    with django_assert_num_queries(8):
        page = client.get("/demands/watches/").content.decode()

    assert page.count("取消关注") == rows


def test_news_of_another_organisation_are_not_found(client):
    watch = services.watch_patent(by=sme_user(), patent_id=PatentFactory().pk)
    client.force_login(sme_user())

    assert client.get(f"/demands/watches/{watch.pk}/").status_code == 404


def test_watching_and_feedback_show_a_holder_nothing_hidden(client):
    holder = holder_user()
    patent = PatentFactory(holder=holder.organisation)
    watch = services.watch_field(by=holder, ipc_code="C21D")
    a_day_ago()
    firm = sme_user(organisation=OrganisationFactory(name=f"{MARKER}企业有限公司"))
    demand = needs.create_demand(by=firm, need=secret_need(ipc_codes=("C21D",)))
    needs.submit_demand(demand_id=demand.pk, by=firm)
    needs.publish_demand(demand_id=demand.pk, by=city_user(demand.city_code))
    demand.matches.create(patent=patent, rank=1, score="1.0000", parts={}, words=[])
    needs.refuse_match(demand_id=demand.pk, by=firm, patent_id=patent.pk, reasons=["price"])
    services.tell_watchers()
    client.force_login(holder)

    addresses = (demand.get_absolute_url(), f"/demands/watches/{watch.pk}/", "/demands/feedback/", "/notices/")
    pages = [client.get(address).content.decode() for address in addresses]

    assert [demand.title in page for page in pages[:3]] == [True] * 3
    assert [MARKER in page for page in pages] == [False] * 4
