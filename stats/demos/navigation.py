"""Navigation projects: two years of approved ones, and a call that is open now."""

import datetime as dt
from decimal import Decimal

from portal import clock
from portal.accounts.demo import Cast, Member
from portal.accounts.enums import OrganisationKind
from portal.demo.chance import stream
from portal.demo.documents import sample_pdf
from portal.demo.people import person_names
from stats.models import NavigationApplication, NavigationCall, NavigationProject
from stats.services import navigation as services
from stats.services import navigation_projects as projects

INDUSTRIES = ("海洋工程装备", "高端铝材", "生物医药", "智能农机", "绿色化工", "工业机器人", "新能源电池", "先进陶瓷")
SCORES = {"need": 26, "plan": 25, "results": 21, "team": 13}


def load_navigation(cast: Cast, seed: int) -> None:
    """The rounds of last year and this year; the experts come from the other universities and institutes."""
    members = list(cast.of(OrganisationKind.UNIVERSITY, OrganisationKind.INSTITUTE))
    story = _Navigation(cast, members, person_names(stream(seed, "navigation"), 30))
    today = clock.today()
    for year, count in ((today.year - 1, 3), (today.year, 2)):
        story.past(year, count)
    story.open_call()


class _Navigation:
    def __init__(self, cast: Cast, members: list[Member], people: tuple[str, ...]) -> None:
        self.cast, self.province, self.members, self.people = cast, cast.province, members, people
        self.turn = 0

    def past(self, year: int, count: int) -> None:
        """A call of the spring and its projects; last year's are accepted but for one, this year's run."""
        day = dt.date(year, 2, 20)
        with clock.told(day):
            call = self._call(year, "key_industry", day, count)
            waiting = [self._application(call) for _ in range(count + 1)]
        with clock.told(day + dt.timedelta(days=60)):
            for application in waiting[:count]:
                self._judge(application)
            found = [self._approve(application) for application in waiting[:count]]
            services.turn_down(application_id=waiting[count].pk, by=self.province, note="选题与已有项目重复。")
            services.close_call(call_id=call.pk, by=self.province)
        for place, project in enumerate(found):
            self._carry_out(project, place, is_over=year < clock.today().year)

    def open_call(self) -> None:
        """A call for regional industries that is open now."""
        today = clock.today()
        with clock.told(today - dt.timedelta(days=10)):
            call = self._call(today.year, "regional", today - dt.timedelta(days=10), 4)
            judged = self._application(call)
            self._application(call)
        expert = self.members[(self.turn + 2) % len(self.members)].acting_user
        services.assign_expert(application_id=judged.pk, by=self.province, username=expert.username)

    def _call(self, year: int, kind: str, day: dt.date, quota: int) -> NavigationCall:
        label = "省重点产业" if kind == "key_industry" else "区域特色产业"
        terms = services.CallTerms(
            kind=kind,
            year=year,
            title=f"{year} 年度{label}专利导航项目申报",
            document_number=f"演示〔{year}〕12 号",
            opens_on=day,
            closes_on=day + dt.timedelta(days=40),
            quota=quota,
            conditions="围绕省重点产业链或市级特色产业、园区，具备专利数据和分析能力，成果向中小企业公开。",
        )
        call = services.save_call(by=self.province, terms=terms)
        return services.publish_call(call_id=call.pk, by=self.province)

    def _application(self, call: NavigationCall) -> NavigationApplication:
        place = self.turn = self.turn + 1
        member, industry = self.members[place % len(self.members)], INDUSTRIES[place % len(INDUSTRIES)]
        user = member.acting_user
        plan = services.ProjectPlan(
            name=f"{industry}产业专利导航",
            industry=industry,
            leader_name=self.people[place % len(self.people)],
            team_names="、".join(self.people[3:6]),
            partner_names="",
            basis=f"建有{industry}专题专利数据库，承担过产业分析任务。",
            plan="开展产业链专利态势分析，识别空白点和风险点，形成布局建议和可转化专利清单。",
            results="形成导航报告和专利清单，向产业集聚区内中小企业推送并组织解读活动。",
            requested_amount=Decimal(300_000),
        )
        application = services.save_application(by=user, call_ref=call.ref, plan=plan)
        for purpose, title in (("application_form", "申报书"), ("commitment", "承诺书")):
            file = sample_pdf(f"{title} {application.ref}")
            services.attach_document(
                application_id=application.pk, by=user, purpose=purpose, file=file, file_name=str(file.name)
            )
        return services.submit_application(application_id=application.pk, by=user)

    def _judge(self, application: NavigationApplication) -> None:
        experts = [one for one in self.members if one.organisation != application.organisation][:3]
        for place, expert in enumerate(experts):
            user = expert.acting_user
            review = services.assign_expert(application_id=application.pk, by=self.province, username=user.username)
            scores = SCORES | {"need": SCORES["need"] - 2 * place}
            services.score_review(
                review_id=review.pk, by=user, no_conflict=True, scores=scores, comment="选题准确，成果面向企业。"
            )

    def _approve(self, application: NavigationApplication) -> NavigationProject:
        today = clock.today()
        return services.approve_application(
            application_id=application.pk,
            by=self.province,
            document_number=f"演示〔{today.year}〕27 号",
            approved_on=today,
            due_on=today + dt.timedelta(days=330),
        )

    def _carry_out(self, project: NavigationProject, place: int, *, is_over: bool) -> None:
        with clock.told(project.approved_on + dt.timedelta(days=5)):
            projects.add_step(
                project_id=project.pk,
                by=self.province,
                title="提交中期报告",
                due_on=project.approved_on + dt.timedelta(days=160),
            )
            if place == 0:
                projects.approve_support(project_id=project.pk, by=self.province, amount=Decimal(200_000))
        steps = list(project.milestones.order_by("due_on"))
        for step in steps if is_over else steps[:1]:
            with clock.told(step.due_on - dt.timedelta(days=4)):
                self._report(project, step.pk, place)
        if is_over and place != 2:
            with clock.told(project.due_on + dt.timedelta(days=15)):
                projects.accept_project(
                    project_id=project.pk, by=self.province, result="完成预期成果，报告已向园区企业公开。"
                )

    def _report(self, project: NavigationProject, step_id: int, place: int) -> None:
        user = next(one for one in self.members if one.organisation == project.organisation).acting_user
        projects.report_step(
            step_id=step_id,
            by=user,
            report="按方案完成数据采集和分析，阶段成果见附件。",
            spent_amount=Decimal(80_000 + 20_000 * place),
            file=sample_pdf(f"{project.number} 报告"),
        )
        if place != 2:
            projects.confirm_step(step_id=step_id, by=self.province, note="进度正常。")
