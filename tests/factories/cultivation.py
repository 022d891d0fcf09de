"""Calls, applications and centres, made by the services."""

import datetime as dt
from dataclasses import replace
from decimal import Decimal

from django.core.files.uploadedfile import SimpleUploadedFile

from patents.services import centres
from patents.services import cultivation as services
from portal import clock
from tests.factories.accounts import holder_user, province_user

PDF = b"%PDF-1.7 stamped"
SCORES = {"basis": 20, "plan": 20, "transfer": 25, "team": 15}


def terms(**changes):
    today = clock.today()
    made = services.CallTerms(
        year=today.year,
        title="高价值专利培育中心申报",
        document_number="试验〔2026〕1号",
        opens_on=today - dt.timedelta(days=5),
        closes_on=today + dt.timedelta(days=20),
        quota=2,
        conditions="在技术领域内有稳定的研发投入。",
    )
    return replace(made, **changes)


def plan(**changes):
    made = services.CentrePlan(
        name="新材料高价值专利培育中心",
        technical_field="新材料",
        leader_name="方砚溪",
        team_names="史澈川、唐屿岚",
        partner_names="岱麓银行股份有限公司",
        basis="已有发明专利 60 件。",
        plan="围绕重点方向布局。",
        high_value_target=20,
        transfer_target=10,
    )
    return replace(made, **changes)


def published_call(**changes):
    by = province_user()
    call = services.save_call(by=by, terms=terms(**changes))
    return services.publish_call(call_id=call.pk, by=by)


def draft_application(user=None, call=None, **changes):
    user = user or holder_user()
    application = services.open_application(by=user, call_ref=(call or published_call()).ref, plan=plan(**changes))
    for purpose in ("application_form", "commitment"):
        file = SimpleUploadedFile(f"{purpose}.pdf", PDF + purpose.encode())
        services.attach_document(
            application_id=application.pk, by=user, purpose=purpose, file=file, file_name=file.name
        )
    return application


def submitted_application(user=None, call=None, **changes):
    user = user or holder_user()
    application = draft_application(user, call, **changes)
    return services.submit_application(application_id=application.pk, by=user)


def judged_application(user=None, call=None, *, totals=(0, 0, 0), by=None):
    """An application that three experts have judged; `totals` are added to the points for the plan."""
    application = submitted_application(user, call)
    by = by or province_user()
    for more in totals:
        expert = holder_user()
        review = services.assign_expert(application_id=application.pk, by=by, username=expert.username)
        services.score_review(
            review_id=review.pk,
            by=expert,
            no_conflict=True,
            scores=SCORES | {"plan": SCORES["plan"] + more},
            comment="方案可行。",
        )
    application.refresh_from_db()
    return application


def recognised_centre(user=None, *, recognised_on=None, call=None):
    application = judged_application(user, call)
    return services.recognise(
        application_id=application.pk,
        by=province_user(),
        document_number="试验〔2026〕9号",
        recognised_on=recognised_on or clock.today(),
    )


def year_report(year, **changes):
    made = centres.YearReport(
        year=year,
        filed_count=30,
        high_value_count=12,
        transferred_count=5,
        income_amount=Decimal("1200000.00"),
        spent_amount=Decimal("150000.00"),
        summary="完成年度任务。",
    )
    return replace(made, **changes)
