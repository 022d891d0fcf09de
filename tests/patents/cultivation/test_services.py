import datetime as dt
from decimal import Decimal

import pytest

from patents.models import Centre, CentreApplication, CentreCheck, CentreGrant, CentreReview, CultivationCall
from patents.queries import cultivation as queries
from patents.services import centres
from patents.services import cultivation as services
from patents.services.grant_rules import GrantRuleFacts, approve_grant_rule, draft_grant_rule
from portal import clock
from portal.attachments.models import Attachment
from portal.audit.models import AuditEntry
from portal.errors import Conflict, Invalid, NotAllowed, NotFound, ServiceError, WrongState
from portal.notices.models import Notice
from portal.outbox.models import Event
from tests.factories.accounts import (
    OrganisationFactory,
    UserFactory,
    city_user,
    finance_user,
    holder_user,
    province_user,
    sme_user,
)
from tests.factories.cultivation import (
    SCORES,
    draft_application,
    judged_application,
    plan,
    published_call,
    recognised_centre,
    submitted_application,
    terms,
    year_report,
)

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2024, 6, 12, 10, tzinfo=clock.SHANGHAI)


@pytest.fixture(autouse=True)
def _place(settings, tmp_path, monkeypatch):
    settings.MEDIA_ROOT = tmp_path
    monkeypatch.setattr(clock, "now", lambda: NOW)


def traces():
    return (
        [list(model.objects.order_by("pk").values()) for model in (CultivationCall, CentreApplication, CentreReview)],
        [list(model.objects.order_by("pk").values()) for model in (Centre, CentreGrant, CentreCheck)],
        [model.objects.count() for model in (Event, AuditEntry, Notice, Attachment)],
    )


def refuse(error, verb, *, field=None, code=None, message=None):
    """The verb refuses and leaves no trace."""
    before = traces()
    with pytest.raises(error) as refusal:
        verb()
    assert traces() == before
    assert field in (None, refusal.value.field)
    assert code in (None, refusal.value.code)
    if message is not None:
        assert refusal.value.message == message


def test_centre_goes_from_call_to_recognition():
    applicant = holder_user()

    centre = recognised_centre(applicant, recognised_on=dt.date(2024, 6, 1))

    application = centre.application
    assert (centre.recognised_on, centre.valid_until) == (dt.date(2024, 6, 1), dt.date(2027, 5, 31))
    assert (application.state, centre.organisation) == ("recognised", applicant.organisation)
    assert Event.objects.filter(name="patents.centre.recognised").get().payload == {
        "centre_number": centre.number,
        "organisation_id": applicant.organisation_id,
    }
    assert list(Notice.objects.filter(recipient=applicant.organisation).values_list("title", flat=True)) == [
        f"培育中心申报 {application.ref} 已认定"
    ]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"title": " "}, "title"),
        ({"conditions": ""}, "conditions"),
        ({"closes_on": dt.date(2024, 1, 1)}, "closes_on"),
        ({"quota": 0}, "quota"),
    ],
)
def test_bad_call_names_its_field(changes, field):
    by = province_user()

    refuse(Invalid, lambda: services.save_call(by=by, terms=terms(**changes)), field=field)


def test_call_is_the_provinces_and_stays_after_publication():
    by, city = province_user(), city_user()
    call = published_call()

    refuse(NotAllowed, lambda: services.save_call(by=city, terms=terms()))
    refuse(WrongState, lambda: services.save_call(by=by, terms=terms(quota=9), call_id=call.pk))
    assert (call.min_experts, [row["max"] for row in call.criteria]) == (3, [25, 25, 30, 20])


def test_call_with_undecided_applications_is_not_closed():
    application = submitted_application()
    by = province_user()

    refuse(WrongState, lambda: services.close_call(call_id=application.call_id, by=by))
    services.turn_down(application_id=application.pk, by=by, note="不符合条件")

    assert services.close_call(call_id=application.call_id, by=by).state == "closed"


def test_organisation_applies_once_in_a_call():
    user = holder_user()
    first = draft_application(user)

    refuse(
        Conflict,
        lambda: services.open_application(by=user, call_ref=first.call.ref, plan=plan()),
        code="applied_already",
    )
    services.withdraw_application(application_id=first.pk, by=user)

    assert services.open_application(by=user, call_ref=first.call.ref, plan=plan()).state == "draft"


