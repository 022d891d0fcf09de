import datetime as dt
from decimal import Decimal

import pytest
from django.urls import reverse

from portal import clock
from portal.errors import Conflict, Invalid, NotAllowed, NotFound, WrongState
from portal.outbox.models import Event
from stats.models import NavigationApplication, NavigationProject
from stats.queries import navigation as queries
from stats.services import navigation as services
from stats.services import navigation_projects as projects
from subsidies import consumers
from subsidies.models import Claim
from subsidies.services import approve_version, save_draft
from subsidies.services.rule_versions import Draft
from tests.concurrency import at_once
from tests.factories.accounts import city_user, holder_user, province_user, sme_user
from tests.factories.navigation import (
    SCORES,
    approved_project,
    document,
    draft_application,
    judged_application,
    plan,
    published_call,
    submitted_application,
    terms,
)
from tests.stats.refusals import refuse

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2026, 6, 10, 10, tzinfo=clock.SHANGHAI)
TODAY = NOW.date()


@pytest.fixture(autouse=True)
def _place(settings, tmp_path, monkeypatch):
    settings.MEDIA_ROOT = tmp_path
    monkeypatch.setattr(clock, "now", lambda: NOW)


def approve(application, *, by=None, approved_on=TODAY, due_on=dt.date(2027, 6, 1)):
    return services.approve_application(
        application_id=application.pk,
        by=by or province_user(),
        document_number="1 号",
        approved_on=approved_on,
        due_on=due_on,
    )


def supported(amount="300000.00"):
    """A project whose support was approved, and what subsidies made of it."""
    project = approved_project()
    projects.approve_support(project_id=project.pk, by=province_user(), amount=Decimal(amount))
    consumers.claim_navigation(Event.objects.get(name="stats.navigation.support_approved"))
    return project, queries.claim_of(project)


def test_a_project_goes_from_call_to_approval():
    applicant = holder_user()

    project = approved_project(applicant)

    assert (project.organisation, project.kind, project.approved_on) == (
        applicant.organisation,
        "key_industry",
        TODAY,
    )
    assert [(step.title, step.due_on) for step in project.milestones.all()] == [("提交成果报告", project.due_on)]
    assert list(queries.projects_approved(2026)) == [project]
    assert queries.projects_approved(2025).count() == 0


def test_a_year_counts_its_projects_against_the_two_of_the_plan():
    call = published_call(quota=3)
    approved_project(call=call)
    one = queries.counts_by_year()
    approved_project(call=call)

    assert one == [{"year": 2026, "count": 1, "is_enough": False}]
    approved_project(call=published_call(kind="regional"))
    assert queries.counts_by_year() == [{"year": 2026, "count": 2, "is_enough": True}]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"title": " "}, "title"),
        ({"kind": "x"}, "kind"),
        ({"closes_on": dt.date(2026, 1, 1)}, "closes_on"),
        ({"quota": 0}, "quota"),
    ],
)
def test_a_call_names_its_field(changes, field):
    refuse(Invalid, lambda: services.save_call(by=province_user(), terms=terms(**changes)), field=field)


def test_applying_is_refused_to_officials_outside_the_time_and_twice():
    call, user = published_call(), sme_user()

    def apply(by=user, ref=call.ref, **changes):
        return services.save_application(by=by, call_ref=ref, plan=plan(**changes))

    apply()
    refuse(Conflict, apply, code="applied_already")
    refuse(NotAllowed, lambda: apply(province_user()))
    refuse(NotFound, lambda: apply(ref="DH0"))
    refuse(Invalid, lambda: apply(industry=" "), field="industry")
    past = published_call(opens_on=dt.date(2026, 1, 1), closes_on=dt.date(2026, 2, 1))
    refuse(WrongState, lambda: apply(ref=past.ref))


def test_form_and_commitment_must_be_there():
    user = holder_user()
    application = services.save_application(by=user, call_ref=published_call().ref, plan=plan())

    refuse(
        Invalid,
        lambda: services.submit_application(application_id=application.pk, by=user),
        message="还缺材料：申报书、承诺书。",
    )


