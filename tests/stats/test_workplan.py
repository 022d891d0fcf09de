import datetime as dt
import json
from pathlib import Path

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from portal import clock
from portal.errors import Conflict, Invalid, NotAllowed, NotFound, WrongState
from portal.notices.models import Notice
from stats import loading
from stats.forms.workplan import BreakDownForm
from stats.models import Chase, Milestone, PlanItem, PlanMeasure, WorkTask
from stats.queries import workplan as queries
from stats.services import workplan as services
from tests.factories.accounts import city_user, finance_user, province_user, sme_user
from tests.factories.workplan import confirmed, evidence, plan, reported, task, tasks
from tests.stats.refusals import refuse

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2026, 6, 10, 10, tzinfo=clock.SHANGHAI)
TODAY = NOW.date()
CITIES = ("370100", "370200")


@pytest.fixture(autouse=True)
def _place(settings, tmp_path, monkeypatch):
    settings.MEDIA_ROOT = tmp_path
    monkeypatch.setattr(clock, "now", lambda: NOW)


def later(monkeypatch, days):
    monkeypatch.setattr(clock, "now", lambda: NOW + dt.timedelta(days=days))


def light(row):
    return WorkTask.objects.with_light(clock.today()).get(pk=row.pk).light


def test_the_plan_ships_whole():
    shipped = json.loads(Path(loading.PLAN).read_text(encoding="utf-8"))

    assert list(PlanItem.objects.values_list("code", flat=True)) == [
        *[str(number) for number in range(1, 21)], "三（一）", "三（二）", "三（三）", "三（四）",
    ]  # fmt: skip
    assert PlanMeasure.objects.count() == sum(len(item["measures"]) for item in shipped) == 45
    # Every measure is a sentence of its item, word for word.
    assert [row.code for row in PlanMeasure.objects.select_related("item") if row.text not in row.item.text] == []


def test_the_plans_own_dates_and_targets_are_kept():
    rows = PlanMeasure.objects.exclude(targets=[]).order_by("id").values_list("code", "due_on", "targets")

    assert list(rows) == [
        ("1.2", dt.date(2023, 12, 31), ["T01"]),
        ("2.3", dt.date(2023, 12, 31), ["T02", "T03"]),
        ("3.1", dt.date(2023, 12, 31), ["T04"]),
        ("4.2", dt.date(2023, 12, 31), ["T05", "T06"]),
        ("9.3", dt.date(2023, 12, 31), ["T07"]),
        ("10.1", None, ["T11", "T12"]),
        ("11.1", None, ["T08"]),
        ("14.1", None, ["T13"]),
        ("15.1", None, ["T09"]),
    ]


def test_the_regulation_is_a_row_of_milestones():
    measure = PlanMeasure.objects.get(code="16.1")

    assert (measure.due_on, len(measure.milestones)) == (dt.date(2021, 12, 31), 8)
    assert [step["title"] for step in measure.milestones if step["due_on"]] == ["提交省人大审议"]


def test_loading_the_plan_again_changes_nothing():
    assert loading.load_plan(PlanItem, PlanMeasure) == (0, 0)


def test_a_measure_is_broken_down_to_cities_once():
    first = tasks(cities=CITIES)
    again = tasks(cities=(*CITIES, "370300"))

    assert [row.city_code for row in first] == list(CITIES)
    assert [row.city_code for row in again] == ["370300"]
    assert [step.title for step in first[0].milestones.all()] == ["制定征集方案", "完成征集"]
    found = PlanMeasure.objects.get(code="5.1")
    refuse(
        Conflict,
        lambda: services.break_down(measure_id=found.pk, by=province_user(), plan=plan(cities=CITIES)),
        code="broken_down_already",
    )


def test_the_city_is_told_of_its_task():
    official = city_user("370200")

    row = task(cities=("370200",))

    notice = Notice.objects.get(recipient=official.organisation)
    assert (notice.title, notice.link) == (
        "新的工作任务：征集中小企业技术需求",
        reverse("admin:stats_worktask_change", args=[row.pk]),
    )


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"title": " "}, "title"),
        ({"department": ""}, "department"),
        ({"due_on": dt.date(2026, 1, 1)}, "due_on"),
        ({"cities": ("371200",)}, "cities"),
        ({"milestones": (("a", TODAY), ("a", TODAY))}, "milestones"),
        ({"milestones": (("a", dt.date(2027, 12, 1)),)}, "milestones"),
    ],
)
def test_a_break_down_that_cannot_be_names_its_field(changes, field):
    found = PlanMeasure.objects.get(code="5.1")

    refuse(
        Invalid,
        lambda: services.break_down(measure_id=found.pk, by=province_user(), plan=plan(**changes)),
        field=field,
    )