def test_only_universities_institutes_and_service_bodies_apply():
    call = published_call()
    state_firm = UserFactory(role="holder", organisation=OrganisationFactory(kind="state_firm"))
    city = city_user()

    refuse(
        Invalid,
        lambda: services.open_application(by=state_firm, call_ref=call.ref, plan=plan()),
        code="not_eligible",
    )
    refuse(NotAllowed, lambda: services.open_application(by=city, call_ref=call.ref, plan=plan()))
    kinds = [
        services.open_application(by=user, call_ref=call.ref, plan=plan()).applicant_kind
        for user in (
            holder_user(),
            UserFactory(role="holder", organisation=OrganisationFactory(kind="institute")),
            sme_user(),
        )
    ]
    assert kinds == ["university", "institute", "service"]


def test_application_after_the_closing_day_is_refused_unless_it_was_returned(monkeypatch):
    user, late = holder_user(), holder_user()
    call = published_call(closes_on=dt.date(2024, 6, 12))
    draft = draft_application(late, call)
    returned = submitted_application(user, call)
    services.return_application(application_id=returned.pk, by=province_user(), note="请补充目标依据")
    monkeypatch.setattr(clock, "now", lambda: NOW + dt.timedelta(days=1))

    refuse(WrongState, lambda: services.submit_application(application_id=draft.pk, by=late))
    again = services.submit_application(application_id=returned.pk, by=user)

    assert (again.state, again.note) == ("submitted", "")


def test_application_without_its_documents_is_refused():
    user = holder_user()
    application = services.open_application(by=user, call_ref=published_call().ref, plan=plan())

    refuse(
        Invalid,
        lambda: services.submit_application(application_id=application.pk, by=user),
        message="还缺材料：申报书、承诺书。",
    )


@pytest.mark.parametrize(
    ("changes", "field"), [({"name": ""}, "name"), ({"plan": " "}, "plan"), ({"transfer_target": 0}, "transfer_target")]
)
def test_bad_plan_names_its_field(changes, field):
    user, call = holder_user(), published_call()

    refuse(
        Invalid,
        lambda: services.open_application(by=user, call_ref=call.ref, plan=plan(**changes)),
        field=field,
    )


def test_expert_sees_the_application_and_cannot_change_it():
    application = submitted_application()
    expert = holder_user()
    services.assign_expert(application_id=application.pk, by=province_user(), username=expert.username)

    assert list(CentreApplication.objects.visible_to(expert)) == [application]
    for verb in (
        lambda: services.withdraw_application(application_id=application.pk, by=expert),
        lambda: services.change_application(application_id=application.pk, by=expert, plan=plan()),
        lambda: services.submit_application(application_id=application.pk, by=expert),
    ):
        refuse(NotFound, verb)


def test_expert_with_a_conflict_is_not_assigned():
    applicant = holder_user()
    application = submitted_application(applicant)
    by = province_user()
    colleague = UserFactory(role="holder", organisation=applicant.organisation)
    member = holder_user(last_name="史", first_name="澈川")

    for expert, reason in ((colleague, "专家与申报单位是同一单位"), (member, "专家是申报团队成员")):
        refuse(
            Invalid,
            lambda expert=expert: services.assign_expert(
                application_id=application.pk, by=by, username=expert.username
            ),
            code="conflict_of_interest",
            message=f"须回避：{reason}。",
        )
    refuse(
        Invalid,
        lambda: services.assign_expert(application_id=application.pk, by=by, username="nobody"),
        field="username",
    )
    application.refresh_from_db()
    assert application.state == "submitted"


def test_expert_is_asked_once_and_by_the_province():
    application = submitted_application()
    expert, by, city = holder_user(), province_user(), city_user()
    services.assign_expert(application_id=application.pk, by=by, username=expert.username)

    refuse(Conflict, lambda: services.assign_expert(application_id=application.pk, by=by, username=expert.username))
    other = holder_user()
    refuse(
        NotAllowed,
        lambda: services.assign_expert(application_id=application.pk, by=city, username=other.username),
    )


