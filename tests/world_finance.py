"""What the world knows of the firm beside its loan: a questionnaire with answers, a visit, credit, a line."""

import datetime as dt
from decimal import Decimal

from finance import services
from finance.checks.surveys import QuestionFacts
from finance.models import CreditLine
from portal import clock
from portal.api.services import bind_certificate
from tests.factories.accounts import finance_user, province_user
from tests.factories.finance import entry


def finance_rows(project, *, firm, bank, city):
    """Make the rows of the firm; the keys that each of its addresses names."""
    today = clock.today()
    asked = services.save_questionnaire(
        by=city, title="融资需求调查", intro="", questions=[QuestionFacts("有研发投入", "yes_no")]
    )
    services.open_questionnaire(questionnaire_id=asked.pk, by=city)
    response = services.answer_questionnaire(
        questionnaire_id=asked.pk, organisation=firm.organisation, answers={"q1": "yes"}, by=firm
    )
    draft = services.save_questionnaire(
        by=city, title="草稿", intro="", questions=[QuestionFacts("有研发投入", "yes_no")]
    )
    visit = services.VisitFacts(today, "王科长", "李总", "经营正常", "admit")
    services.record_visit(organisation=firm.organisation, facts=visit, by=city, project=project)
    credit = services.CreditFacts("dishonest", "clean", "信用中国", today)
    services.record_credit_fact(organisation=firm.organisation, facts=credit, by=city)
    CreditLine.objects.create(
        institution=bank.organisation,
        name="园区授信",
        agreement="1号",
        total=Decimal("5000000.00"),
        cities=["370100"],
        open_from=today,
        open_until=today + dt.timedelta(days=365),
    )
    pledge = services.PledgeFacts(pledgee=bank.organisation, submitted_on=today)
    services.submit_pledge(project_id=project.pk, facts=pledge, by=city)
    bind_certificate(organisation=bank.organisation, subject="CN=bank", is_active=False, by=province_user())
    _money_rows(project, firm=firm, bank=bank)
    return {
        "finance/questionnaires/<int:pk>": asked.pk,
        "finance/questionnaires/<int:pk>/edit": draft.pk,
        "finance/questionnaires/responses/<int:pk>": response.pk,
    }


def _money_rows(project, *, firm, bank):
    """A pool, a loss, a fund with an investment, a meeting."""
    province, keeper, today = province_user(), finance_user(), clock.today()
    pool = services.open_pool(name="资金池", basis="文件", cities=["370100"], opened_on=today, by=province)
    services.pay_into_pool(pool_id=pool.pk, amount=Decimal("100.00"), on=today, by=keeper)
    lost = entry(project, bank, "bad_debt", number="HZ", on=today, principal="1.00")
    services.find_loss(entry_id=lost.pk)
    entry(project, bank, "reversal", number="CZ", on=today, reverses="HZ", note="录错")
    facts = services.FundFacts("基金", "管理人", Decimal("100.00"), today, "专利")
    fund = services.found_fund(facts=facts, by=province)
    paid = services.Movement(Decimal("10.00"), today, "1")
    services.move_fund_money(fund_id=fund.pk, kind="contribution", movement=paid, by=keeper)
    spent = services.Movement(Decimal("5.00"), today, "2")
    services.invest(fund_id=fund.pk, movement=spent, by=keeper, firm=firm.organisation)
    meeting = services.MeetingFacts("对接会", today, "370100", "会议中心", "介绍产品")
    services.record_bank_meeting(
        facts=meeting, institutions=[bank.organisation], firms=[firm.organisation], by=province
    )
