"""Work plan of the year: measures broken down to the province and the cities, at every light."""

import datetime as dt

from portal import clock
from portal.accounts.demo import Cast
from portal.accounts.enums import OrganisationKind
from portal.accounts.models import User
from portal.demo.documents import sample_pdf
from stats.models import Milestone, PlanMeasure, WorkTask
from stats.services import workplan as services

# Title of the task, and its milestones as month and day of this year.
CITY_TASKS = {
    "5.1": (
        "征集中小企业技术需求",
        (("印发征集通知", 3, 31), ("完成上半年征集", 6, 30), ("完成全年征集并入库", 12, 20)),
    ),
    "6.1": ("开展质押融资需求调查并入库", (("完成走访和问卷", 6, 15), ("筛选企业入项目库", 11, 30))),
    "9.1": ("组织专利技术路演和供需对接", (("举办上半年对接活动", 6, 20), ("举办下半年对接活动", 12, 10))),
    "10.1": ("开展“入园惠企”银企对接", (("完成园区对接", 10, 31), ("汇总授信和放款情况", 12, 25))),
}
PROVINCE_TASKS = {
    "1.2": ("年度高价值专利培育中心认定", (("发布申报通知", 4, 30), ("完成专家评审", 9, 30), ("公布认定结果", 12, 15))),
    "8.2": ("完善专利技术推广运用平台", (("上线需求匹配功能", 5, 31), ("完成年度运行评估", 12, 25))),
    "11.1": ("开展重点产业专利导航项目", (("发布申报通知", 3, 31), ("立项", 6, 30), ("完成中期检查", 12, 5))),
    "13.2": ("按季通报转化运用指标", (("一季度通报", 4, 30), ("二季度通报", 7, 31), ("三季度通报", 11, 15))),
    "15.1": ("知识产权人才培养基地年度培训", (("下达培训计划", 3, 31), ("完成培训", 11, 20))),
    "24.2": ("开展各市年度评价", (("公布评价方案", 9, 30), ("完成评价和通报", 12, 31))),
}
# The regulation as it went; the day of its submission is the plan's, the others are made up.
REGULATION = (
    ("立项和调研", 1, 25), ("形成修订草案", 3, 30), ("公开征求意见", 5, 31), ("合法性审核", 7, 30),
    ("省政府常务会议审议", 9, 10), ("提交省人大审议", 10, 31),
)  # fmt: skip
COLLEAGUE = "demo-province-2"
"""A second official of the province: who reports or scores does not confirm or decide."""
LATE_CITIES = ("370400", "371500", "371600")
"""Cities that are behind with what was due last."""


def load_workplan(cast: Cast) -> None:
    """Break the year's measures down and report what is done by today."""
    story = _Plan(cast)
    story.regulation()
    for code, (title, steps) in CITY_TASKS.items():
        measure = PlanMeasure.objects.get(code=code)
        story.break_down(measure, title, steps, cities=tuple(measure.cities))
    for code, (title, steps) in PROVINCE_TASKS.items():
        story.break_down(PlanMeasure.objects.get(code=code), title, steps)
    story.report()
    story.chase()


class _Plan:
    def __init__(self, cast: Cast) -> None:
        self.cast, self.province = cast, cast.province
        # Who reports a task of the province does not confirm it.
        authority = next(cast.of(OrganisationKind.AUTHORITY_PROVINCE)).organisation
        self.colleague = User.objects.create(
            username=COLLEAGUE,
            role=self.province.role,
            is_staff=True,
            last_name="刘",
            first_name="督查员",
            organisation=authority,
        )
        self.colleague.set_unusable_password()
        self.colleague.save()
        self.today = clock.today()

    def regulation(self) -> None:
        """Item 16, done long ago."""
        measure = PlanMeasure.objects.get(code="16.1")
        with clock.told(dt.date(2021, 1, 8)):
            (task,) = self.break_down(measure, "修订知识产权促进条例", REGULATION, year=2021)
        for step in task.milestones.all():
            self._confirm(step, step.due_on - dt.timedelta(days=3))
        with clock.told(dt.date(2021, 12, 30)):
            services.close_task(task_id=task.pk, by=self.province, note="已提交审议。")

    def break_down(
        self,
        measure: PlanMeasure,
        title: str,
        steps: tuple[tuple[str, int, int], ...],
        *,
        cities: tuple[str, ...] = (),
        year: int | None = None,
    ) -> list[WorkTask]:
        """The tasks of one measure."""
        year = year or self.today.year
        plan = services.BreakDown(
            year=year,
            title=title,
            department=measure.department,
            cities=cities,
            starts_on=dt.date(year, 1, 10),
            due_on=dt.date(year, 12, 31),
            milestones=[(name, dt.date(year, month, day)) for name, month, day in steps],
        )
        return services.break_down(measure_id=measure.pk, by=self.province, plan=plan)

    def report(self) -> None:
        """What was due is reported and confirmed, but by the cities that are behind; the last reports wait."""
        due = Milestone.objects.filter(state="open", due_on__lt=self.today).select_related("task")
        for place, step in enumerate(due.order_by("due_on", "id")):
            is_recent = (self.today - step.due_on).days < 60
            if is_recent and step.task.city_code in LATE_CITIES:
                continue
            day = step.due_on - dt.timedelta(days=2)
            if is_recent and place % 7 == 0:
                self._report(step, day)
            else:
                self._confirm(step, day)
        waiting = Milestone.objects.filter(state="reported").order_by("id").first()
        if waiting is not None:
            services.return_milestone(milestone_id=waiting.pk, by=self.province, note="请补充活动通知和签到表。")

    def chase(self) -> None:
        """The portal chases what is late; one city has answered."""
        services.chase_overdue()
        task = WorkTask.objects.filter(city_code=LATE_CITIES[0], chases__isnull=False).order_by("id").first()
        chase = task.chases.first() if task else None
        if chase is not None:
            services.reply_chase(
                chase_id=chase.pk, by=self.cast.official_of(LATE_CITIES[0]), reply="活动已排期，下周完成并报送材料。"
            )

    def _report(self, step: Milestone, day: dt.date) -> None:
        by = self.cast.official_of(step.task.city_code) if step.task.city_code else self.colleague
        file = sample_pdf(f"{step.title} 佐证材料")
        with clock.told(day):
            services.report_milestone(
                milestone_id=step.pk, by=by, report=f"{step.title}已按要求完成，材料见附件。", file=file
            )

    def _confirm(self, step: Milestone, day: dt.date) -> None:
        self._report(step, day)
        with clock.told(day + dt.timedelta(days=5)):
            services.confirm_milestone(milestone_id=step.pk, by=self.province, note="属实。")
