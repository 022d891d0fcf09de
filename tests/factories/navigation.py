"""Navigation calls, applications and projects, made by the services."""

import datetime as dt
from dataclasses import replace
from decimal import Decimal

from django.core.files.uploadedfile import SimpleUploadedFile

from portal import clock
from stats.services import navigation as services
from tests.factories.accounts import holder_user, province_user

PDF = b"%PDF-1.7 stamped"
SCORES = {"need": 25, "plan": 24, "results": 20, "team": 12}


def terms(**changes):
    today = clock.today()
    made = services.CallTerms(
        kind="key_industry",
        year=today.year,
        title="省重点产业专利导航项目申报",
        document_number="试验〔2026〕2号",
        opens_on=today - dt.timedelta(days=5),
        closes_on=today + dt.timedelta(days=20),
        quota=2,
        conditions="围绕省重点产业链。",
    )
    return replace(made, **changes)


def plan(**changes):
    made = services.ProjectPlan(
        name="海洋装备产业专利导航",
        industry="海洋装备",
        leader_name="方砚溪",
        team_names="史澈川、唐屿岚",
        partner_names="岱麓银行股份有限公司",
        basis="已建产业专利数据库。",
        plan="绘制专利地图，分析空白点。",
        results="向 100 家中小企业推送报告。",
        requested_amount=Decimal("300000.00"),
    )
    return replace(made, **changes)


def published_call(**changes):
    by = province_user()
    return services.publish_call(call_id=services.save_call(by=by, terms=terms(**changes)).pk, by=by)


def draft_application(user=None, call=None, **changes):
    user = user or holder_user()
    application = services.save_application(by=user, call_ref=(call or published_call()).ref, plan=plan(**changes))
    for purpose in ("application_form", "commitment"):
        file = SimpleUploadedFile(f"{purpose}.pdf", PDF + purpose.encode())
        services.attach_document(
            application_id=application.pk, by=user, purpose=purpose, file=file, file_name=file.name
        )
    return application


def submitted_application(user=None, call=None, **changes):
    user = user or holder_user()
    return services.submit_application(application_id=draft_application(user, call, **changes).pk, by=user)


def judged_application(user=None, call=None, *, experts=3, **changes):
    application = submitted_application(user, call, **changes)
    by = province_user()
    for _ in range(experts):
        expert = holder_user()
        review = services.assign_expert(application_id=application.pk, by=by, username=expert.username)
        services.score_review(review_id=review.pk, by=expert, no_conflict=True, scores=SCORES, comment="选题准确。")
    application.refresh_from_db()
    return application


def approved_project(user=None, call=None, *, approved_on=None, **changes):
    application = judged_application(user, call, **changes)
    day = approved_on or clock.today()
    return services.approve_application(
        application_id=application.pk,
        by=province_user(),
        document_number="试验〔2026〕8号",
        approved_on=day,
        due_on=day + dt.timedelta(days=300),
    )


def document(name="报告.pdf"):
    return SimpleUploadedFile(name, PDF)
