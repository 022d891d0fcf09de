"""Pages of the table plan: the official's work from slots to publication, and what each party reads."""

import datetime as dt
import io

import openpyxl
import pytest

from events.models import AgendaSlot, PlanConflict, PlanMeeting, PlanParty, PlanWish, TablePlan
from events.services import plans
from portal import clock
from tests.factories.accounts import UserFactory, city_user, province_user, sme_user
from tests.factories.plans import match, scene

pytestmark = pytest.mark.django_db


def text(response):
    return response.content.decode()


def person_of(organisation, role="sme"):
    return UserFactory(role=role, organisation=organisation)


def test_official_lays_computes_pins_and_publishes(client, django_capture_on_commit_callbacks):
    found = scene()
    (a, b), (u, v) = found.firms, found.holders
    demand, patent = match(a, u, "1.0000")
    match(b, v, "0.5000")
    client.force_login(found.official)
    home = f"/events/{found.event.pk}/plan/"
    at = found.event.starts_at.astimezone(clock.SHANGHAI)

    laid = client.post(f"{home}rounds/", {
        "starts_at": f"{at:%Y-%m-%dT%H:%M}", "ends_at": f"{at + dt.timedelta(hours=1):%Y-%m-%dT%H:%M}",
        "slot_minutes": "20", "gap_minutes": "0", "table_count": "4",
    })  # fmt: skip
    client.post(f"{home}compute/")
    waiting = text(client.get(home))
    plan = TablePlan.objects.get()
    plans.compute_plan(plan_id=plan.pk, number=plan.number)
    first = PlanMeeting.objects.get(guest=a)
    client.post(f"{home}meetings/{first.pk}/pin/", {"pinned": "1"})
    shown = text(client.get(home, {"slot": first.slot_id}))
    client.post(f"{home}publish/")

    assert (laid.status_code, AgendaSlot.objects.count(), found.event.tables.count()) == (302, 3, 4)
    assert "正在计算" in waiting
    assert f"需求 {demand.ref} 与专利 {patent.number} 匹配（100 分）" in shown
    assert ("取消固定" in shown, PlanMeeting.objects.get(pk=first.pk).is_pinned) == (True, True)
    assert TablePlan.objects.get().state == "published"
    client.force_login(person_of(a))
    own = text(client.get(f"/events/{found.event.pk}/timetable/"))
    assert (u.name in own, v.name in own, f"需求 {demand.ref} 与专利 {patent.number} 匹配" in own) == (
        True,
        False,
        True,
    )


def test_party_never_reads_the_other_sides_wishes(client):
    found = scene()
    a, u = found.firms[0], found.holders[0]
    PlanWish.objects.create(event=found.event, by=u, about=a, wish="must", made_by=found.official)
    PlanWish.objects.create(event=found.event, by=a, about=u, wish="like", made_by=found.official)
    found.computed()
    plans.publish_plan(event_id=found.event.pk, by=found.official)
    address = f"/events/{found.event.pk}/timetable/"

    pages = {}
    for name, user in (("firm", person_of(a)), ("holder", person_of(u, "holder"))):
        client.force_login(user)
        pages[name] = text(client.get(address))
    client.force_login(found.official)
    pages["official"] = text(client.get(f"/events/{found.event.pk}/plan/parties/{a.pk}/"))

    words = ("贵单位希望见", "贵单位一定要见", "对方一定要见", "企业希望见")
    assert {name: [word in page for word in words] for name, page in pages.items()} == {
        "firm": [True, False, False, False],
        "holder": [False, True, False, False],
        "official": [False, False, True, True],
    }


def test_sheet_holds_every_meeting(client):
    found = scene()
    match(found.firms[0], found.holders[0], "1.0000")
    match(found.firms[1], found.holders[1], "0.5000")
    found.computed()
    client.force_login(found.official)

    response = client.get(f"/events/{found.event.pk}/plan/sheet/")

    rows = list(openpyxl.load_workbook(io.BytesIO(response.content)).active.values)
    assert rows[0][:6] == ("日期", "开始", "结束", "桌号", "企业", "对方")
    assert sorted(row[4:8] for row in rows[1:]) == [
        ("企业乙", "大学丑", "高等院校", 50),
        ("企业甲", "大学子", "高等院校", 100),
    ]


