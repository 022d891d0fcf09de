import datetime as dt
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from events import services
from events.checks.events import EventFacts
from events.models import Event
from portal import clock
from portal.audit.models import AuditEntry
from portal.errors import Invalid, NotAllowed, NotFound, WrongState
from portal.outbox.models import Event as OutboxEvent
from tests.factories.accounts import (
    OrganisationFactory,
    bank_user,
    city_user,
    finance_user,
    holder_user,
    province_user,
    sme_user,
)
from tests.factories.events import EventFactory

pytestmark = pytest.mark.django_db
STARTS_AT = dt.datetime(2027, 3, 4, 9, tzinfo=clock.SHANGHAI)


def facts_of(organiser, **changes):
    values = {
        "kind": "roadshow",
        "title": "新材料专利路演",
        "summary": "12 项专利现场路演。",
        "organiser": organiser,
        "city_code": organiser.city_code,
        "place": "报告厅",
        "starts_at": STARTS_AT,
        "ends_at": STARTS_AT + dt.timedelta(hours=3),
    }
    return EventFacts(**{**values, **changes})


def written():
    """What services write: rows, audit entries, published names."""
    return (
        list(Event.objects.order_by("pk").values()),
        list(AuditEntry.objects.order_by("pk").values_list("verb", "note")),
        list(OutboxEvent.objects.order_by("pk").values_list("name", "key")),
    )


def test_event_is_drafted_changed_published_and_cancelled():
    city = city_user()

    event = services.create_event(by=city, facts=facts_of(city.organisation))
    services.update_event(event_id=event.pk, by=city, facts=facts_of(city.organisation, place="三楼报告厅"))
    services.publish_event(event_id=event.pk, by=city)
    services.update_event(
        event_id=event.pk, by=city, facts=facts_of(city.organisation, title="路演（改）", place="三楼报告厅")
    )
    services.cancel_event(event_id=event.pk, by=city, reason=" 场地施工 ")

    rows, verbs, published = written()
    event.refresh_from_db()
    assert len(rows) == 1
    assert (event.state, event.title, event.place, event.cancel_reason, event.version) == (
        "cancelled", "路演（改）", "三楼报告厅", "场地施工", 5,
    )  # fmt: skip
    assert verbs == [
        ("新建对接活动", ""), ("修改对接活动", ""), ("发布对接活动", ""), ("修改对接活动", ""), ("取消对接活动", "场地施工"),
    ]  # fmt: skip
    key = f"event-{event.pk}"
    assert published == [
        ("events.event.published", key), ("events.event.changed", key), ("events.event.cancelled", key),
    ]  # fmt: skip


def test_province_holds_events_of_anybody_anywhere():
    university = OrganisationFactory(kind="university", city_code="370900")

    event = services.create_event(by=province_user(), facts=facts_of(university, city_code="370600"))

    assert (event.state, event.organiser, event.city_code) == ("draft", university, "370600")


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"kind": "party"}, "kind", "请选择活动类型。"),
        ({"title": "  "}, "title", "请填写活动名称。"),
        ({"place": ""}, "place", "请填写活动地点。"),
        ({"city_code": "370000"}, "city_code", "请选择举办地所在的设区市。"),
        ({"ends_at": STARTS_AT}, "ends_at", "结束时间应晚于开始时间。"),
        ({"ends_at": STARTS_AT - dt.timedelta(hours=1)}, "ends_at", "结束时间应晚于开始时间。"),
        ({"place_kind": "moon"}, "place_kind", "请选择场所类型。"),
        ({"online_url": "ftp://x"}, "online_url", "线上会议地址须以 https:// 或 http:// 开头。"),
        ({"budget_amount": Decimal(-1)}, "budget_amount", "预算不能为负数。"),
        ({"capacity": 0}, "capacity", "名额应在 1 至 100000 之间，不限请留空。"),
        ({"per_organisation": 0}, "per_organisation", "每单位最多人数至少为 1，不限请留空。"),
        ({"signup_closes_at": STARTS_AT + dt.timedelta(hours=4)}, "signup_closes_at", "报名截止不能晚于活动结束。"),
        ({"signup_opens_at": STARTS_AT}, "signup_opens_at", "报名开始应早于报名截止。"),
    ],
)
def test_impossible_event_is_refused_and_nothing_is_written(changes, field, words):
    city = OrganisationFactory(kind="authority_city")
    event = EventFactory()
    before = written()

    for write in (services.create_event, lambda **kwargs: services.update_event(event_id=event.pk, **kwargs)):
        with pytest.raises(Invalid) as refusal:
            write(by=province_user(), facts=facts_of(city, **changes))
        assert (refusal.value.field, refusal.value.message) == (field, words)
    assert written() == before