def test_only_the_province_breaks_down():
    found = PlanMeasure.objects.get(code="5.1")

    for user in (city_user(), finance_user(), sme_user()):
        refuse(NotAllowed, lambda user=user: services.break_down(measure_id=found.pk, by=user, plan=plan()))


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (
            "2026-07-01 制定方案\n\n2026-09-30　完成 征集",
            [("制定方案", dt.date(2026, 7, 1)), ("完成 征集", dt.date(2026, 9, 30))],
        ),
        ("", []),
    ],
)
def test_lines_are_read_as_milestones(lines, expected):
    form = BreakDownForm(
        {"year": 2026, "title": "a", "department": "b", "starts_on": TODAY, "due_on": TODAY, "milestones": lines}
    )

    assert (form.is_valid(), form.cleaned_data["milestones"]) == (True, expected)


@pytest.mark.parametrize("lines", ["制定方案", "2026-13-01 制定方案", "2026-07-01", "2026-02-30 x"])
def test_a_line_that_is_no_milestone_is_quoted(lines):
    form = BreakDownForm({"milestones": lines})

    assert f"“{lines}”应写成“日期 节点”" in form.errors["milestones"][0]


@pytest.mark.parametrize(
    ("days", "expected"),
    [(0, "green"), (15, "yellow"), (30, "yellow"), (31, "red")],
)
def test_the_light_follows_the_next_milestone(monkeypatch, days, expected):
    row = task()

    later(monkeypatch, days)

    assert light(row) == expected


def test_the_light_waits_yellow_for_confirmation_and_ends_done():
    row = task()
    steps = list(row.milestones.all())

    lights = [light(row)]
    reported(steps[0])
    lights.append(light(row))
    services.confirm_milestone(milestone_id=steps[0].pk, by=province_user())
    lights.append(light(row))
    confirmed(steps[1])
    lights.append(light(row))
    services.close_task(task_id=row.pk, by=province_user())
    lights.append(light(row))

    assert lights == ["green", "yellow", "green", "yellow", "done"]


def test_a_report_given_back_after_its_date_is_late(monkeypatch):
    row = task()
    step = row.milestones.first()
    reported(step)

    later(monkeypatch, 40)
    before = light(row)
    services.return_milestone(milestone_id=step.pk, by=province_user(), note="请附通知原件。")

    assert (before, light(row)) == ("yellow", "red")


def test_a_report_needs_words_and_evidence():
    step = task().milestones.first()
    official = city_user()

    def report(text="已印发", file=None):
        return services.report_milestone(milestone_id=step.pk, by=official, report=text, file=file)

    refuse(Invalid, lambda: report(" ", evidence()), field="report")
    refuse(Invalid, report, code="evidence_missing")
    assert report(file=evidence()).state == "reported"


def test_a_report_is_refused_from_another_city_the_province_and_twice():
    step = task().milestones.first()

    def report(user):
        return services.report_milestone(milestone_id=step.pk, by=user, report="已印发", file=evidence())

    refuse(NotFound, lambda: report(city_user("370200")))
    refuse(NotAllowed, lambda: report(province_user()))
    report(city_user())
    refuse(WrongState, lambda: report(city_user()))


def test_who_reports_a_task_of_the_province_does_not_confirm_it():
    step = task(measure="16.1", cities=(), department="省市场监督管理局").milestones.first()
    official = province_user()
    services.report_milestone(milestone_id=step.pk, by=official, report="草案已形成", file=evidence())

    refuse(NotAllowed, lambda: services.confirm_milestone(milestone_id=step.pk, by=official))

    assert services.confirm_milestone(milestone_id=step.pk, by=province_user()).state == "confirmed"


def test_the_database_refuses_one_person_for_both():
    step = task().milestones.first()
    official = city_user()
    reported(step, official)

    with pytest.raises(IntegrityError, match="milestone_two_persons"), transaction.atomic():
        Milestone.objects.filter(pk=step.pk).update(state="confirmed", confirmed_by=official, confirmed_on=TODAY)


def test_a_task_is_closed_when_all_is_confirmed_and_opened_again_with_a_reason():
    row = task()

    refuse(WrongState, lambda: services.close_task(task_id=row.pk, by=province_user()), code="milestones_open")
    for step in row.milestones.all():
        confirmed(step)
    refuse(NotAllowed, lambda: services.close_task(task_id=row.pk, by=city_user()))
    services.close_task(task_id=row.pk, by=province_user())
    refuse(Invalid, lambda: services.reopen_task(task_id=row.pk, by=province_user(), note=""), field="note")
    again = services.reopen_task(task_id=row.pk, by=province_user(), note="复核发现佐证不实。")

    assert (again.state, again.done_on) == ("running", None)


