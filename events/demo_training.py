"""Training of the demonstration: bases in six cities, courses with tests, sessions over and to come, certificates."""

import datetime as dt
from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import islice

from events.enums.training import QuestionKind, TrainingAudience, TrainingField
from events.models import Course, Enrolment, TrainingBase, TrainingSession
from events.services.training import bases, certificates, courses, sessions
from portal import clock
from portal.accounts.demo import Cast, Member
from portal.accounts.enums import OrganisationKind, Role
from portal.accounts.models import User
from portal.demo.chance import stream

FIRST_HOUR = 9
# Days ago on which the base was recognised; the last recognition has run out.
RECOGNISED = (820, 640, 400, 400, 180, 150, 120, 1300)
# title, field, audience, hours, summary, has a test
COURSES = (
    ("专利价值评估实务", TrainingField.VALUATION, TrainingAudience.SERVICE, "8.0",
     "市场法、收益法、成本法的适用条件，参数取值，评估报告的编写和复核。", True),
    ("专利转让与许可合同要点", TrainingField.LICENCE, TrainingAudience.MANAGER, "6.0",
     "许可方式、费用条款、技术服务、违约和备案登记，附合同范本讲解。", True),
    ("专利开放许可实务", TrainingField.TRANSFER, TrainingAudience.CENTRE, "4.0",
     "声明、许可费估算、合同备案和年费减缓。", False),
    ("知识产权质押融资操作", TrainingField.FINANCING, TrainingAudience.MANAGER, "4.0",
     "选择质物、申报材料、银行审查要点和贴息申领。", False),
    ("高价值专利培育与布局", TrainingField.LAYOUT, TrainingAudience.CENTRE, "12.0",
     "申请前评估、导航分析、布局策略和维持决策。", True),
)  # fmt: skip
QUESTIONS: tuple[tuple[QuestionKind, str, list[str], list[int], int], ...] = (
    (QuestionKind.SINGLE, "以未来收益折现确定价值的是哪一种方法？", ["收益法", "成本法", "市场法"], [0], 30),
    (QuestionKind.MULTIPLE, "下列哪些情形会影响专利价值？", ["剩余保护期", "同族专利", "封面颜色", "权利稳定性"], [0, 1, 3], 40),
    (QuestionKind.JUDGE, "独占许可期间，专利权人自己也不能实施该专利。", [], [0], 30),
)  # fmt: skip
TEACHERS = (
    ("孔维新", "教授"), ("颜若川", "高级知识产权师"), ("曾立言", "专利代理师"), ("闵克勤", "高级工程师"),
    ("卜商言", "副教授"), ("冉求实", "资产评估师"), ("端木砚", "研究员"), ("言子游", "律师"),
)  # fmt: skip
PEOPLE = (
    ("王海宁", "总经理"), ("刘志远", "技术部部长"), ("陈素云", "知识产权专员"), ("赵东明", "副总经理"),
    ("孙立群", "项目经理"), ("马晓岚", "转化专员"), ("高建业", "总工程师"), ("曲文静", "法务"),
)  # fmt: skip
FIRMS = 12
PLACES = ("培训楼 201", "报告厅", "学术交流中心二层", "线上会议室")


def load_training(*, cast: Cast, seed: int) -> None:
    """Make the bases by the services, each with courses, teachers and sessions; people of firms learn there."""
    rng = stream(seed, "training")
    hosts = list(_hosts(cast))
    firms = list(islice(cast.of(OrganisationKind.SME), FIRMS))
    for place, (member, ago) in enumerate(zip(hosts, RECOGNISED, strict=False)):
        base = _base(cast.province, member, ago, place)
        if base.is_standing:
            learners = rng.sample(firms, 3)
            if place == 0:
                # The firm whose account is handed out has learned something.
                learners = [cast.account("sme"), *learners[:2]]
            _teach(base, member.acting_user, learners, place)


def _hosts(cast: Cast) -> Iterator[Member]:
    """Universities and institutes, each of another city, beginning with the one whose account is handed out."""
    seen = set()
    for member in (cast.account("university"), *cast.of(OrganisationKind.UNIVERSITY, OrganisationKind.INSTITUTE)):
        if member.organisation.city_code not in seen and member.user and member.user.role == Role.HOLDER:
            seen.add(member.organisation.city_code)
            yield member


