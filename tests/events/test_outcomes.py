"""What came of an event: links, statements, figures, reports, feedback."""

import datetime as dt
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction

from events import services
from events.models import EventReport, MeetingTable, Outcome, PlanMeeting, TablePlan
from events.policy.codes import code_of
from events.queries.outcomes import Figures, figures_of
from events.services import NewPlace, Said, Statement
from events.services.signups import badge_of
from patents.models import Deal
from portal import clock
from portal.attachments.models import Attachment
from portal.errors import Conflict, Invalid, NotAllowed, NotFound, WrongState
from portal.outbox import registry
from portal.outbox.models import Event as OutboxEvent
from tests.events.writing import notices, written
from tests.factories.accounts import city_user, holder_user, province_user, sme_user
from tests.factories.deals import enquiry
from tests.factories.events import EventFactory, ExhibitFactory, SignupFactory, SlotFactory, past_event, running_event
from tests.factories.finance import lent_project

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.7\n%%EOF\n"


def pdf():
    return SimpleUploadedFile("证明.pdf", PDF)


def statement(**changes):
    given = {
        "kind": "deal", "happened_on": clock.today(), "description": "甲公司与乙大学签订许可合同",
        "amount": Decimal("120000.00"), "file": pdf(),
    }  # fmt: skip
    return Statement(**given | changes)


def attended(event, user):
    return SignupFactory(event=event, organisation=user.organisation)


def test_enquiry_from_the_event_page_is_the_events():
    deal, _, _ = enquiry()
    patent, firm = deal.patents.get(), sme_user()
    exhibit = ExhibitFactory(event=running_event(), patent=patent)

    asked = services.enquire_at_event(
        event_id=exhibit.event_id, exhibit_id=exhibit.pk, by=firm, kind="ordinary", message="用于产线改造"
    )

    outcome = Outcome.objects.get()
    assert (asked.origin, asked.origin_ref) == ("event", code_of(exhibit.event_id))
    assert (outcome.deal, outcome.event, outcome.source) == (asked, exhibit.event, "page")
    with pytest.raises(NotFound):
        services.enquire_at_event(event_id=EventFactory().pk, exhibit_id=exhibit.pk, by=firm, kind="sole", message="x")


def test_participant_links_a_deal_by_code_once():
    deal, _, firm = enquiry()
    event, other = past_event(), past_event()
    for one in (event, other):
        attended(one, firm)

    services.link_by_code(code=event.code.lower(), ref=deal.ref, by=firm)

    with pytest.raises(Conflict, match="一项成果只计一次"):
        services.link_by_code(code=other.code, ref=deal.ref, by=firm)
    assert list(Outcome.objects.values_list("event_id", "source", "organisation_id")) == [
        (event.pk, "code", firm.organisation_id)
    ]


def test_code_links_nothing_of_others_and_nothing_that_does_not_belong():
    deal, _, firm = enquiry()
    stranger, event = sme_user(), past_event()
    attended(event, stranger)
    later = EventFactory()
    attended(later, firm)
    before = written()

    cases = [
        (stranger, event.code, deal.ref, Invalid),  # not a party
        (firm, event.code, deal.ref, NotAllowed),  # was not there
        (firm, later.code, deal.ref, Invalid),  # began before the event
        (firm, "HD99999A", deal.ref, Invalid),
        (city_user(), event.code, deal.ref, NotAllowed),
    ]
    for user, code, ref, error in cases:
        with pytest.raises(error):
            services.link_by_code(code=code, ref=ref, by=user)
    assert written() == before


def test_statement_needs_evidence_and_counts_until_it_is_voided():
    by = city_user()
    event = past_event(organiser=by.organisation)

    row = services.state_outcome(event_id=event.pk, by=by, statement=statement())

    assert [file.file_name for file in Attachment.objects.of(row)] == ["证明.pdf"]
    assert figures_of(event) == Figures(deals=1, deal_amount=Decimal("120000.00"))
    services.void_outcome(event_id=event.pk, outcome_id=row.pk, by=by, reason="重复登记")
    assert figures_of(event) == Figures()
    with pytest.raises(NotFound):
        services.void_outcome(event_id=event.pk, outcome_id=row.pk, by=by, reason="再撤")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"file": None}, "file"),
        ({"kind": "luck"}, "kind"),
        ({"description": " "}, "description"),
        ({"amount": None}, "amount"),
        ({"amount": Decimal(-1)}, "amount"),
        ({"happened_on": clock.today() + dt.timedelta(days=1)}, "happened_on"),
        ({"happened_on": clock.today() - dt.timedelta(days=60)}, "happened_on"),
        ({"file": SimpleUploadedFile("a.exe", b"MZ")}, "file"),
    ],
)
def test_bad_statement_is_refused_whole(changes, field):
    by = city_user()
    event = past_event(organiser=by.organisation)
    before = written()

    with pytest.raises(Invalid) as refusal, transaction.atomic():
        services.state_outcome(event_id=event.pk, by=by, statement=statement(**changes))

    assert refusal.value.field == field
    assert written() == before


