"""Saved searches: own only, few, and one notice a day."""

import datetime as dt

import pytest

from patents.forms.search import wanted_by
from patents.models import Patent, SavedSearch
from patents.models.saved import MAX_SAVED
from patents.services.saved import forget_search, save_search, set_alert, tell_of_new_patents
from portal import clock
from portal.audit.models import AuditEntry
from portal.errors import Conflict, Invalid
from portal.notices.models import Notice
from portal.outbox.models import Event
from tests.concurrency import at_once
from tests.factories.accounts import holder_user, province_user, sme_user
from tests.factories.patents import PatentFactory

pytestmark = pytest.mark.django_db
QUERY = "city=370200&q=%E8%BD%B4%E6%89%BF"


def entered(minutes_ago, **facts):
    """A patent that entered the pool so long ago."""
    patent = PatentFactory(**facts)
    Patent.objects.filter(pk=patent.pk).update(created_at=clock.now() - dt.timedelta(minutes=minutes_ago))
    return patent


def saved_yesterday(user, query=QUERY, name="轴承"):
    saved = save_search(by=user, name=name, query=query)
    SavedSearch.objects.filter(pk=saved.pk).update(seen_at=clock.now() - dt.timedelta(days=1))
    return saved


def tell():
    return tell_of_new_patents(wanted_by=wanted_by)


def test_one_notice_for_all_searches_and_once_a_day():
    user = sme_user()
    saved_yesterday(user)
    saved_yesterday(user, query="city=370200", name="青岛")
    saved_yesterday(user, query="city=370300", name="淄博")
    entered(60 * 48, city_code="370200")
    entered(60, city_code="370200")
    entered(60, city_code="370200", title="水杯", abstract="")
    entered(5, city_code="370200")

    assert (tell(), tell()) == (1, 0)

    notice = Notice.objects.get()
    assert (notice.reader, notice.title, notice.body, notice.link) == (
        user,
        "保存的检索有 3 件新入库专利",
        "“轴承”：1 件\n“青岛”：2 件",
        "/patents/saved/",
    )
    assert Event.objects.filter(name="patents.search.alerted").count() == 1


def test_a_notice_to_a_person_is_read_by_that_person_alone(client):
    """A provincial official may belong to no organisation; a colleague of a firm's user does not see his searches."""
    official, user = province_user(), sme_user()
    colleague = sme_user(organisation=user.organisation)
    for owner in (official, user):
        saved_yesterday(owner)
    entered(60, city_code="370200")

    assert tell() == 2

    titles = {}
    for reader in (official, user, colleague):
        client.force_login(reader)
        titles[reader] = [notice.title for notice in client.get("/notices/").context["page"]]
    told = ["保存的检索有 1 件新入库专利"]
    assert titles == {official: told, user: told, colleague: []}


def test_the_next_day_tells_the_rest(monkeypatch):
    saved_yesterday(sme_user())
    entered(60, city_code="370200")
    tell()
    entered(5, city_code="370200")
    tomorrow = clock.now() + dt.timedelta(days=1)
    monkeypatch.setattr(clock, "now", lambda: tomorrow)

    assert (tell(), tell()) == (1, 0)

    assert list(Notice.objects.order_by("pk").values_list("body", flat=True)) == ["“轴承”：1 件"] * 2


def test_no_notice_where_nothing_is_new_or_the_alert_is_off():
    user = sme_user()
    saved = saved_yesterday(user)
    entered(60, city_code="370100")
    assert tell() == 0

    set_alert(saved_id=saved.pk, by=user, has_alert=False)
    SavedSearch.objects.update(seen_at=clock.now() - dt.timedelta(days=1))
    entered(60, city_code="370200")
    assert tell() == 0
    assert not Notice.objects.exists()


@pytest.mark.parametrize(
    ("name", "query", "refusal"), [(" ", QUERY, Invalid), ("空", "", Invalid), ("又", QUERY, Conflict)]
)
def test_refusals_change_nothing(name, query, refusal):
    user = sme_user()
    save_search(by=user, name="轴承", query=QUERY)
    before = (SavedSearch.objects.count(), Event.objects.count(), AuditEntry.objects.count())

    with pytest.raises(refusal):
        save_search(by=user, name=name, query=query)

    assert (SavedSearch.objects.count(), Event.objects.count(), AuditEntry.objects.count()) == before


def test_a_user_keeps_so_many_and_no_more():
    user = sme_user()
    for number in range(MAX_SAVED):
        save_search(by=user, name="检索", query=f"q={number}")

    with pytest.raises(Conflict, match="最多保存 20 个检索"):
        save_search(by=user, name="检索", query="q=more")
    save_search(by=sme_user(), name="检索", query="q=more")


def test_searches_of_others_are_not_there(client):
    saved = save_search(by=sme_user(), name="轴承", query=QUERY)
    stranger = holder_user()
    client.force_login(stranger)

    with pytest.raises(SavedSearch.DoesNotExist):
        forget_search(saved_id=saved.pk, by=stranger)
    statuses = [
        client.post(f"/patents/saved/{saved.pk}/alert/", {"alert": "0"}).status_code,
        client.post(f"/patents/saved/{saved.pk}/forget/").status_code,
    ]

    assert statuses == [404, 404]
    assert list(client.get("/patents/saved/").context["searches"]) == []
    assert SavedSearch.objects.get().has_alert is True


def test_saving_from_the_page_keeps_conditions_alone(client):
    user = sme_user()
    client.force_login(user)

    page = client.get("/patents/saved/", {"query": "q=轴承&page=3&city=370200&sort="})
    response = client.post("/patents/saved/", {"name": "轴承", "query": "q=轴承&page=3&city=370200&nonsense=1&sort="})

    assert page.context["conditions"] == ["关键词或申请号：轴承", "所在市：青岛市"]
    assert response.url == "/patents/saved/"
    assert SavedSearch.objects.values_list("user_id", "name", "query").get() == (user.pk, "轴承", QUERY)


@pytest.mark.parametrize("rows", [1, 3])
def test_page_query_count(client, django_assert_num_queries, rows):
    user = sme_user()
    for number in range(rows):
        save_search(by=user, name="检索", query=f"q={number}")
    client.force_login(user)
    client.get("/patents/saved/")

    with django_assert_num_queries(3):
        response = client.get("/patents/saved/")

    assert len(response.context["searches"]) == rows


@pytest.mark.django_db(transaction=True)
def test_saving_the_last_one_and_telling_at_the_same_time_are_done_once():
    user = sme_user()
    for n in range(MAX_SAVED - 1):
        SavedSearch.objects.create(user=user, name=f"{n}", query=f"q={n}", seen_at=clock.now(), has_alert=False)

    saving = at_once(
        *[lambda query=query: save_search(by=user, name="轴承", query=query) for query in (QUERY, "city=370300")]
    )

    assert len([outcome for outcome in saving if outcome]) == 1
    assert SavedSearch.objects.count() == MAX_SAVED
    SavedSearch.objects.update(seen_at=clock.now() - dt.timedelta(days=1), has_alert=True)
    entered(60, city_code="370200")
    SavedSearch.objects.filter(name="轴承").update(query=QUERY)

    at_once(*[tell for _ in range(2)])

    assert Notice.objects.filter(reader=user).count() == 1