def _base(province: User, member: Member, ago: int, place: int) -> TrainingBase:
    organisation, recognised_on = member.organisation, clock.today() - dt.timedelta(days=ago)
    facts = bases.BaseFacts(
        name=f"{organisation.name}知识产权人才培养基地",
        organisation=organisation,
        city_code=organisation.city_code,
        field=list(TrainingField)[place % len(TrainingField)],
        summary="面向高校院所运营中心、中小企业管理人员和知识产权运营服务机构，培训转移转化和价值评估实务。",
        document_number=f"演示认定〔{recognised_on.year}〕{place + 1}号",
        recognised_on=recognised_on,
    )
    with clock.told(recognised_on):
        return bases.recognise_base(by=province, facts=facts)


def _teach(base: TrainingBase, keeper: User, learners: Sequence[Member], place: int) -> None:
    name, title = TEACHERS[place % len(TEACHERS)]
    teacher = courses.save_teacher(
        by=keeper, base_id=base.pk, facts=courses.TeacherFacts(name, title, base.organisation.name, base.field)
    )
    for step in range(2):
        course = _course(base, keeper, COURSES[(place + step) % len(COURSES)])
        past = -25 - 3 * place - 10 * step
        over = _session(course, keeper, teacher.pk, past, place)
        _learn(over, keeper, learners)
        _session(course, keeper, teacher.pk, 6 + place + 12 * step, place)


def _course(
    base: TrainingBase, keeper: User, given: tuple[str, TrainingField, TrainingAudience, str, str, bool]
) -> Course:
    title, field, audience, hours, summary, has_test = given
    facts = courses.CourseFacts(title, field, audience, Decimal(hours), summary)
    course = courses.save_course(by=keeper, base_id=base.pk, facts=facts)
    for question in QUESTIONS if has_test else ():
        courses.add_question(course_id=course.pk, by=keeper, facts=courses.QuestionFacts(*question))
    return courses.open_course(course_id=course.pk, by=keeper)


def _session(course: Course, keeper: User, teacher_id: int, days: int, place: int) -> TrainingSession:
    day = clock.today() + dt.timedelta(days=days)
    starts_at = dt.datetime.combine(day, dt.time(FIRST_HOUR), tzinfo=clock.SHANGHAI)
    facts = sessions.SessionFacts(
        teacher_id, starts_at, starts_at + dt.timedelta(hours=6), PLACES[place % len(PLACES)], 40
    )
    with clock.told(day - dt.timedelta(days=20)):
        return sessions.save_session(by=keeper, course_id=course.pk, facts=facts)


def _learn(session: TrainingSession, keeper: User, learners: Sequence[Member]) -> None:
    """Some stay to the end and pass at once, some at the second try, one leaves early."""
    held_on = session.starts_at.astimezone(clock.SHANGHAI).date()
    rows: list[Enrolment] = []
    with clock.told(held_on - dt.timedelta(days=5)):
        for number, member in enumerate(learners):
            people = [PEOPLE[(2 * number + step) % len(PEOPLE)] for step in range(2)]
            rows += sessions.enrol(
                session_id=session.pk,
                by=member.acting_user,
                people=[
                    sessions.Participant(name, f"1390000{member.organisation.pk % 100:02d}{step:02d}", position)
                    for step, (name, position) in enumerate(people)
                ],
            )
    with clock.told(held_on + dt.timedelta(days=1)):
        hours = {row.pk: session.course.hours for row in rows[:-1]} | {rows[-1].pk: Decimal("2.0")}
        sessions.record_attendance(session_id=session.pk, by=keeper, hours=hours)
        right = {one.pk: frozenset(one.right) for one in session.course.questions.all()}
        for place, row in enumerate(rows[:-1] if right else ()):
            if place % 3 == 1:
                certificates.submit_test(code=row.code, answers={})
            if place < len(rows) - 2:
                certificates.submit_test(code=row.code, answers=right)