def test_experts_with_an_interest_are_refused():
    applicant = holder_user()
    application = submitted_application(applicant)
    colleague = sme_user(organisation=applicant.organisation)
    partner = holder_user()
    partner.organisation.name = "岱麓银行股份有限公司"
    partner.organisation.save()
    member = holder_user(last_name="史", first_name="澈川")

    for expert in (colleague, partner, member):
        refuse(
            Invalid,
            lambda expert=expert: services.assign_expert(
                application_id=application.pk, by=province_user(), username=expert.username
            ),
            code="conflict_of_interest",
        )
    refuse(
        NotAllowed,
        lambda: services.assign_expert(application_id=application.pk, by=city_user(), username=partner.username),
    )


def test_an_expert_scores_once_and_declares_no_interest():
    application = submitted_application()
    expert = holder_user()
    review = services.assign_expert(application_id=application.pk, by=province_user(), username=expert.username)

    def score(by=expert, no_conflict=True, scores=SCORES):
        return services.score_review(review_id=review.pk, by=by, no_conflict=no_conflict, scores=scores, comment="可行")

    refuse(NotFound, lambda: score(holder_user()))
    refuse(Invalid, lambda: score(no_conflict=False), field="no_conflict")
    refuse(Invalid, lambda: score(scores=SCORES | {"need": 31}), field="need")
    assert score().total == 81
    refuse(WrongState, score)


def test_approval_waits_for_three_scores_and_keeps_the_number():
    call = published_call(quota=1)
    two = judged_application(call=call, experts=2)

    refuse(WrongState, lambda: approve(two), code="too_few_reviews")
    waiting = holder_user()
    services.assign_expert(application_id=two.pk, by=province_user(), username=waiting.username)
    refuse(WrongState, lambda: approve(two), code="reviews_open")
    first, second = judged_application(call=call), judged_application(call=call)
    refuse(Invalid, lambda: approve(first, approved_on=dt.date(2026, 6, 11)), field="approved_on")
    refuse(Invalid, lambda: approve(first, due_on=TODAY), field="due_on")
    refuse(NotAllowed, lambda: approve(first, by=city_user()))
    approve(first)
    refuse(Conflict, lambda: approve(second), code="quota_used_up")


def test_milestones_are_reported_by_who_carries_the_project():
    user = holder_user()
    project = approved_project(user)
    step = projects.add_step(project_id=project.pk, by=province_user(), title="中期报告", due_on=dt.date(2026, 12, 1))

    def report(by=user, text="完成数据库。", file=None, spent="1.00"):
        return projects.report_step(step_id=step.pk, by=by, report=text, spent_amount=Decimal(spent), file=file)

    refuse(Invalid, report, code="documents_missing")
    refuse(Invalid, lambda: report(text=" ", file=document()), field="report")
    refuse(Invalid, lambda: report(file=document(), spent="-1"), field="spent_amount")
    refuse(NotFound, lambda: report(holder_user(), file=document()))
    report(file=document())
    refuse(NotAllowed, lambda: projects.confirm_step(step_id=step.pk, by=user))
    projects.return_step(step_id=step.pk, by=province_user(), note="补充数据来源。")
    report()
    confirmed = projects.confirm_step(step_id=step.pk, by=province_user())

    assert (confirmed.state, confirmed.spent_amount) == ("confirmed", Decimal("1.00"))


def test_a_milestone_lies_within_the_project():
    project = approved_project()
    step = {"project_id": project.pk, "by": province_user(), "title": "中期"}

    refuse(Invalid, lambda: projects.add_step(**step, due_on=dt.date(2029, 1, 1)), field="due_on")
    projects.add_step(**step, due_on=TODAY)
    refuse(Conflict, lambda: projects.add_step(**step, due_on=TODAY), field="title")


def test_a_project_is_accepted_when_all_is_confirmed():
    user = holder_user()
    project = approved_project(user)
    step = project.milestones.get()

    def accept():
        return projects.accept_project(project_id=project.pk, by=province_user(), result="达到预期。")

    refuse(WrongState, accept, code="milestones_open")
    projects.report_step(step_id=step.pk, by=user, report="成果", spent_amount=Decimal(0), file=document())
    projects.confirm_step(step_id=step.pk, by=province_user())
    accepted = accept()

    assert (accepted.state, accepted.ended_on) == ("accepted", TODAY)
    refuse(WrongState, lambda: projects.terminate_project(project_id=project.pk, by=province_user(), result="x"))