def test_scores_are_given_once_alone_and_without_interest():
    application = submitted_application()
    expert, other = holder_user(), holder_user()
    by = province_user()
    review = services.assign_expert(application_id=application.pk, by=by, username=expert.username)
    services.assign_expert(application_id=application.pk, by=by, username=other.username)
    given = {"review_id": review.pk, "by": expert, "scores": SCORES, "comment": "可行", "no_conflict": True}

    refuse(Invalid, lambda: services.score_review(**given | {"no_conflict": False}), field="no_conflict")
    refuse(Invalid, lambda: services.score_review(**given | {"scores": SCORES | {"plan": 26}}), field="plan")
    refuse(Invalid, lambda: services.score_review(**given | {"comment": " "}), field="comment")
    refuse(NotFound, lambda: services.score_review(**given | {"by": other}))
    scored = services.score_review(**given)

    assert (scored.total, scored.scores) == (80, SCORES)
    refuse(WrongState, lambda: services.score_review(**given))
    assert [review.expert for review in CentreReview.objects.visible_to(other)] == [other]


def test_declined_review_is_replaced_and_hides_the_application():
    application = submitted_application()
    expert = holder_user()
    review = services.assign_expert(application_id=application.pk, by=province_user(), username=expert.username)

    refuse(Invalid, lambda: services.decline_review(review_id=review.pk, by=expert, reason=""), field="reason")
    services.decline_review(review_id=review.pk, by=expert, reason="曾与负责人合作")

    assert list(CentreApplication.objects.visible_to(expert)) == []


@pytest.mark.parametrize(
    ("totals", "code"),
    [((), "wrong_state"), ((0,), "too_few_reviews"), ((0, 1), "too_few_reviews")],
)
def test_recognition_needs_three_experts(totals, code):
    application = judged_application(totals=totals)
    by = province_user()

    refuse(
        WrongState,
        lambda: services.recognise(
            application_id=application.pk, by=by, document_number="1号", recognised_on=clock.today()
        ),
        code=code,
    )


def test_recognition_waits_for_every_expert_asked():
    application = judged_application()
    by = province_user()
    services.assign_expert(application_id=application.pk, by=by, username=holder_user().username)

    refuse(
        WrongState,
        lambda: services.recognise(
            application_id=application.pk, by=by, document_number="1号", recognised_on=clock.today()
        ),
        code="reviews_open",
    )


def test_recognition_stays_within_the_quota():
    call = published_call(quota=1)
    recognised_centre(call=call)
    second = judged_application(call=call)
    by = province_user()

    refuse(
        Conflict,
        lambda: services.recognise(application_id=second.pk, by=by, document_number="1号", recognised_on=clock.today()),
        code="quota_used_up",
    )


@pytest.mark.parametrize(
    ("changes", "field"),
    [({"document_number": ""}, "document_number"), ({"recognised_on": dt.date(2024, 6, 13)}, "recognised_on")],
)
def test_recognition_has_its_document_and_day(changes, field):
    application = judged_application()
    given = {"application_id": application.pk, "by": province_user(), "document_number": "1号"}

    refuse(Invalid, lambda: services.recognise(**given | {"recognised_on": clock.today()} | changes), field=field)


def test_spread_and_points_of_the_experts():
    application = judged_application(totals=(5, -15, 0))

    found = queries.spread_of(application)

    assert (found.count, found.mean, found.lowest, found.highest, found.width) == (3, Decimal("76.7"), 65, 85, 20)
    assert [row["points"] for row in queries.score_table(application)] == [
        [20, 20, 20],
        [25, 5, 20],
        [25, 25, 25],
        [15, 15, 15],
    ]


def test_grant_is_within_the_ceiling_and_told_with_its_parts():
    centre = recognised_centre()
    by = province_user()

    grant = centres.approve_grant(centre_id=centre.pk, by=by, amount=Decimal("300000.00"))

    assert [(part.place, part.amount) for part in grant.instalments.all()] == [
        (1, Decimal("150000.00")),
        (2, Decimal("150000.00")),
    ]
    assert Event.objects.latest("id").name == "patents.centre.grant_approved"
    assert Event.objects.latest("id").payload == {
        "centre_number": centre.number,
        "grant_id": grant.pk,
        "organisation_id": centre.organisation_id,
        "amount": "300000.00",
        "rule_code": "SD-PLAN-2021-CENTRE",
        "instalments": ["150000.00", "150000.00"],
    }
    refuse(
        Conflict,
        lambda: centres.approve_grant(centre_id=centre.pk, by=by, amount=Decimal(1)),
        code="granted_already",
    )


