import datetime as dt

import pytest
from django.urls import reverse

from finance import services
from finance.models import Complaint, Placement
from finance.policy.clocks import AnswerClock
from finance.queries.clocks import BankFigures, bank_figures, clocks, due_on
from portal import clock
from portal.accounts.models import Organisation
from portal.errors import Conflict, Invalid, NotAllowed, NotFound, WrongState
from portal.notices.models import Notice
from portal.outbox.models import Delivery, Event
from tests.factories.accounts import OrganisationFactory, bank_user, city_user, finance_user, province_user, sme_user
from tests.factories.finance import admitted_project, answer
from tests.factories.outbox import endpoint

D = dt.date
CLOCK = AnswerClock(10, [10, 13, 16])


@pytest.mark.parametrize(
    ("pushed_on", "due"),
    [
        (D(2026, 3, 2), D(2026, 3, 16)),  # two weeks without a holiday
        (D(2026, 2, 9), D(2026, 2, 28)),  # over the Spring Festival of 15 to 23 February, with both make-up Saturdays
        (D(2026, 9, 25), D(2026, 10, 15)),  # over Mid-Autumn and the National Day, with the make-up Saturday
    ],
)
def test_the_last_day_counts_chinese_working_days(pushed_on, due):
    assert CLOCK.due_on(pushed_on) == due


@pytest.mark.parametrize(
    ("today", "level"),
    [
        (D(2026, 3, 2), 0),
        (D(2026, 3, 16), 0),  # the last day itself
        (D(2026, 3, 17), 1),
        (D(2026, 3, 19), 1),
        (D(2026, 3, 20), 2),
        (D(2026, 3, 24), 2),
        (D(2026, 3, 25), 3),
        (D(2026, 6, 1), 3),
    ],
)
def test_levels_of_chasing(today, level):
    assert CLOCK.level(D(2026, 3, 2), today) == level


# --- with rows


@pytest.fixture
def waiting(db):
    """A project pushed to a bank on 2 March 2026 that waits for its answer."""
    bank = bank_user()
    endpoint(organisation=bank.organisation)
    project = admitted_project(banks=[bank])
    Placement.objects.update(pushed_at=dt.datetime(2026, 3, 2, 9, tzinfo=clock.SHANGHAI))
    return project, bank


@pytest.fixture
def on(monkeypatch):
    """Let it be noon of a day."""

    def move(day):
        monkeypatch.setattr(clock, "now", lambda: dt.datetime.combine(day, dt.time(12), tzinfo=clock.SHANGHAI))

    return move


def offices(project):
    """The city's office, which admitted the project, and the province's."""
    city = Organisation.objects.filter(kind="authority_city", city_code=project.city_code).earliest("pk")
    OrganisationFactory(kind="authority_province")
    return [city, Organisation.objects.filter(kind="authority_province").earliest("pk")]


def firm_of(project):
    return project.organisation.users.get(role="sme")


def test_chasing_reaches_bank_then_city_then_province_each_once(waiting, on):
    project, _ = waiting
    city, province = offices(project)
    told = []
    for day in (D(2026, 3, 16), D(2026, 3, 17), D(2026, 3, 18), D(2026, 3, 20), D(2026, 3, 25), D(2026, 3, 26)):
        on(day)
        services.chase_unanswered()
        told.append(
            (
                Delivery.objects.filter(event__name="finance.placement.chased", endpoint__isnull=False).count(),
                Notice.objects.filter(recipient=city, kind="finance.placement.chased").count(),
                Notice.objects.filter(recipient=province, kind="finance.placement.chased").count(),
            )
        )

    assert told == [(0, 0, 0), (1, 0, 0), (1, 0, 0), (2, 1, 0), (3, 2, 1), (3, 2, 1)]
    assert Placement.objects.get().chase_level == 3


def test_an_answer_stops_the_chasing(waiting, on):
    project, bank = waiting
    answer(project, bank, "accept")
    on(D(2026, 3, 25))

    assert services.chase_unanswered() == 0