def test_a_cancelled_task_takes_no_report_and_no_chase():
    row = task()
    services.cancel_task(task_id=row.pk, by=province_user(), note="与其他任务合并。")

    refuse(WrongState, lambda: reported(row.milestones.first()))
    refuse(WrongState, lambda: services.chase_task(task_id=row.pk, by=province_user(), text="请加快。"))


def test_an_owner_is_an_official_of_the_city():
    row = task()
    owner = city_user(username="jn-owner")
    city_user("370200", username="qd-owner")

    refuse(
        Invalid, lambda: services.name_owner(task_id=row.pk, by=province_user(), username="qd-owner"), field="username"
    )
    services.name_owner(task_id=row.pk, by=city_user(), username="jn-owner")

    row.refresh_from_db()
    assert (row.owner, Notice.objects.filter(reader=owner).count()) == (owner, 1)


def test_a_city_breaks_its_task_down_further_within_its_time():
    row = task()
    step = {"task_id": row.pk, "by": city_user(), "title": "发放问卷"}

    services.add_milestone(**step, due_on=TODAY)

    refuse(Conflict, lambda: services.add_milestone(**step, due_on=TODAY), field="title")
    refuse(Invalid, lambda: services.add_milestone(**step, due_on=dt.date(2027, 6, 1)), field="due_on")


def test_a_chase_is_answered_once_by_the_city():
    row = task()
    chase = services.chase_task(task_id=row.pk, by=province_user(), text="请加快进度。")

    refuse(NotFound, lambda: services.reply_chase(chase_id=chase.pk, by=city_user("370200"), reply="好"))
    refuse(NotAllowed, lambda: services.reply_chase(chase_id=chase.pk, by=province_user(), reply="好"))
    services.reply_chase(chase_id=chase.pk, by=city_user(), reply="本周内完成。")
    refuse(
        Conflict,
        lambda: services.reply_chase(chase_id=chase.pk, by=city_user(), reply="再回复"),
        code="replied_already",
    )


def test_late_tasks_are_chased_once_a_week(monkeypatch):
    row = task()
    task(cities=("370200",), milestones=(("完成征集", TODAY + dt.timedelta(days=120)),))
    counts = [services.chase_overdue()]

    for days in (31, 32, 38):
        later(monkeypatch, days)
        counts.append(services.chase_overdue())

    assert counts == [0, 1, 0, 1]
    assert [chase.task for chase in Chase.objects.all()] == [row, row]
    assert Chase.objects.last().text == "下列节点已逾期，请尽快完成并报告：制定征集方案（2026-07-10）。"


def test_the_overview_counts_by_item_and_city(monkeypatch):
    tasks(cities=CITIES)
    task(measure="16.1", cities=(), department="省市场监督管理局")
    later(monkeypatch, 31)

    items, cities = queries.overview(province_user(), 2026)

    assert {row.label: dict(row.counts) for row in items if row.counts} == {
        "5. 建设中小企业技术需求库": {"red": 2},
        "16. 修订《山东省知识产权促进条例》": {"red": 1},
    }
    assert [(row.label, row.total) for row in cities] == [("省级部门", 1), ("济南市", 1), ("青岛市", 1)]
    assert queries.overview(city_user("370200"), 2026)[1][0].label == "青岛市"


@pytest.mark.parametrize("cities", [("370100",), ("370100", "370200", "370300")])
def test_pages_ask_a_fixed_number_of_queries(client, django_assert_num_queries, cities):
    tasks(cities=cities)
    client.force_login(province_user())
    client.get(reverse("stats:workplan"))

    with django_assert_num_queries(5):
        overview = client.get(reverse("stats:workplan"))
    with django_assert_num_queries(8):
        item = client.get(reverse("stats:workplan_item", args=[5]))

    assert (overview.context["total"], len(item.context["page"])) == (len(cities), len(cities))


def test_the_admin_filters_by_light(client, monkeypatch):
    row = task()
    task(cities=("370200",), milestones=(("完成征集", TODAY + dt.timedelta(days=120)),))
    later(monkeypatch, 31)
    client.force_login(province_user())

    page = client.get("/admin/stats/worktask/?light=red")

    assert [one.pk for one in page.context["cl"].result_list] == [row.pk]


def test_a_city_reports_in_the_admin(client):
    step = task().milestones.first()
    client.force_login(city_user())
    address = f"/admin/stats/milestone/{step.pk}/handle/"

    refused = client.post(address, {"step": "report", "report-report": "已印发"})
    client.post(address, {"step": "report", "report-report": "已印发", "report-file": evidence()})

    step.refresh_from_db()
    assert ("请上传完成情况的佐证材料。" in refused.content.decode(), step.state) == (True, "reported")