def test_statement_of_three_years_later_counts_no_more():
    by = city_user()
    event = past_event(days=3 * 365, organiser=by.organisation)

    with pytest.raises(Invalid, match="两年内"):
        services.state_outcome(event_id=event.pk, by=by, statement=statement())


def test_loan_of_a_linked_project_is_followed():
    project, _ = lent_project()
    event = past_event(days=1)
    # Linked while it was new; the loan came afterwards.
    project.placements.get(loan__isnull=False)
    Outcome.objects.create(event=event, basis="project", source="hand", project=project)
    loan = project.placements.get(loan__isnull=False).loan
    event.starts_at, event.ends_at = (
        dt.datetime.combine(loan.drawn_on - dt.timedelta(days=3), dt.time(hour), tzinfo=clock.SHANGHAI)
        for hour in (9, 12)
    )
    event.save()

    assert figures_of(event) == Figures(projects=1, loans=1, loan_amount=loan.principal)


def test_official_links_by_hand_only_what_the_event_is_answered_for():
    deal, _, _ = enquiry()
    event = past_event()
    before = written()

    with pytest.raises(NotFound):
        services.link_by_hand(event_id=event.pk, ref=deal.ref, by=city_user("370900"))
    assert written() == before
    services.link_by_hand(event_id=event.pk, ref=deal.ref, by=province_user())
    assert figures_of(event) == Figures(enquiries=1)


def test_the_database_refuses_a_deal_of_two_events():
    deal, _, _ = enquiry()
    Outcome.objects.create(event=past_event(), basis="deal", source="hand", deal=deal)

    with pytest.raises(IntegrityError, match="outcome_deal_of_one_event"), transaction.atomic():
        Outcome.objects.create(event=past_event(), basis="deal", source="hand", deal=deal)


def test_event_without_report_is_chased_after_30_days_and_again_after_14():
    late, early = past_event(31, title="路演"), past_event(29)
    EventReport.objects.create(
        event=past_event(60), state="filed", due_at=clock.now(), text="好", spent_amount=0, filed_at=clock.now()
    )
    past_event(60, state="cancelled", cancel_reason="停电")

    assert services.chase_reports() == 1
    assert services.chase_reports() == 0
    report = late.report
    report.chased_at -= dt.timedelta(days=15)
    report.save()
    assert services.chase_reports() == 1

    assert notices() == [(late.organiser_id, "events.report.overdue", "请上报活动总结：路演")] * 2
    assert not EventReport.objects.filter(event=early).exists()
    report.refresh_from_db()
    assert (report.state, report.chase_count) == ("overdue", 2)


def test_report_closes_the_chase_and_counts_who_came():
    by = city_user()
    event = past_event(40, organiser=by.organisation)
    SignupFactory(event=event, checked_in_at=event.starts_at, checked_in_via="qr")
    SignupFactory(event=event)
    services.chase_reports()

    report = services.file_report(event_id=event.pk, by=by, text="到会踊跃。", spent_amount=Decimal("32000.00"))

    assert (report.state, report.attendee_count, report.chase_count) == ("filed", 1, 1)
    for early, error in ((EventFactory(organiser=by.organisation), WrongState), (past_event(), NotFound)):
        with pytest.raises(error):
            services.file_report(event_id=early.pk, by=by, text="好", spent_amount=Decimal(1))


def test_participant_answers_once():
    row = SignupFactory(event=past_event())
    said = Said(content_rating=5, service_rating=4, met_partner=True, comment=" 收获大 ")

    given = services.give_feedback(token=badge_of(row), said=said)

    assert (given.signup, given.comment) == (row, "收获大")
    before = written()
    with pytest.raises(Conflict):
        services.give_feedback(token=badge_of(row), said=said)
    for other, error in (
        (SignupFactory(), WrongState),
        (SignupFactory(event=past_event(), state="queued"), WrongState),
    ):
        with pytest.raises(error):
            services.give_feedback(token=badge_of(other), said=said)
    with pytest.raises(Invalid):
        services.give_feedback(token=badge_of(SignupFactory(event=past_event())), said=Said(6, 1, met_partner=False))
    assert Outcome.objects.count() == 0
    assert written()[0][5] == before[0][5]