@pytest.mark.parametrize("amount", [Decimal("300000.01"), Decimal(0), Decimal(-5)])
def test_grant_outside_the_ceiling_is_refused(amount):
    centre = recognised_centre()
    by = province_user()

    refuse(
        Invalid,
        lambda: centres.approve_grant(centre_id=centre.pk, by=by, amount=amount),
        field="amount",
        message="金额应大于 0 且不超过 300,000.00 元（SD-PLAN-2021-CENTRE）。",
    )


def test_rule_without_a_ceiling_pays_nothing(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: dt.datetime(2025, 9, 1, 10, tzinfo=clock.SHANGHAI))
    centre = recognised_centre()
    by = province_user()

    refuse(
        Invalid,
        lambda: centres.approve_grant(centre_id=centre.pk, by=by, amount=Decimal(1000)),
        code="no_ceiling",
    )


def amount_of_2025(**changes):
    values = {
        "document_number": "试验〔2025〕3号",
        "article": "第十条：每家支持二十万元",
        "max_amount": Decimal("200000.00"),
        "in_force_from": dt.date(2025, 7, 30),
    }
    return GrantRuleFacts(**values | changes)


def test_amount_that_two_officers_entered_can_be_granted(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: dt.datetime(2025, 9, 1, 10, tzinfo=clock.SHANGHAI))
    centre = recognised_centre()
    drafter, other = province_user(), province_user()
    drafted = draft_grant_rule(by=drafter, facts=amount_of_2025())
    refuse(NotAllowed, lambda: approve_grant_rule(by=drafter))
    with pytest.raises(Invalid) as refused:
        centres.approve_grant(centre_id=centre.pk, by=drafter, amount=Decimal(200000))
    assert refused.value.code == "no_ceiling"

    approved = approve_grant_rule(by=other)

    assert (approved.pk, approved.code, approved.state) == (drafted.pk, "SD-CENTRE-20250730-1", "in_force")
    refuse(
        Invalid,
        lambda: centres.approve_grant(centre_id=centre.pk, by=drafter, amount=Decimal("200000.01")),
        message="金额应大于 0 且不超过 200,000.00 元（SD-CENTRE-20250730-1）。",
    )
    grant = centres.approve_grant(centre_id=centre.pk, by=drafter, amount=Decimal("200000.00"))
    assert grant.rule == approved


def test_amount_for_2025_leaves_centres_of_before_alone(monkeypatch):
    before = recognised_centre()
    monkeypatch.setattr(clock, "now", lambda: dt.datetime(2025, 9, 1, 10, tzinfo=clock.SHANGHAI))
    draft_grant_rule(by=province_user(), facts=amount_of_2025())
    approve_grant_rule(by=province_user())

    assert queries.ceiling_of(queries.grant_rule_of(before)) == Decimal("300000.00")


def test_draft_that_waits_is_replaced_and_none_is_none(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: dt.datetime(2025, 9, 1, 10, tzinfo=clock.SHANGHAI))
    by = province_user()
    refuse(NotFound, lambda: approve_grant_rule(by=by))
    draft_grant_rule(by=by, facts=amount_of_2025())

    draft_grant_rule(by=by, facts=amount_of_2025(max_amount=Decimal("250000.00")))

    assert queries.ceiling_of(queries.waiting_grant_rule()) == Decimal("250000.00")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"document_number": " "}, "document_number"),
        ({"article": ""}, "article"),
        ({"max_amount": Decimal(0)}, "max_amount"),
        ({"max_amount": Decimal("0.001")}, "max_amount"),
        ({"max_amount": Decimal(100_000_000)}, "max_amount"),
        ({"in_force_from": dt.date(2020, 1, 1)}, "in_force_from"),
        ({"in_force_from": dt.date(2025, 7, 30)}, "in_force_from"),
    ],
)
def test_amount_that_no_document_states_is_refused(changes, field):
    by = province_user()
    given = amount_of_2025(**{"in_force_from": dt.date(2024, 6, 1)} | changes)

    refuse(Invalid, lambda: draft_grant_rule(by=by, facts=given), field=field)


def test_amount_is_entered_by_the_province_alone():
    for user in (city_user(), finance_user(), holder_user()):
        refuse(
            NotAllowed,
            lambda user=user: draft_grant_rule(by=user, facts=amount_of_2025(in_force_from=dt.date(2024, 6, 1))),
        )


