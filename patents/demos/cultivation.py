"""Calls, applications and centres: one round of the plan's years with grants and checks, one that is open now."""

import datetime as dt
from decimal import Decimal

from patents.models import Centre, CentreApplication, CultivationCall
from patents.services import centres
from patents.services import cultivation as services
from portal import clock
from portal.accounts.demo import Cast, Member
from portal.accounts.enums import OrganisationKind
from portal.accounts.models import User
from portal.demo.chance import stream
from portal.demo.documents import sample_pdf
from portal.demo.people import person_names

FIELDS = (
    "智能装备",
    "海洋工程",
    "现代农业",
    "先进陶瓷",
    "绿色化工",
    "传感检测",
    "生物医药",
    "新材料",
    "机器人",
    "海洋装备",
)
CONDITIONS = (
    "申报单位为省内高等院校、科研院所或知识产权服务机构，具有独立法人资格。\n"
    "在申报的技术领域内有稳定的研发投入和专利储备，设有专利管理和转化机构。\n"
    "提交申报书和承诺书，目标明确、可考核。"
)
PAST = dt.date(2023, 3, 6)
OPEN_STATES = ("in_review", "submitted", "draft", "returned")


def load_cultivation(cast: Cast, seed: int) -> None:
    """Make the rounds; the experts come from the other universities and institutes."""
    members = list(cast.of(OrganisationKind.UNIVERSITY, OrganisationKind.INSTITUTE))
    story = _Rounds(cast, members, person_names(stream(seed, "cultivation"), 60))
    story.past()
    story.present()