def test_those_who_come_tomorrow_are_reminded_once():
    holder = holder_user()
    event = EventFactory(starts_at=clock.now() + dt.timedelta(hours=20), title="路演")
    rows = [SignupFactory(event=event, organisation=holder.organisation) for _ in range(2)]
    SignupFactory(event=event, state="queued")
    SignupFactory(event=EventFactory())

    assert services.remind() == 2
    assert services.remind() == 0
    assert notices() == [(holder.organisation_id, "events.event.tomorrow", "明天的活动：路演")]
    assert {row.event_id for row in rows} == {event.pk}
    assert Deal.objects.count() == 0


def met(event, firm, host):
    """The two sat at one table of the event's published plan."""
    slot = SlotFactory(event=event, kind="meeting")
    table = MeetingTable.objects.create(event=event, number=1)
    plan = TablePlan.objects.create(event=event, state="published", requested_by=province_user())
    return PlanMeeting.objects.create(
        plan=plan, slot=slot, table=table, guest=firm, host=host, starts_at=slot.starts_at, ends_at=slot.ends_at,
        points=1,
    )  # fmt: skip


def delivered(name, **payload):
    """Give the consumers of events what the outbox would."""
    for receiver in registry.names_for(name):
        if receiver.startswith("events."):
            registry.get(receiver)(OutboxEvent(name=name, payload=payload))


def test_what_begins_after_two_sat_at_one_table_is_the_events():
    deal, holder, firm = enquiry()
    event = past_event(days=1)
    met(event, firm.organisation, holder.organisation)
    payload = {"deal_ref": deal.ref, "receiver_id": firm.organisation_id, "giver_id": holder.organisation_id}

    delivered("patents.deal.enquired", **payload)
    delivered("patents.deal.talks_started", **payload)
    delivered("patents.deal.talks_started", deal_ref=deal.ref)

    assert list(Outcome.objects.values_list("event_id", "source", "deal_id")) == [(event.pk, "plan", deal.pk)]


def test_a_project_taken_up_by_the_lender_met_at_a_table_is_the_events():
    project, bank = lent_project()
    event = past_event(days=1)
    lender = bank.organisation
    met(event, project.organisation, lender)

    delivered("finance.placement.accepted", project_ref=project.ref, institution_id=lender.pk)

    assert list(Outcome.objects.values_list("event_id", "source", "project_id")) == [(event.pk, "plan", project.pk)]


def test_two_who_met_nowhere_are_linked_to_nothing():
    deal, holder, firm = enquiry()
    plan = met(past_event(days=1), firm.organisation, holder.organisation).plan
    TablePlan.objects.filter(pk=plan.pk).update(state="ready")

    delivered(
        "patents.deal.enquired", deal_ref=deal.ref, receiver_id=firm.organisation_id, giver_id=holder.organisation_id
    )

    assert not Outcome.objects.exists()


def test_event_with_planned_tables_is_not_moved_and_keeps_its_rounds():
    event = EventFactory()
    meeting = met(event, sme_user().organisation, holder_user().organisation)
    by, day = province_user(), dt.timedelta(days=1)
    before = written()

    with pytest.raises(Conflict, match="已排出洽谈桌"):
        services.move_event(
            event_id=event.pk, by=by, to=NewPlace(event.starts_at + day, event.ends_at + day, "三楼", "改期")
        )
    with pytest.raises(Conflict, match="已排出洽谈桌"):
        services.remove_slot(event_id=event.pk, slot_id=meeting.slot_id, by=by)
    with pytest.raises(Conflict, match="已排出洽谈桌"):
        services.set_tables(event_id=event.pk, by=by, count=0)
    assert written() == before
    # Another room at the same time leaves the tables as they are; calling off frees the firm.
    services.move_event(event_id=event.pk, by=by, to=NewPlace(event.starts_at, event.ends_at, "三楼", "换会场"))
    services.cancel_event(event_id=event.pk, by=by, reason="停电")
    meeting.refresh_from_db()
    assert not meeting.is_standing