def test_refusals_are_told_on_the_pages(client):
    found = scene()
    a, u = found.firms[0], found.holders[0]
    PlanWish.objects.create(event=found.event, by=u, about=a, wish="no", made_by=found.official)
    client.force_login(found.official)
    home = f"/events/{found.event.pk}/plan/"
    pair = {"guest": a.pk, "host": u.pk}

    seat = client.post(f"{home}seat/", pair | {"slot": found.slots[0].pk, "table": found.tables[0].pk})
    conflict = client.post(f"{home}conflicts/", pair | {"reason": " "})
    outside = client.post(f"{home}rounds/", {
        "starts_at": "2030-01-01T09:00", "ends_at": "2030-01-01T10:00", "slot_minutes": "20", "gap_minutes": "0",
        "table_count": "4",
    })  # fmt: skip
    published = client.post(f"{home}publish/")

    assert (seat.status_code, "双方不能同桌：有一方选择不见。" in text(seat)) == (422, True)
    assert conflict.status_code == 422
    assert (outside.status_code, "洽谈时间应在活动时间之内" in text(outside)) == (422, True)
    assert published.status_code == 404
    assert (PlanMeeting.objects.count(), PlanConflict.objects.count(), AgendaSlot.objects.count()) == (0, 0, 2)


def test_firm_says_what_it_wants_and_when(client):
    found = scene()
    a, (u, v) = found.firms[0], found.holders
    client.force_login(person_of(a))
    address = f"/events/{found.event.pk}/wishes/"

    client.post(address, {f"wish-{u.pk}": "must", f"wish-{v.pk}": "", f"wish-{found.bank.pk}": "no"})
    client.post(f"{address}times/", {"most_meetings": "1", "absent_slots": [found.slots[0].pk]})
    forged = client.post(address, {f"wish-{u.pk}": "perhaps"})

    assert list(PlanWish.objects.order_by("about").values_list("about", "wish")) == [
        (u.pk, "must"),
        (found.bank.pk, "no"),
    ]
    party = PlanParty.objects.get()
    assert (party.most_meetings, [slot.pk for slot in party.absent_slots.all()]) == (1, [found.slots[0].pk])
    assert forged.status_code == 422
    assert "洽谈安排尚未公布" in text(client.get(f"/events/{found.event.pk}/timetable/"))


def test_plan_of_another_is_not_there(client):
    found = scene()
    match(found.firms[0], found.holders[0], "1.0000")
    meeting = found.computed().meetings.get()
    home = f"/events/{found.event.pk}/plan/"

    for user, status in ((city_user("370200"), 404), (sme_user(), 403), (province_user(), 200)):
        client.force_login(user)
        gets = [client.get(f"{home}{end}").status_code for end in ("", "parties/", "conflicts/", "sheet/", "seat/")]
        assert gets == [status] * 5
    client.force_login(city_user("370200"))
    for end in (f"meetings/{meeting.pk}/pin/", "compute/", "publish/", "release/"):
        assert client.post(home + end, {"pinned": "1", "reason": "x"}).status_code == 404
    client.force_login(sme_user())
    assert client.get(f"/events/{found.event.pk}/wishes/").status_code == 404
    assert client.get(f"/events/{found.event.pk}/timetable/").status_code == 404


@pytest.mark.parametrize("firms", [1, 2])
def test_plan_page_query_count(client, django_assert_num_queries, firms):
    found = scene(firms=firms)
    for firm in found.firms:
        match(firm, found.holders[0], "1.0000")
    found.computed()
    client.force_login(found.official)

    with django_assert_num_queries(14):
        client.get(f"/events/{found.event.pk}/plan/")


@pytest.mark.parametrize("firms", [1, 4])
def test_wishes_and_parties_query_count(client, django_assert_num_queries, firms):
    found = scene(firms=firms)
    client.force_login(person_of(found.holders[0], "holder"))
    with django_assert_num_queries(11):
        client.get(f"/events/{found.event.pk}/wishes/")
    client.force_login(found.official)
    with django_assert_num_queries(12):
        client.get(f"/events/{found.event.pk}/plan/parties/")
