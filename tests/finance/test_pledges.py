"""Registrations of pledges beside the patents' legal events, and what is left of a patent."""

import datetime as dt
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from finance import services
from finance.consumers import follow_pledge, recompute_cover, recompute_cover_without, unfollow_pledge
from finance.models import CoverAlert, Loan, PledgeRegistration, PledgeStep
from finance.queries.watch import life_of
from finance.services.pledges import missing_papers
from patents.models import LegalEvent
from patents.services import record_event
from patents.services.legal_voiding import void_event
from portal import clock
from portal.errors import Conflict, Invalid, NotAllowed, NotFound, WrongState
from portal.outbox.models import Event
from tests.factories.accounts import city_user, province_user
from tests.factories.finance import lent_project
from tests.factories.patents import PatentFactory, announced
from tests.factories.policy import load_shipped

D = dt.date
pytestmark = pytest.mark.django_db
TODAY = clock.today


@pytest.fixture
def lent():
    load_shipped()
    return lent_project()


def handed_in(lent, by=None, **changes):
    project, bank = lent
    facts = {"pledgee": bank.organisation, "submitted_on": D(2026, 3, 1), "secured_amount": Decimal("2000000.00")}
    return services.submit_pledge(
        project_id=project.pk, facts=services.PledgeFacts(**facts | changes), by=by or city_user(project.city_code)
    )


def with_papers(pledge, by):
    for purpose in ("application", "contract", "identity"):
        file = SimpleUploadedFile(f"{purpose}.pdf", b"%PDF-1.7\n" + purpose.encode() + b"\n%%EOF\n")
        services.attach_pledge_paper(pledge_id=pledge.pk, purpose=purpose, file=file, by=by)


def deliver(name):
    """What the outbox would hand to finance."""
    for event in Event.objects.filter(name=name).order_by("id"):
        if name.endswith("recorded"):
            follow_pledge(event)
            recompute_cover(event)
        else:
            unfollow_pledge(event)
            recompute_cover_without(event)


def test_a_pledge_is_registered_changed_and_cancelled_with_an_event_for_each_patent(lent):
    project, bank = lent
    city = city_user(project.city_code)
    pledge = handed_in(lent, by=city)
    with_papers(pledge, city)

    services.announce_pledge(pledge_id=pledge.pk, code="PE01", on=D(2026, 3, 5), number="Y2026370001", by=city)

    pledge.refresh_from_db()
    patent = project.patents.get()
    assert (pledge.state, pledge.number, pledge.registered_on) == ("registered", "Y2026370001", D(2026, 3, 5))
    assert patent.overlays == ["pledged"]
    event = LegalEvent.objects.get()
    assert (event.code, event.reference) == ("PE01", "Y2026370001")
    assert event.facts == {
        "pledgor": project.organisation.name, "pledgee": bank.organisation.name, "secured_amount": "2000000.00",
    }  # fmt: skip
    services.announce_pledge(pledge_id=pledge.pk, code="PM01", on=D(2026, 4, 1), note="债权人更名", by=city)
    services.announce_pledge(pledge_id=pledge.pk, code="PC01", on=D(2026, 5, 1), by=city)
    pledge.refresh_from_db()
    patent.refresh_from_db()
    assert (pledge.state, pledge.ended_on, patent.overlays) == ("cancelled", D(2026, 5, 1), [])
    assert list(PledgeStep.objects.values_list("code", flat=True)) == ["PE01", "PM01", "PC01"]
    deliver("patents.legal_event.recorded")
    assert PledgeStep.objects.count() == 3


def test_missing_papers_are_named_and_keep_a_pledge_from_being_registered(lent):
    project, _ = lent
    city = city_user(project.city_code)
    pledge = handed_in(lent, by=city, has_agent=True, has_valuation=True)

    assert [one.value for one in missing_papers(pledge)] == [
        "application", "contract", "identity", "authority", "valuation",
    ]  # fmt: skip
    with pytest.raises(Conflict, match="缺少材料"):
        services.announce_pledge(pledge_id=pledge.pk, code="PE01", on=D(2026, 3, 5), number="Y1", by=city)

    pledge.refresh_from_db()
    assert (pledge.state, LegalEvent.objects.count()) == ("submitted", 0)