def test_organiser_that_is_not_approved_is_refused():
    with pytest.raises(Invalid, match="尚未通过注册审核"):
        services.create_event(by=province_user(), facts=facts_of(OrganisationFactory(state="pending")))

    assert written() == ([], [], [])


@pytest.mark.parametrize("make", [sme_user, holder_user, bank_user, finance_user])
def test_only_organisers_write(make):
    event, user = EventFactory(state="draft"), make()
    before = written()

    with pytest.raises(NotAllowed):
        services.create_event(by=user, facts=facts_of(user.organisation))
    for move in (services.publish_event, lambda **kwargs: services.cancel_event(reason="不办了", **kwargs)):
        with pytest.raises(NotFound):
            move(event_id=event.pk, by=user)
    assert written() == before


def test_city_writes_only_its_own():
    city, other = city_user("370100"), city_user("370200")
    event = EventFactory(organiser=other.organisation, state="draft")
    in_city = EventFactory(organiser=OrganisationFactory(kind="authority_province"), city_code="370100")
    before = written()

    for facts in (facts_of(other.organisation), facts_of(city.organisation, city_code="370200")):
        with pytest.raises(NotAllowed):
            services.create_event(by=city, facts=facts)
    with pytest.raises(NotFound):
        services.publish_event(event_id=event.pk, by=city)
    with pytest.raises(NotFound):
        services.update_event(event_id=event.pk, by=city, facts=facts_of(city.organisation))
    with pytest.raises(NotFound):
        services.cancel_event(event_id=in_city.pk, by=city, reason="不办了")
    assert written() == before


@pytest.mark.parametrize(
    ("state", "verb", "words"),
    [
        ("published", "publish", "当前状态为“已发布”，不能变更为“已发布”。"),
        ("draft", "cancel", "当前状态为“草稿”，不能变更为“已取消”。"),
        ("cancelled", "publish", "当前状态为“已取消”，不能变更为“已发布”。"),
        ("cancelled", "cancel", "当前状态为“已取消”，不能变更为“已取消”。"),
        ("cancelled", "update", "当前状态为“已取消”，不能修改。"),
    ],
)
def test_move_that_the_table_has_not_is_refused(state, verb, words):
    event, by = EventFactory(state=state, cancel_reason="改期" if state == "cancelled" else ""), province_user()
    calls = {
        "publish": lambda: services.publish_event(event_id=event.pk, by=by),
        "cancel": lambda: services.cancel_event(event_id=event.pk, by=by, reason="不办了"),
        "update": lambda: services.update_event(event_id=event.pk, by=by, facts=facts_of(event.organiser)),
    }
    before = written()

    with pytest.raises(WrongState) as refusal:
        calls[verb]()

    assert refusal.value.message == words
    assert written() == before


def test_what_is_over_is_neither_published_nor_cancelled():
    past = clock.now() - dt.timedelta(days=2)
    draft, published = EventFactory(state="draft", starts_at=past), EventFactory(starts_at=past)
    before = written()

    with pytest.raises(WrongState, match="活动已结束"):
        services.publish_event(event_id=draft.pk, by=province_user())
    with pytest.raises(WrongState, match="活动已结束"):
        services.cancel_event(event_id=published.pk, by=province_user(), reason="不办了")
    assert written() == before


def test_cancelling_needs_a_reason():
    event = EventFactory()
    before = written()

    with pytest.raises(Invalid) as refusal:
        services.cancel_event(event_id=event.pk, by=province_user(), reason=" ")

    assert refusal.value.field == "note"
    assert written() == before


@pytest.mark.parametrize(
    ("values", "name"),
    [
        ({"ends_at": STARTS_AT, "starts_at": STARTS_AT}, "event_ends_after_start"),
        ({"state": "cancelled", "cancel_reason": ""}, "event_cancelled_with_reason"),
    ],
)
def test_database_refuses(values, name):
    event = EventFactory()

    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        Event.objects.filter(pk=event.pk).update(**values)


def test_row_is_locked_before_it_is_written():
    event, by = EventFactory(state="draft"), province_user()

    with CaptureQueriesContext(connection) as queries:
        services.publish_event(event_id=event.pk, by=by)

    statements = [query["sql"] for query in queries if "events_event" in query["sql"]]
    assert [sql.startswith("SELECT") and "FOR UPDATE" in sql for sql in statements] == [True, False]
    assert statements[1].startswith("UPDATE")