def test_support_becomes_a_claim_that_cannot_be_paid_while_no_rule_states_the_amount():
    project, claim = supported()

    assert (claim.kind, claim.organisation, claim.state) == ("navigation_support", project.organisation, "candidate")
    assert (claim.amount, claim.rule.code, claim.rule.is_unconfirmed) == (None, "SD-PLAN-2021-NAVIGATION", True)
    assert [row["fact"] for row in claim.missing] == ["适用规则没有写明计算基数或金额，各种读法并列，暂不能支付"]


def test_support_told_twice_is_one_claim():
    supported()

    consumers.claim_navigation(Event.objects.get(name="stats.navigation.support_approved"))

    assert Claim.objects.filter(kind="navigation_support").count() == 1


def test_a_document_that_states_the_amount_makes_the_claim_payable():
    _, claim = supported("300000.00")
    draft = Draft(
        code="SD-NAVIGATION-2026",
        kind="navigation_support",
        title="专利导航项目经费",
        document_number="试验〔2026〕10号",
        source="",
        confidence=Decimal("1.00"),
        chosen_by="recognition_date",
        in_force_from=dt.date(2026, 1, 1),
        in_force_to=None,
        parameters={"formula": "grant", "max_per_item": "200000.00", "articles": {"default": "第五条"}},
        note="",
    )
    rule = save_draft(by=province_user(), draft=draft)
    approve_version(rule_id=rule.pk, by=province_user())

    consumers.renew_navigation(Event.objects.get(name="subsidies.rule.approved"))

    claim.refresh_from_db()
    assert (claim.rule.code, claim.amount, claim.missing) == ("SD-NAVIGATION-2026", Decimal("200000.00"), [])


@pytest.mark.parametrize("amount", ["0", "-1", "300000.01"])
def test_support_is_at_most_what_was_asked_for(amount):
    project = approved_project()

    refuse(
        Invalid,
        lambda: projects.approve_support(project_id=project.pk, by=province_user(), amount=Decimal(amount)),
        field="amount",
    )


def test_support_is_approved_once_and_by_the_province():
    project = approved_project()

    def support(by):
        return projects.approve_support(project_id=project.pk, by=by, amount=Decimal(1))

    refuse(NotAllowed, lambda: support(city_user()))
    support(province_user())
    refuse(Conflict, lambda: support(province_user()), code="approved_already")


def test_an_institute_applies_over_the_pages(client):
    user = holder_user()
    call = published_call()
    client.force_login(user)
    values = {name: str(value) for name, value in plan().values().items()} | {"requested_amount": "30"}

    client.post(reverse("stats:navigation_apply", args=[call.ref]), values)
    application = NavigationApplication.objects.get()
    for purpose in ("application_form", "commitment"):
        address = reverse("stats:navigation_document", args=[application.ref])
        client.post(address, {"purpose": purpose, "file": document(f"{purpose}.pdf")})
    client.post(reverse("stats:navigation_submit", args=[application.ref]))

    application.refresh_from_db()
    assert (application.state, application.requested_amount) == ("submitted", Decimal("300000.00"))


def test_the_project_page_shows_support_to_its_own_organisation_only(client):
    project, claim = supported()
    address = reverse("stats:navigation_project", args=[project.number])

    public = client.get(address)
    client.force_login(holder_user())
    other = client.get(address)
    owner = project.organisation.users.first()
    client.force_login(owner)
    own = client.get(address)

    assert [claim.ref in page.content.decode() for page in (public, other, own)] == [False, False, True]


@pytest.mark.parametrize("rows", [1, 3])
def test_list_query_counts(client, django_assert_num_queries, rows):
    call = published_call(quota=5)
    for _ in range(rows):
        approved_project(call=call)

    with django_assert_num_queries(4):
        page = client.get(reverse("stats:navigation"))

    assert len(page.context["page"]) == rows


def test_drafts_of_others_are_not_there(client):
    application = draft_application()
    client.force_login(holder_user())

    assert client.get(reverse("stats:navigation_application", args=[application.ref])).status_code == 404


@pytest.mark.django_db(transaction=True)
def test_the_last_place_goes_to_one_of_two_applications():
    call = published_call(quota=1)
    applications = [judged_application(call=call) for _ in range(2)]
    officials = [province_user(), province_user()]

    results = at_once(
        *[lambda pair=pair: approve(pair[0], by=pair[1]) for pair in zip(applications, officials, strict=True)]
    )

    assert sorted(results) == ["", "quota_used_up"]
    assert NavigationProject.objects.count() == 1