class _Rounds:
    def __init__(self, cast: Cast, members: list[Member], people: tuple[str, ...]) -> None:
        self.province, self.finance = cast.province, _finance(cast)
        self.members, self.people = members, people

    def past(self) -> None:
        """The round of 2023: eight of ten recognised, with grants, one year checked, one renewed, one revoked."""
        with clock.told(PAST):
            call = self._call(2023, PAST, PAST + dt.timedelta(days=30), quota=8)
            waiting = [self._application(call, place, "submitted") for place in range(len(self.members))]
        with clock.told(PAST + dt.timedelta(days=60)):
            found = [self._decide(call, place, application) for place, application in enumerate(waiting)]
            services.close_call(call_id=call.pk, by=self.province)
            for place, centre in enumerate(one for one in found if one):
                self._grant(centre, Decimal(300_000 if place < 5 else 200_000))
        for place, centre in enumerate(one for one in found if one):
            self._years(centre, place)

    def present(self) -> None:
        """The round that is open now."""
        today = clock.today()
        with clock.told(today - dt.timedelta(days=20)):
            call = self._call(today.year, today - dt.timedelta(days=20), today + dt.timedelta(days=25), quota=5)
            for place, state in enumerate(OPEN_STATES):
                self._application(call, place, state)

    def _call(self, year: int, opens_on: dt.date, closes_on: dt.date, *, quota: int) -> CultivationCall:
        terms = services.CallTerms(
            year=year,
            title=f"{year} 年度高价值专利培育中心申报",
            document_number=f"演示〔{year}〕{quota} 号",
            opens_on=opens_on,
            closes_on=closes_on,
            quota=quota,
            conditions=CONDITIONS,
        )
        call = services.save_call(by=self.province, terms=terms)
        file = sample_pdf(terms.title)
        services.attach_call_document(call_id=call.pk, by=self.province, file=file, file_name=str(file.name))
        return services.publish_call(call_id=call.pk, by=self.province)

    def _application(self, call: CultivationCall, place: int, state: str) -> CentreApplication:
        member, field = self.members[place], FIELDS[place]
        name = f"{member.organisation.name}{field}高价值专利培育中心"
        plan = services.CentrePlan(
            name=name,
            technical_field=field,
            leader_name=self.people[place],
            team_names="、".join(self.people[20 + 3 * place : 23 + 3 * place]),
            partner_names="",
            basis=f"在{field}方向承担省级以上项目多项，维持有效发明专利 {40 + 7 * place} 件，设有知识产权管理部门。",
            plan=f"围绕{field}关键环节开展申请前评估和布局，分年度形成专利组合，与省内中小企业开展许可和转让。",
            high_value_target=10 + place,
            transfer_target=4 + place,
        )
        user = member.acting_user
        application = services.open_application(by=user, call_ref=call.ref, plan=plan)
        if state == "draft":
            return application
        for purpose, title in (("application_form", "申报书"), ("commitment", "承诺书")):
            file = sample_pdf(f"{title} {application.ref}")
            services.attach_document(
                application_id=application.pk, by=user, purpose=purpose, file=file, file_name=str(file.name)
            )
        services.submit_application(application_id=application.pk, by=user)
        if state == "returned":
            services.return_application(
                application_id=application.pk, by=self.province, note="请补充转化目标的测算依据。"
            )
        if state == "in_review":
            self._judge(application, place, count=2)
            waiting = self._expert(place, 3)
            services.assign_expert(application_id=application.pk, by=self.province, username=waiting.username)
        return application

    def _expert(self, place: int, turn: int) -> User:
        return self.members[(place + turn) % len(self.members)].acting_user

    def _judge(self, application: CentreApplication, place: int, *, count: int) -> None:
        for turn in range(1, count + 1):
            expert = self._expert(place, turn)
            review = services.assign_expert(application_id=application.pk, by=self.province, username=expert.username)
            scores = {"basis": 22 - place % 4, "plan": 23 - turn, "transfer": 27 - 5 * (turn == 2), "team": 17}
            services.score_review(
                review_id=review.pk,
                by=expert,
                no_conflict=True,
                scores=scores,
                comment="目标明确，方案可行；建议进一步落实转化合作企业。",
            )

    def _decide(self, call: CultivationCall, place: int, application: CentreApplication) -> Centre | None:
        self._judge(application, place, count=3)
        if place >= call.quota:
            services.turn_down(application_id=application.pk, by=self.province, note="评审平均分未进入名额。")
            return None
        return services.recognise(
            application_id=application.pk,
            by=self.province,
            document_number="演示〔2023〕31 号",
            recognised_on=clock.today(),
        )

    def _grant(self, centre: Centre, amount: Decimal) -> None:
        grant = centres.approve_grant(centre_id=centre.pk, by=self.province, amount=amount)
        centres.record_instalment(grant_id=grant.pk, by=self.finance, place=1, paid_on=clock.today())

    def _years(self, centre: Centre, place: int) -> None:
        owner = next(one for one in self.members if one.organisation == centre.organisation).acting_user
        today = clock.today()
        for year in (year for year in (2024, 2025) if dt.date(year, 12, 20) < today):
            with clock.told(dt.date(year, 12, 20)):
                report = centres.YearReport(
                    year=year,
                    filed_count=18 + place,
                    high_value_count=6 + place,
                    transferred_count=3 + place % 3,
                    income_amount=Decimal(350_000 + 90_000 * place),
                    spent_amount=Decimal(120_000),
                    summary="按方案完成布局，培育的专利通过许可、转让进入省内中小企业。",
                )
                check = centres.report_year(centre_id=centre.pk, by=owner, report=report)
                if year == 2025 and place == 2:
                    continue
                centres.pass_check(check_id=check.pk, by=self.province, note="材料齐全。")
                if year == 2024 and place < 4:
                    centres.record_instalment(grant_id=centre.grant.pk, by=self.finance, place=2, paid_on=clock.today())
        with clock.told(today - dt.timedelta(days=30)):
            if place == 7:
                centres.revoke_centre(centre_id=centre.pk, by=self.province, note="承建团队整体调离，不再具备条件。")
            elif place != 2:
                centres.renew_centre(centre_id=centre.pk, by=self.province, note="年度核查合格。")


def _finance(cast: Cast) -> User:
    return cast.account("finance").acting_user