def test_a_second_registration_waits_for_the_end_of_the_first(lent):
    handed_in(lent)

    with pytest.raises(Conflict):
        handed_in(lent)


@pytest.mark.parametrize(
    ("changes", "field"),
    [({"submitted_on": D(2100, 1, 1)}, "submitted_on"), ({"secured_amount": Decimal(0)}, "secured_amount")],
)
def test_what_cannot_be_handed_in_names_its_field(lent, changes, field):
    with pytest.raises(Invalid) as refusal:
        handed_in(lent, **changes)

    assert refusal.value.field == field
    assert not PledgeRegistration.objects.exists()


def test_only_the_projects_officials_record(lent):
    project, bank = lent
    for user, error in [
        (bank, NotAllowed),
        (project.organisation.users.get(), NotAllowed),
        (city_user("370200"), NotFound),
    ]:
        with pytest.raises(error):
            handed_in(lent, by=user)


@pytest.mark.parametrize(
    ("code", "on", "number", "error"),
    [
        ("PE01", D(2026, 2, 1), "Y1", Invalid),
        ("PE01", D(2100, 1, 1), "Y1", Invalid),
        ("PE01", D(2026, 3, 5), " ", Invalid),
        ("PM01", D(2026, 3, 5), "", WrongState),
        ("PC01", D(2026, 3, 5), "", WrongState),
    ],
)
def test_a_step_that_does_not_follow_changes_nothing(lent, code, on, number, error):
    city = city_user(lent[0].city_code)
    pledge = handed_in(lent, by=city)
    with_papers(pledge, city)

    with pytest.raises(error):
        services.announce_pledge(pledge_id=pledge.pk, code=code, on=on, number=number, by=city)

    pledge.refresh_from_db()
    assert (pledge.state, pledge.number, LegalEvent.objects.count()) == ("submitted", "", 0)


def test_a_correction_is_asked_for_and_answered(lent):
    city = city_user(lent[0].city_code)
    pledge = handed_in(lent, by=city)

    services.ask_pledge_correction(pledge_id=pledge.pk, note="合同缺页", by=city)
    services.resubmit_pledge(pledge_id=pledge.pk, note="已补", by=city)
    services.revoke_pledge(pledge_id=pledge.pk, note="企业撤回", by=city)

    assert list(pledge.moves.values_list("state", "note")) == [
        ("submitted", ""), ("correction", "合同缺页"), ("submitted", "已补"), ("revoked", "企业撤回"),
    ]  # fmt: skip


def test_a_gazette_that_comes_first_makes_the_registration(lent):
    project, _ = lent
    patent = project.patents.get()
    event = announced("PE01", D(2026, 3, 5), "Y2026370009", pledgee="岱麓银行")
    record_event(patent_id=patent.pk, event=event, by=province_user())

    deliver("patents.legal_event.recorded")
    deliver("patents.legal_event.recorded")

    pledge = PledgeRegistration.objects.get()
    assert (pledge.state, pledge.number, pledge.pledgee_name) == ("registered", "Y2026370009", "岱麓银行")
    assert pledge.steps.count() == 1


def test_a_pledge_of_a_patent_that_no_project_holds_is_nobodys_here():
    patent = PatentFactory()
    record_event(patent_id=patent.pk, event=announced("PE01", D(2026, 3, 5)), by=province_user())

    deliver("patents.legal_event.recorded")

    assert not PledgeRegistration.objects.exists()


def test_a_voided_cancellation_lets_the_registration_stand_again(lent):
    project, _ = lent
    city = city_user(project.city_code)
    pledge = handed_in(lent, by=city)
    with_papers(pledge, city)
    services.announce_pledge(pledge_id=pledge.pk, code="PE01", on=D(2026, 3, 5), number="Y1", by=city)
    services.announce_pledge(pledge_id=pledge.pk, code="PC01", on=D(2026, 5, 1), by=city)
    cancelled = LegalEvent.objects.get(code="PC01")

    void_event(event_id=cancelled.pk, by=province_user(), reason="登记机关更正")
    deliver("patents.legal_event.voided")

    pledge.refresh_from_db()
    project.patents.get().refresh_from_db()
    assert (pledge.state, pledge.ended_on) == ("registered", None)
    assert project.patents.get().overlays == ["pledged"]
    void_event(event_id=LegalEvent.objects.get(code="PE01").pk, by=province_user(), reason="登记有误")
    deliver("patents.legal_event.voided")
    pledge.refresh_from_db()
    assert (pledge.state, pledge.ended_on) == ("revoked", TODAY())


