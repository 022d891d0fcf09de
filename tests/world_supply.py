"""The supply side of the world: deals, window, centres, recognitions, pre-filing, reform, bodies, interests."""

import datetime as dt
from decimal import Decimal

from django.core.files.uploadedfile import SimpleUploadedFile

from demand.models import MaturityCase
from demand.services import answer_need, refuse_match
from patents.models import Payout, ProvincialInstitution
from patents.policy.deal_terms import PayoutFacts
from patents.services import centres, cultivation
from patents.services import deals as services
from patents.services.evaluation import add_award
from portal.attachments.models import Attachment
from tests.factories.accounts import province_user
from tests.factories.bodies import reported
from tests.factories.cultivation import (
    PDF,
    draft_application,
    published_call,
    recognised_centre,
    submitted_application,
    year_report,
)
from tests.factories.deals import PAID, days_ago, divided, pdf, publicity_facts, talks
from tests.factories.prefiling import case_at, confirmed_adoption
from tests.factories.recognition import draft_recognition, submitted_recognition
from tests.factories.reform import draft_reform, submitted_reform
from tests.factories.window import draft_case, submitted_case


def supply_rows(*, firm, holder):
    """Make the rows of the two users' organisations; the keys that each of their addresses names."""
    return {
        **_deal(firm=firm, holder=holder),
        **_centre(holder),
        **_window(firm),
        **_registers(firm=firm, holder=holder),
    }


def _deal(*, firm, holder):
    """A deal whose money is divided and partly paid out, and talks with a public price and an objection."""
    deal, _, money, sheet = divided(holder=holder, firm=firm, city_code="370100")
    share = sheet.shares.filter(group="inventor").first()
    facts = PayoutFacts(amount=share.amount, paid_on=days_ago(PAID - 1))
    services.pay_out(share_id=share.pk, by=holder, facts=facts, file=pdf())
    open_deal, *_ = talks(holder=holder, firm=firm, city_code="370100")
    services.start_publicity(deal_id=open_deal.pk, by=holder, facts=publicity_facts())
    objection = services.record_objection(
        deal_id=open_deal.pk, by=holder, raised_by="唐屿岚", raised_on=days_ago(90), content="价格偏低"
    )
    receipt = deal.documents.filter(kind="receipt").get()
    return {
        "deals/<str:ref>/contract": open_deal.ref,
        "deals/<str:ref>/contract/supplement": deal.ref,
        "deals/<str:ref>/objections/<int:pk>": {"ref": open_deal.ref, "pk": objection.pk},
        "deals/<str:ref>/documents/<int:pk>": {"ref": deal.ref, "pk": receipt.pk},
        "deals/<str:ref>/money/<int:pk>": {"ref": deal.ref, "pk": money.pk},
        "deals/<str:ref>/income/money/<int:pk>": {"ref": deal.ref, "pk": money.pk},
        "deals/<str:ref>/income/payouts/<int:pk>": {"ref": deal.ref, "pk": Payout.objects.latest("pk").pk},
        "deals/<str:ref>/income/shares/<int:pk>": {"ref": deal.ref, "pk": share.pk},
        "deals/<str:ref>/income/<int:pk>": {"ref": deal.ref, "pk": sheet.pk},
        "deals/<str:ref>/step/<slug:code>": {"ref": deal.ref, "code": "message"},
        "deals/<str:ref>": deal.ref,
    }


def _centre(holder):
    """A centre with a grant and a year's report; an application in the making; one that `holder` judges."""
    year = 2024
    centre = recognised_centre(holder, recognised_on=dt.date(year, 7, 1))
    centres.approve_grant(centre_id=centre.pk, by=province_user(), amount=Decimal(200000))
    report = centres.report_year(centre_id=centre.pk, by=holder, report=year_report(year))
    file = SimpleUploadedFile("年度报告.pdf", PDF)
    centres.attach_report(check_id=report.pk, by=holder, file=file, file_name=file.name)
    call = published_call()
    judged = submitted_application(call=call)
    review = cultivation.assign_expert(application_id=judged.pk, by=province_user(), username=holder.username)
    draft = draft_application(holder, call)
    handed_in = submitted_application(holder, published_call())
    return {
        "centres/calls/<str:ref>": call.ref,
        "centres/reviews/<int:review_id>": review.pk,
        **_with_document("centres/applications/<str:ref>", draft),
        "centres/applications/<str:ref>/submit": handed_in.ref,
        "centres/<str:number>/report/<int:year>": {"number": centre.number, "year": year},
        "centres/<str:number>": centre.number,
    }


def _window(firm):
    draft = draft_case(firm)
    submitted_case(firm)
    return _with_document("window/cases/<str:ref>", draft)


def _with_document(place, row):
    document = Attachment.objects.of(row).first()
    return {f"{place}/documents/<int:attachment_id>": {"ref": row.ref, "attachment_id": document.pk}, place: row.ref}


def _registers(*, firm, holder):
    draft = draft_recognition(firm)
    submitted_recognition()
    reform = draft_reform(holder)
    submitted_reform(holder)
    ProvincialInstitution.objects.create(organisation=holder.organisation, listed_on=dt.date(2021, 1, 1))
    confirmed_adoption(holder)
    case = case_at("scored", holder)
    activity = reported(holder)
    return {
        "recognitions/mine/<str:ref>": draft.ref,
        "reforms/mine/<str:ref>": reform.ref,
        "prefiling/<str:ref>/<slug:name>": {"ref": case.ref, "name": "advise"},
        "prefiling/<str:ref>": case.ref,
        "bodies/<str:ref>/report/<int:activity_id>": {"ref": activity.body.ref, "activity_id": activity.pk},
        "bodies/<str:ref>": activity.body.ref,
    }


def answers_of(demand, patent, *, firm, holder):
    """An answer to the need, a "no" to a patent, and one that grew too early for three firms."""
    interest = answer_need(demand_id=demand.pk, by=holder, patent_id=patent.pk, message="已有样机，可试用。")
    refuse_match(demand_id=demand.pk, by=firm, patent_id=patent.pk, reasons=["too_early"])
    MaturityCase.objects.create(patent=patent, firm_count=3)
    add_award(
        patent_id=patent.pk,
        by=holder,
        kind="china_patent_award",
        name="中国专利优秀奖",
        dated_on=days_ago(90),
        document="公告",
    )
    return {
        "demands/<str:ref>/interests/<int:interest_id>": {"ref": demand.ref, "interest_id": interest.pk},
        "demands/<str:ref>/patents/<int:patent_id>": {"ref": demand.ref, "patent_id": patent.pk},
    }
