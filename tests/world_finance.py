"""What the world knows of the firm beside its loan: a questionnaire with answers, a visit, credit, a line."""

import datetime as dt
from decimal import Decimal

from finance import services
from finance.checks.surveys import QuestionFacts
from finance.models import CreditLine
from portal import clock
from portal.api.services import bind_certificate
from tests.factories.accounts import province_user


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
    return {
        "finance/questionnaires/<int:pk>": asked.pk,
        "finance/questionnaires/<int:pk>/edit": draft.pk,
        "finance/questionnaires/responses/<int:pk>": response.pk,
    }