def test_the_cover_falls_with_an_event_and_rises_again_when_it_is_voided(lent):
    project, _ = lent
    patent = project.patents.get()
    services.record_valuation(
        project_id=project.pk, patent_id=patent.pk, amount=Decimal("4000000.00"), method="income", valuer="评估",
        valued_on=TODAY(), valid_until=TODAY() + dt.timedelta(days=365), by=project.organisation.users.get(),
    )  # fmt: skip
    frozen = record_event(patent_id=patent.pk, event=announced("PP01", D(2026, 3, 2)), by=province_user())
    deliver("patents.legal_event.recorded")
    before = Loan.objects.get().alerts.order_by("-id").first()

    void_event(event_id=frozen.pk, by=province_user(), reason="公告有误")
    deliver("patents.legal_event.voided")

    after = CoverAlert.objects.order_by("-id").first()
    assert (before.ratio_after, before.severity) == (Decimal("1.0000"), "critical")
    assert (after.ratio_before, after.ratio_after, after.cause, after.severity) == (
        Decimal("1.0000"), Decimal("2.0000"), "作废法律事件", "info",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("filed_on", "paid", "days", "words"),
    [
        (None, None, None, "平台无申请日，剩余天数不明"),
        (D(2020, 1, 1), None, 4779, "保护期至 2039-12-31，剩余 4779 天；年费缴纳情况不明"),
        (
            D(2020, 1, 1), 7, 213,
            "保护期至 2039-12-31，剩余 4779 天；下次年费应于 2027-01-01 前缴纳，还有 32 天",
        ),
        (
            D(2020, 8, 1), 6, 63,
            "保护期至 2040-07-31，剩余 4992 天；年费已逾期 121 天，2027-02-01 前未补缴将终止，剩余 63 天",
        ),
    ],
)  # fmt: skip
def test_days_to_lapse(monkeypatch, filed_on, paid, days, words):
    monkeypatch.setattr(clock, "today", lambda: D(2026, 11, 30))
    patent = PatentFactory.build(kind="invention", filed_on=filed_on, fees_paid_through=paid, legal_status="valid")

    life = life_of(patent)

    assert (life.days_to_lapse, life.words) == (days, words)


def test_an_official_works_a_registration_off_in_the_admin(client, lent):
    project, bank = lent
    city = city_user(project.city_code)
    client.force_login(city)
    facts = {"project": project.pk, "pledgee": bank.organisation_id, "submitted_on": "2026-03-01"}

    assert client.post(reverse("admin:finance_pledgeregistration_add"), facts).status_code == 302
    pledge = PledgeRegistration.objects.get()
    handle = reverse("admin:finance_pledgeregistration_handle", args=[pledge.pk])
    assert "缺少" in client.get(handle).content.decode()
    with_papers(pledge, city)
    client.post(handle, {"step": "register", "register-on": "2026-03-05", "register-number": "Y7"})

    pledge.refresh_from_db()
    assert (pledge.state, pledge.number) == ("registered", "Y7")
    firm_page = project.get_absolute_url()
    client.force_login(project.organisation.users.get())
    assert "质押登记 Y7" in client.get(firm_page).content.decode()


@pytest.mark.parametrize("rows", [1, 3])
def test_registration_list_query_count(client, django_assert_max_num_queries, rows):
    load_shipped()
    for _ in range(rows):
        handed_in(lent_project())
    client.force_login(province_user())
    address = reverse("admin:finance_pledgeregistration_changelist")
    client.get(address)

    with django_assert_max_num_queries(7):
        response = client.get(address)

    assert len(response.context["cl"].result_list) == rows
