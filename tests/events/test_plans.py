"""The stored table plan: made from matches and wishes, pinned, published, taken back; and what is refused."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from events import services as events
from events.models import AgendaSlot, PlanMeeting, TablePlan
from events.policy.tables import Pair
from events.queries.plans import facts_for, left_meetings
from events.services import plan_wishes, plans
from portal.audit.models import AuditEntry
from portal.errors import Conflict, Invalid, NotAllowed, NotFound, WrongState
from portal.notices.models import Notice
from portal.outbox.models import Event as OutboxEvent
from tests.factories.accounts import city_user, province_user
from tests.factories.finance import ProductFactory, ProjectFactory
from tests.factories.plans import HALF_HOUR, match, person_of, scene, written

pytestmark = pytest.mark.django_db


def test_plan_is_made_from_matches_and_wishes_with_the_reasons():
    found = scene()
    (a, b), (u, v) = found.firms, found.holders
    demand, patent = match(a, u, "0.5000")
    match(b, u, "0.2500")
    plan_wishes.save_wishes(event_id=found.event.pk, by=person_of(b), wishes={v.pk: "like"})
    plan_wishes.save_wishes(event_id=found.event.pk, by=person_of(u), wishes={a.pk: "must"})

    plan = found.computed()

    assert (plan.state, plan.total_points, plan.bound_points, plan.unmet) == ("ready", 1180, 1180, [])
    assert sorted(row[:2] + row[4:] for row in found.told()) == [
        ("企业乙", "大学丑", 30, False),
        ("企业乙", "大学子", 50, False),
        ("企业甲", "大学子", 1100, False),
    ]
    meeting = PlanMeeting.objects.get(guest=a)
    assert meeting.reasons == [
        {"code": "match", "points": 100, "demand": demand.ref, "patent": patent.number},
        {"code": "host_must", "points": 1000},
    ]
    assert (meeting.starts_at, meeting.ends_at) == (meeting.slot.starts_at, meeting.slot.ends_at)
    assert list(AuditEntry.objects.order_by("pk").values_list("verb", flat=True)) == [
        "填写洽谈意愿", "填写洽谈意愿", "提交排桌计算", "算出洽谈排桌",
    ]  # fmt: skip
    assert list(OutboxEvent.objects.order_by("pk").values_list("name", flat=True)) == [
        "events.plan.requested", "events.plan.computed",
    ]  # fmt: skip


def test_facts_leave_out_needs_that_are_not_public_and_who_has_no_place():
    found = scene(firms=3)
    a, b, c = found.firms
    match(a, found.holders[0], "0.5000")
    demand, _ = match(b, found.holders[0], "0.5000")
    demand.state = "closed"
    demand.save()
    match(c, found.holders[0], "0.5000")
    found.event.signups.filter(organisation=c).update(state="queued")

    problem = facts_for(found.event).problem

    assert [one.key for one in problem.guests] == [a.pk, b.pk]
    assert problem.pairs == (Pair(a.pk, found.holders[0].pk, 100),)


def test_project_that_waits_for_the_bank_is_a_score():
    found = scene()
    project = ProjectFactory(organisation=found.firms[0])
    project.placements.create(institution=found.bank, product=ProductFactory(institution=found.bank))

    facts = facts_for(found.event)

    assert facts.problem.pairs == (Pair(found.firms[0].pk, found.bank.pk, 80),)
    assert facts.sources == {(found.firms[0].pk, found.bank.pk): {"project": project.ref}}


@pytest.mark.parametrize("firms", [1, 4])
def test_facts_take_a_fixed_number_of_queries(django_assert_num_queries, firms):
    found = scene(firms=firms)
    for firm in found.firms:
        match(firm, found.holders[0], "0.5000")
        plan_wishes.save_party(event_id=found.event.pk, by=person_of(firm), most_meetings=2, absent_slots=[])

    with django_assert_num_queries(13):
        facts_for(found.event)


def test_pins_stay_and_only_the_rest_is_computed_anew():
    found = scene()
    (a, b), (u, v) = found.firms, found.holders
    match(a, u, "1.0000")
    match(b, u, "0.9000")
    match(b, v, "0.1000")
    plans.pin_pair(
        event_id=found.event.pk, by=found.official, seat=plans.Seat(b.pk, u.pk, found.slots[0].pk, found.tables[2].pk)
    )
    first = PlanMeeting.objects.get()

    plan = found.computed()

    assert found.told() == [
        ("企业乙", "大学子", 0, 3, 90, True),
        ("企业甲", "大学子", 1, 3, 100, False),
        ("企业乙", "大学丑", 1, 1, 10, False),
    ] or found.told() == [
        ("企业乙", "大学子", 0, 3, 90, True),
        ("企业乙", "大学丑", 1, 1, 10, False),
        ("企业甲", "大学子", 1, 3, 100, False),
    ]  # fmt: skip
    assert PlanMeeting.objects.get(is_pinned=True).pk == first.pk
    assert plan.total_points == 200


def test_hand_made_pin_moves_the_pair_and_pushes_others_aside():
    found = scene()
    (a, b), (u, _) = found.firms, found.holders
    match(a, u, "1.0000")
    match(b, u, "0.9000")
    found.computed()
    other = PlanMeeting.objects.get(guest=a)
    place = next(slot for slot in found.slots if slot != PlanMeeting.objects.get(guest=b).slot)

    plans.pin_pair(
        event_id=found.event.pk, by=found.official, seat=plans.Seat(b.pk, u.pk, place.pk, found.tables[0].pk)
    )

    assert not PlanMeeting.objects.filter(pk=other.pk).exists()
    assert [(row[0], row[1], row[5]) for row in found.told()] == [("企业乙", "大学子", True)]
    assert found.plan().total_points == 90


@pytest.mark.parametrize(
    ("seat", "error", "message"),
    [
        ({"guest_id": 0}, Invalid, "该企业没有报名成功。"),
        ({"host_id": 0}, Invalid, "对方没有报名成功。"),
        ({"slot_id": 0}, Invalid, "该时段不是本活动的洽谈时段。"),
        ({"table_id": 0}, Invalid, "该桌不是本活动的洽谈桌。"),
        ("refused", Invalid, "双方不能同桌：有一方选择不见。"),
        ("conflict", Invalid, "双方不能同桌：控股关系。"),
        ("absent", Invalid, "该企业在这个时段不能参加。"),
        ("pinned", Conflict, "与已固定的洽谈冲突：第 1 轮 企业乙 × 大学子。请先取消固定。"),
    ],
)
def test_pin_that_cannot_stand_is_refused(seat, error, message):
    found = scene()
    (a, b), (u, _) = found.firms, found.holders
    values = {"guest_id": a.pk, "host_id": u.pk, "slot_id": found.slots[0].pk, "table_id": found.tables[0].pk}
    if seat == "refused":
        plan_wishes.save_wishes(event_id=found.event.pk, by=person_of(u), wishes={a.pk: "no"})
    elif seat == "conflict":
        plan_wishes.add_conflict(
            event_id=found.event.pk, by=found.official, guest_id=a.pk, host_id=u.pk, reason="控股关系"
        )
    elif seat == "absent":
        plan_wishes.save_party(
            event_id=found.event.pk, by=person_of(a), most_meetings=None, absent_slots=[found.slots[0].pk]
        )
    elif seat == "pinned":
        plans.pin_pair(event_id=found.event.pk, by=found.official, seat=plans.Seat(**values | {"guest_id": b.pk}))
    else:
        values |= seat
    before = written()

    with pytest.raises(error) as refusal:
        plans.pin_pair(event_id=found.event.pk, by=found.official, seat=plans.Seat(**values))

    assert refusal.value.message == message
    assert written() == before


def test_pin_of_who_left_must_be_taken_back_first():
    found = scene()
    seat = plans.Seat(found.firms[0].pk, found.holders[0].pk, found.slots[0].pk, found.tables[0].pk)
    plans.pin_pair(event_id=found.event.pk, by=found.official, seat=seat)
    found.event.signups.filter(organisation=found.firms[0]).update(state="withdrawn")

    assert [one.guest for one in left_meetings(found.event)] == [found.firms[0]]
    with pytest.raises(Invalid, match="固定的洽谈“企业甲 × 大学子”中有一方已取消报名"):
        plans.request_plan(event_id=found.event.pk, by=found.official)


def test_firm_is_not_planned_in_two_places_at_once():
    first = scene(firms=1, slots=1)
    firm = first.firms[0]
    match(firm, first.holders[0], "1.0000")
    first.computed()
    second = scene(guests=[firm], slots=2, starts_at=first.event.starts_at)
    match(firm, second.holders[0], "1.0000")

    second.computed()

    assert [row[2] for row in second.told()] == [1]
    with pytest.raises(IntegrityError, match="plan_meeting_firm_in_one_place"), transaction.atomic():
        PlanMeeting.objects.filter(plan__event=second.event).update(
            starts_at=first.slots[0].starts_at, ends_at=first.slots[0].ends_at
        )


@pytest.mark.parametrize(
    ("shift", "kind", "message"),
    [
        (-1, "meeting", "洽谈时段“多出”不在活动时间之内。"),
        (6, "meeting", "洽谈时段“多出”不在活动时间之内。"),
        (0.5, "meeting", "洽谈时段“第 1 轮”与“多出”重叠。"),
        (0.5, "break", "洽谈时段“第 1 轮”与休息“多出”重叠。"),
    ],
)
def test_slots_that_do_not_fit_the_event_are_refused(shift, kind, message):
    found = scene()
    at = found.event.starts_at + shift * HALF_HOUR
    AgendaSlot.objects.create(event=found.event, kind=kind, title="多出", starts_at=at, ends_at=at + HALF_HOUR)
    before = written()

    with pytest.raises(Invalid) as refusal:
        plans.request_plan(event_id=found.event.pk, by=found.official)

    assert refusal.value.message == message
    assert written() == before


def test_rounds_are_laid_around_the_agenda():
    found = scene(slots=1, tables=1)
    start = found.event.starts_at
    AgendaSlot.objects.create(
        event=found.event, kind="break", title="茶歇", starts_at=start + HALF_HOUR, ends_at=start + 1.5 * HALF_HOUR
    )
    layout = plans.Layout(start, start + 4 * HALF_HOUR, 20, 5, 12)

    slots = plans.lay_rounds(event_id=found.event.pk, by=found.official, layout=layout)

    minutes = [(slot.starts_at - start, slot.ends_at - start) for slot in slots]
    assert [(first.seconds // 60, last.seconds // 60) for first, last in minutes] == [
        (0, 20), (45, 65), (70, 90), (95, 115),
    ]  # fmt: skip
    assert found.event.tables.count() == 12
    assert found.event.slots.filter(kind="meeting").count() == 4


def test_rounds_stand_while_meetings_are_planned():
    found = scene()
    match(found.firms[0], found.holders[0], "1.0000")
    found.computed()
    before = written()
    layout = plans.Layout(found.event.starts_at, found.event.ends_at, 20, 5, 12)

    with pytest.raises(Conflict, match="活动已排出洽谈桌，请先撤销排桌。"):
        plans.lay_rounds(event_id=found.event.pk, by=found.official, layout=layout)

    assert written() == before


def test_publishing_tells_each_party_once_and_shows_it_its_own():
    found = scene()
    (a, b), (u, v) = found.firms, found.holders
    match(a, u, "1.0000")
    match(a, v, "0.5000")
    found.computed()

    def shown(organisation):
        return PlanMeeting.objects.visible_to(person_of(organisation)).count()

    assert shown(a) == 0
    plans.publish_plan(event_id=found.event.pk, by=found.official)

    assert [(shown(one)) for one in (a, b, u, v)] == [2, 0, 1, 1]
    assert sorted(Notice.objects.values_list("recipient__name", flat=True)) == ["企业甲", "大学丑", "大学子"]
    found.computed()
    assert shown(a) == 0


def test_released_plan_leaves_nothing_and_tells_why():
    found = scene()
    match(found.firms[0], found.holders[0], "1.0000")
    found.computed()
    plans.publish_plan(event_id=found.event.pk, by=found.official)

    plans.release_plan(event_id=found.event.pk, by=found.official, reason="改期")

    assert (TablePlan.objects.count(), PlanMeeting.objects.count()) == (0, 0)
    assert set(Notice.objects.order_by("pk").values_list("title", "body")[2:]) == {
        (f"洽谈安排已撤销：{found.event.title}", "原因：改期")
    }
    plans.require_no_meetings(found.event)


def test_event_with_a_plan_is_not_moved_and_its_agenda_stands():
    found = scene()
    match(found.firms[0], found.holders[0], "1.0000")
    found.computed()
    event, day = found.event, dt.timedelta(days=1)
    to = events.NewPlace(event.starts_at + day, event.ends_at + day, event.place, "场地冲突")
    before = written()

    for verb in (
        lambda: events.move_event(event_id=event.pk, by=found.official, to=to),
        lambda: events.remove_slot(event_id=event.pk, by=found.official, slot_id=found.slots[0].pk),
    ):
        with pytest.raises(Conflict, match="活动已排出洽谈桌，请先撤销排桌。"):
            verb()

    assert written() == before
    plans.release_plan(event_id=event.pk, by=found.official, reason="改期")
    events.move_event(event_id=event.pk, by=found.official, to=to)
    found.slots[0].refresh_from_db()
    assert found.slots[0].starts_at == event.starts_at + day


def test_cancelled_event_lets_its_firms_go():
    first = scene(firms=1, slots=1)
    match(first.firms[0], first.holders[0], "1.0000")
    first.computed()
    events.cancel_event(event_id=first.event.pk, by=first.official, reason="停电")
    second = scene(guests=first.firms, slots=1, starts_at=first.event.starts_at)
    match(first.firms[0], second.holders[0], "0.5000")

    second.computed()

    assert len(second.told()) == 1


def test_only_who_holds_the_event_plans():
    found = scene()
    match(found.firms[0], found.holders[0], "1.0000")
    plan = found.computed()
    meeting = plan.meetings.get()
    before = written()

    for user in (city_user("370200"), person_of(found.firms[0])):
        for verb in (
            lambda by: plans.request_plan(event_id=found.event.pk, by=by),
            lambda by: plans.publish_plan(event_id=found.event.pk, by=by),
            lambda by: plans.release_plan(event_id=found.event.pk, by=by, reason="x"),
            lambda by: plans.set_pin(meeting_id=meeting.pk, by=by, is_pinned=True),
        ):
            with pytest.raises((NotFound, NotAllowed)):
                verb(user)

    assert written() == before
    assert plans.request_plan(event_id=found.event.pk, by=province_user()).number == 2


def test_overtaken_calculation_writes_nothing():
    found = scene()
    match(found.firms[0], found.holders[0], "1.0000")
    old = plans.request_plan(event_id=found.event.pk, by=found.official)
    TablePlan.objects.update(number=2)

    plans.compute_plan(plan_id=old.pk, number=1)

    assert (found.plan().state, PlanMeeting.objects.count()) == ("computing", 0)
    with pytest.raises(WrongState):
        plans.request_plan(event_id=found.event.pk, by=found.official)


def test_what_went_wrong_meanwhile_is_told_on_the_plan():
    found = scene()
    match(found.firms[0], found.holders[0], "1.0000")
    asked = plans.request_plan(event_id=found.event.pk, by=found.official)
    found.event.tables.all().delete()

    plans.compute_plan(plan_id=asked.pk, number=asked.number)

    assert (found.plan().state, found.plan().failure) == ("failed", "至少要有一张洽谈桌。")


def test_lost_message_is_taken_up_by_beat():
    found = scene()
    match(found.firms[0], found.holders[0], "1.0000")
    plans.request_plan(event_id=found.event.pk, by=found.official)

    assert plans.compute_waiting() == 0
    TablePlan.objects.update(requested_at=found.plan().requested_at - dt.timedelta(minutes=2))

    assert (plans.compute_waiting(), found.plan().state) == (1, "ready")
