"""What the demonstration knows of firms before their projects: questionnaires, visits, facts of credit, a line."""

import datetime as dt
from decimal import Decimal
from random import Random

from finance import services
from finance.checks.surveys import QuestionFacts
from finance.enums import CreditKind, CreditOutcome, QuestionKind, VisitAdvice
from finance.models import CreditLine, Questionnaire
from portal import clock
from portal.accounts.demo import Member
from portal.accounts.models import Organisation, User

QUESTIONS = (
    QuestionFacts("近两年是否有研发投入", QuestionKind.YES_NO, code="rd"),
    QuestionFacts("上年度研发投入", QuestionKind.MONEY, is_required=False),
    QuestionFacts("目前主要的融资方式", QuestionKind.CHOICES, ("银行抵押贷款", "银行信用贷款", "股东投入", "民间借款")),
    QuestionFacts("本年度预计融资需求", QuestionKind.MONEY),
    QuestionFacts("融资中的主要困难", QuestionKind.CHOICE, ("抵押物不足", "利率偏高", "手续时间长", "没有困难")),
    QuestionFacts("专利产品占销售收入的比例（%）", QuestionKind.NUMBER, is_required=False),
    QuestionFacts("希望平台提供的帮助", QuestionKind.TEXT, is_required=False),
)
DIFFICULTIES = ("抵押物不足", "抵押物不足", "利率偏高", "手续时间长")
FINDINGS = (
    "生产经营正常，订单较上年同期增加，主要产品使用拟质押专利，车间设备运转率约八成。",
    "企业专利由研发部门自行维护，年费按期缴纳；现有厂房已抵押，新增贷款缺少抵押物。",
    "核心产品正在客户处验证，预计下半年批量供货，需要流动资金备料。",
)
VISITORS = ("知识产权科 王海、李岚", "知识产权促进科 赵启、孙屿", "服务专员 周衡、刘澈")
FINED = 0.2
ASKED_ON_VISIT, ADVISED, VISITED, ANSWERING = 0.25, 0.4, 0.5, 0.8
"""Shares of the firms, each within the next: visited with the questionnaire, recommended, visited, answering at all."""
SURE_KINDS = (CreditKind.DISHONEST, CreditKind.LOAN_OVERDUE, CreditKind.TAX)


def open_line(bank: Organisation) -> CreditLine:
    """The sample bank's line for firms of the pool."""
    today = clock.today()
    return CreditLine.objects.create(
        institution=bank,
        name="知识产权园区集合授信",
        agreement=f"岱银授〔{today.year}〕12号",
        total=Decimal(60_000_000),
        per_firm=Decimal(10_000_000),
        is_revolving=True,
        open_from=dt.date(2024, 1, 1),
        open_until=dt.date(today.year + 1, 12, 31),
    )


def ask_firms(province: User) -> Questionnaire:
    """The yearly questionnaire, open, and next year's, a draft."""
    year = clock.today().year
    made = services.save_questionnaire(
        by=province,
        title=f"{year} 年知识产权质押融资需求调查",
        intro="请按最近一个会计年度的数据填写；用于项目库筛选和产品推荐，不对外公开。",
        questions=QUESTIONS,
    )
    services.save_questionnaire(
        by=province, title=f"{year + 1} 年需求调查（征求意见稿）", intro="", questions=QUESTIONS[:4]
    )
    return services.open_questionnaire(questionnaire_id=made.pk, by=province)


def know_firm(rng: Random, asked: Questionnaire, member: Member, official: User) -> None:
    """Facts of credit for every firm of the pool, a visit and answers for some."""
    firm, today = member.organisation, clock.today()
    for kind in SURE_KINDS:
        facts = services.CreditFacts(
            kind, CreditOutcome.CLEAN, "信用中国网站和企业征信报告", today - dt.timedelta(days=rng.randint(5, 90))
        )
        services.record_credit_fact(organisation=firm, facts=facts, by=official)
    if rng.random() < FINED:
        told = "逾期办理环保验收，罚款 2 万元，已缴纳并整改"
        facts = services.CreditFacts(
            CreditKind.PENALTY, CreditOutcome.ADVERSE, "信用中国网站", today - dt.timedelta(days=40), told
        )
        services.record_credit_fact(organisation=firm, facts=facts, by=official)
    answers = {
        "rd": "yes", "q2": str(rng.randint(40, 600)), "q3": ["银行抵押贷款", "股东投入"],
        "q4": str(rng.randint(10, 80) * 10), "q5": rng.choice(DIFFICULTIES), "q6": str(rng.randint(20, 95)),
    }  # fmt: skip
    chance = rng.random()
    if chance < VISITED:
        visit = services.record_visit(
            organisation=firm,
            facts=services.VisitFacts(
                today - dt.timedelta(days=rng.randint(10, 200)),
                rng.choice(VISITORS),
                f"{firm.contact_name or '办公室主任'}（财务负责人）",
                rng.choice(FINDINGS),
                VisitAdvice.ADMIT if chance < ADVISED else VisitAdvice.FOLLOW,
            ),
            by=official,
        )
        if chance < ASKED_ON_VISIT:
            services.answer_questionnaire(
                questionnaire_id=asked.pk, organisation=firm, answers=answers, by=official, visit_id=visit.pk
            )
    elif chance < ANSWERING:
        services.answer_questionnaire(
            questionnaire_id=asked.pk, organisation=firm, answers=answers, by=member.acting_user
        )