def test_beyond_the_calendar_nothing_is_guessed(waiting, on):
    Placement.objects.update(pushed_at=dt.datetime(2031, 3, 2, 9, tzinfo=clock.SHANGHAI))
    on(D(2031, 6, 1))

    assert services.chase_unanswered() == 0
    assert due_on(Placement.objects.get(), clocks()) is None


def test_the_firm_complains_and_is_answered(waiting, on, client):
    project, _ = waiting
    city_office, _ = offices(project)
    on(D(2026, 3, 17))
    placement = Placement.objects.get()
    client.force_login(firm_of(project))
    assert "投诉未按期答复" in client.get(project.get_absolute_url()).content.decode()

    client.post(reverse("finance:complain", args=[project.ref, placement.pk]), {"text": "两周没有消息"})
    row = Complaint.objects.get()
    services.reply_to_complaint(complaint_id=row.pk, by=city_user(project.city_code), reply="已约谈，三日内答复")

    row.refresh_from_db()
    assert (row.text, row.state, row.reply) == ("两周没有消息", "answered", "已约谈，三日内答复")
    assert Notice.objects.filter(recipient=city_office).count() == 1
    assert Notice.objects.get(kind="finance.complaint.answered").body == "已约谈，三日内答复"


@pytest.mark.parametrize(
    ("case", "refusal"),
    [
        ("early", WrongState),
        ("answered", WrongState),
        ("empty", Invalid),
        ("twice", Conflict),
        ("stranger", NotFound),
        ("bank", NotAllowed),
    ],
)
def test_a_complaint_that_cannot_be_is_refused(waiting, on, case, refusal):
    project, bank = waiting
    on(D(2026, 3, 16) if case == "early" else D(2026, 3, 17))
    if case == "answered":
        answer(project, bank, "accept")
    placement = Placement.objects.get()
    by = {"stranger": sme_user(), "bank": bank}.get(case) or firm_of(project)
    if case == "twice":
        services.complain(placement_id=placement.pk, by=by, text="首次")
    before = (Complaint.objects.count(), Event.objects.count(), Notice.objects.count())

    with pytest.raises(refusal):
        services.complain(placement_id=placement.pk, by=by, text=" " if case == "empty" else "没有消息")

    assert (Complaint.objects.count(), Event.objects.count(), Notice.objects.count()) == before


def test_complaints_are_answered_by_those_who_oversee(waiting, on):
    project, bank = waiting
    on(D(2026, 3, 17))
    row = services.complain(placement_id=Placement.objects.get().pk, by=firm_of(project), text="没有消息")

    for by, refusal in (
        (bank, NotFound),
        (city_user("370200"), NotFound),
        (finance_user(), NotAllowed),
        (firm_of(project), NotAllowed),
    ):
        with pytest.raises(refusal):
            services.reply_to_complaint(complaint_id=row.pk, by=by, reply="好")
    with pytest.raises(Invalid):
        services.reply_to_complaint(complaint_id=row.pk, by=province_user(), reply=" ")
    row.refresh_from_db()
    assert row.state == "open"


def test_figures_of_each_bank(waiting, on, django_assert_num_queries):
    project, quick = waiting[0], bank_user()
    other = admitted_project(banks=[quick], recipients=[quick.organisation_id])
    other.placements.update(pushed_at=dt.datetime(2026, 3, 2, 9, tzinfo=clock.SHANGHAI))
    on(D(2026, 3, 5))
    answer(other, quick, "refuse", reason="行业受限")
    on(D(2026, 3, 17))
    services.chase_unanswered()
    province = province_user()

    with django_assert_num_queries(2):
        found = bank_figures(province)

    assert sorted(found, key=lambda row: row.refused) == [
        BankFigures(waiting[1].organisation.name, 1, 1, 1, 0, 0, None),
        BankFigures(quick.organisation.name, 1, 0, 0, 1, 0, 3.0),
    ]
    assert bank_figures(city_user("370900")) == []
    assert project.placements.count() == 1


def test_the_page_of_figures_is_for_officials(waiting, client):
    client.force_login(finance_user())
    assert waiting[1].organisation.name in client.get(reverse("finance:banks")).content.decode()
    client.force_login(sme_user())
    assert client.get(reverse("finance:banks")).status_code == 403