def test_second_instalment_waits_for_a_passed_year():
    owner = holder_user()
    centre = recognised_centre(owner)
    grant = centres.approve_grant(centre_id=centre.pk, by=province_user(), amount=Decimal(100000))
    finance, province = finance_user(), province_user()
    pay = {"grant_id": grant.pk, "by": finance, "paid_on": clock.today()}

    refuse(NotAllowed, lambda: centres.record_instalment(**pay | {"by": province}, place=1))
    refuse(WrongState, lambda: centres.record_instalment(**pay, place=2))
    centres.record_instalment(**pay, place=1)
    refuse(Conflict, lambda: centres.record_instalment(**pay, place=1))
    refuse(WrongState, lambda: centres.record_instalment(**pay, place=2))
    check = centres.report_year(centre_id=centre.pk, by=owner, report=year_report(2024))
    centres.pass_check(check_id=check.pk, by=province)

    assert centres.record_instalment(**pay, place=2).paid_on == dt.date(2024, 6, 12)
    refuse(NotFound, lambda: centres.record_instalment(**pay, place=3))


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"year": 2023}, "year"),
        ({"year": 2025}, "year"),
        ({"filed_count": -1}, "filed_count"),
        ({"income_amount": Decimal("-0.01")}, "income_amount"),
        ({"summary": " "}, "summary"),
    ],
)
def test_bad_report_names_its_field(changes, field):
    owner = holder_user()
    centre = recognised_centre(owner)

    refuse(
        Invalid,
        lambda: centres.report_year(centre_id=centre.pk, by=owner, report=year_report(**{"year": 2024} | changes)),
        field=field,
    )


def test_report_is_handed_in_again_only_after_a_return():
    owner = holder_user()
    centre = recognised_centre(owner)
    by = province_user()
    check = centres.report_year(centre_id=centre.pk, by=owner, report=year_report(2024))

    refuse(WrongState, lambda: centres.report_year(centre_id=centre.pk, by=owner, report=year_report(2024)))
    refuse(Invalid, lambda: centres.return_check(check_id=check.pk, by=by, note=""), field="note")
    centres.return_check(check_id=check.pk, by=by, note="请附转化合同")
    again = centres.report_year(centre_id=centre.pk, by=owner, report=year_report(2024, transferred_count=7))

    assert (again.pk, again.state, again.transferred_count, again.note) == (check.pk, "submitted", 7, "")


def test_report_of_another_centre_is_not_found():
    centre = recognised_centre()
    stranger = holder_user()

    refuse(NotFound, lambda: centres.report_year(centre_id=centre.pk, by=stranger, report=year_report(2024)))


def test_renewal_follows_a_passed_year_and_adds_a_term():
    owner = holder_user()
    centre = recognised_centre(owner)
    by = province_user()

    refuse(WrongState, lambda: centres.renew_centre(centre_id=centre.pk, by=by), code="no_passed_check")
    check = centres.report_year(centre_id=centre.pk, by=owner, report=year_report(2024))
    centres.pass_check(check_id=check.pk, by=by)
    renewed = centres.renew_centre(centre_id=centre.pk, by=by)

    assert (renewed.valid_until, renewed.renewed_on) == (dt.date(2030, 6, 11), dt.date(2024, 6, 12))


def test_revoked_centre_is_counted_until_its_day_and_gets_nothing_more():
    centre = recognised_centre(recognised_on=dt.date(2024, 6, 1))
    by = province_user()

    refuse(Invalid, lambda: centres.revoke_centre(centre_id=centre.pk, by=by, note=" "), field="note")
    centres.revoke_centre(centre_id=centre.pk, by=by, note="弄虚作假")

    refuse(ServiceError, lambda: centres.approve_grant(centre_id=centre.pk, by=by, amount=Decimal(1)))
    refuse(WrongState, lambda: centres.renew_centre(centre_id=centre.pk, by=by))
    days = [dt.date(2024, 5, 31), dt.date(2024, 6, 1), dt.date(2024, 6, 11), dt.date(2024, 6, 12)]
    assert [queries.centres_valid_on(day).count() for day in days] == [0, 1, 1, 0]
    assert [queries.centres_recognised_by(day).count() for day in days] == [0, 1, 1, 0]


def test_expired_centre_still_counts_as_supported():
    centre = recognised_centre()
    later = centre.valid_until + dt.timedelta(days=1)

    assert queries.centres_valid_on(later).count() == 0
    assert queries.centres_recognised_by(later).get() == centre
