"""Time in the pool: prolonged, lapsed and admitted anew; loans extended and followed by others."""

import datetime as dt
from decimal import Decimal

import pytest

from finance import services
from finance.models import Loan, Placement, Project
from finance.policy.ledger import Entry, due_day, stretches
from finance.policy.pool import PoolTerms
from finance.queries.loans import default_days_of
from finance.queries.pool import pool_terms
from portal import clock
from portal.errors import Conflict, Invalid, NotAllowed, NotFound, WrongState
from portal.notices.models import Notice
from portal.outbox.models import Delivery, Event
from tests.factories.accounts import bank_user, city_user, sme_user
from tests.factories.finance import LOAN_FACTS, admitted_project, answer, entry, lent_project
from tests.factories.outbox import endpoint
from tests.factories.policy import load_shipped

D = dt.date


@pytest.fixture(autouse=True)
def rules(db):
    load_shipped()


def firm_of(project):
    return project.organisation.users.get()


def near_its_end(project, days=10):
    Project.objects.filter(pk=project.pk).update(expires_on=clock.today() + dt.timedelta(days=days))
    project.refresh_from_db()


def test_terms_count_months_and_days():
    terms = PoolTerms(12, 30, 90)

    assert terms.expires_on(D(2024, 2, 29)) == D(2025, 2, 28)
    assert [terms.is_near(D(2026, 3, 31), day) for day in (D(2026, 2, 28), D(2026, 3, 1))] == [False, True]
    assert [terms.may_renew_loan(D(2026, 4, 1), day) for day in (D(2025, 12, 31), D(2026, 1, 1))] == [False, True]


def test_an_admitted_project_says_until_when_it_is_in_the_pool():
    assert admitted_project().expires_on == pool_terms().expires_on(clock.today())


def test_a_project_is_prolonged_near_its_end_with_new_consent():
    project = admitted_project()
    before, consented = project.expires_on, project.consented_at
    with pytest.raises(WrongState):
        services.prolong_project(project_id=project.pk, by=firm_of(project), consent=True)
    near_its_end(project)
    end = project.expires_on
    with pytest.raises(Invalid):
        services.prolong_project(project_id=project.pk, by=firm_of(project), consent=False)

    services.prolong_project(project_id=project.pk, by=firm_of(project), consent=True)

    project.refresh_from_db()
    assert project.expires_on == pool_terms().expires_on(end) > before
    assert project.consented_at > consented


def test_only_the_firm_prolongs():
    project = admitted_project()
    near_its_end(project)

    with pytest.raises(NotAllowed):
        services.prolong_project(project_id=project.pk, by=city_user(project.city_code), consent=True)
    with pytest.raises(NotFound):
        services.prolong_project(project_id=project.pk, by=sme_user(), consent=True)


def test_the_firm_is_told_once_before_the_end_and_the_project_lapses_after_it():
    bank = bank_user()
    endpoint(organisation=bank.organisation)
    project = admitted_project(banks=[bank])
    near_its_end(project)
    assert [services.lapse_ended(), services.lapse_ended()] == [0, 0]
    assert Notice.objects.filter(kind="finance.project.expiring").count() == 1
    near_its_end(project, days=0)
    assert services.lapse_ended() == 0
    near_its_end(project, days=-1)

    assert [services.lapse_ended(), services.lapse_ended()] == [1, 0]

    project.refresh_from_db()
    assert (project.state, project.collateral.get().is_held) == ("lapsed", False)
    assert project.placements.get().state == "withdrawn"
    assert Event.objects.get(name="finance.placement.withdrawn").payload["reason"] == "lapsed"
    assert not Project.objects.visible_to(bank).exists()


def test_a_project_that_a_bank_is_at_does_not_lapse():
    bank = bank_user()
    project = admitted_project(banks=[bank])
    answer(project, bank, "accept")
    near_its_end(project, days=-1)

    assert services.lapse_ended() == 0


def test_a_lapsed_project_is_handed_in_again_and_goes_to_those_who_had_not_begun():
    idle, refusing = bank_user(), bank_user()
    endpoint(organisation=idle.organisation)
    project = admitted_project(banks=[idle, refusing])
    answer(project, refusing, "refuse", reason="行业受限")
    near_its_end(project, days=-1)
    services.lapse_ended()
    firm = firm_of(project)

    services.submit_project(project_id=project.pk, by=firm, consent=True)
    services.admit_project(project_id=project.pk, by=city_user(project.city_code))

    states = dict(Placement.objects.values_list("institution", "state"))
    assert states == {idle.organisation_id: "pushed", refusing.organisation_id: "refused"}
    assert Delivery.objects.filter(event__name="finance.placement.pushed", endpoint__isnull=False).count() == 2
    answer(project, idle, "accept")


# --- a loan follows a loan


def test_a_loan_is_followed_by_a_project_with_the_same_patents_and_what_is_owed():
    project, bank = lent_project()
    entry(project, bank, "repayment", number="1", on="2024-09-06", principal="500000.00")
    firm = firm_of(project)

    fresh = services.renew_loan(project_id=project.pk, by=firm)

    assert (fresh.amount, fresh.renewal_of, fresh.state) == (Decimal("1500000.00"), project, "draft")
    patents = list(project.collateral.values_list("patent", flat=True))
    assert list(fresh.collateral.values_list("patent", flat=True)) == patents
    with pytest.raises(Conflict):
        services.renew_loan(project_id=project.pk, by=firm)


def test_patents_go_over_to_the_renewal_and_back_when_it_is_given_up():
    project, _ = lent_project()
    firm = firm_of(project)
    fresh = services.renew_loan(project_id=project.pk, by=firm)
    services.submit_project(project_id=fresh.pk, by=firm, consent=True)

    services.admit_project(project_id=fresh.pk, by=city_user(project.city_code))

    held = [one.collateral.get().is_held for one in (project, fresh)]
    assert held == [False, True]
    services.close_project(project_id=fresh.pk, by=firm)
    assert [one.collateral.get().is_held for one in (project, fresh)] == [True, False]


def test_a_loan_far_from_its_end_or_none_is_not_followed():
    bank = bank_user()
    project = admitted_project(banks=[bank])
    with pytest.raises(WrongState, match="没有未结清"):
        services.renew_loan(project_id=project.pk, by=firm_of(project))
    answer(project, bank, "accept")
    far = LOAN_FACTS | {"due_on": clock.today() + dt.timedelta(days=91)}
    answer(project, bank, "lend", **far)

    with pytest.raises(WrongState, match="90 天内"):
        services.renew_loan(project_id=project.pk, by=firm_of(project))

    assert Project.objects.count() == 1


# --- extensions


def entries(*rows):
    first = Entry(1, "draw", D(2026, 1, 1), Decimal("100.00"), rate=Decimal("0.04"))
    return [first, *(Entry(place, "extension", on, due_on=due) for place, (on, due) in enumerate(rows, start=2))]


@pytest.mark.parametrize(
    ("rows", "late"),
    [
        ([], [(D(2026, 3, 1), D(2026, 6, 1))]),
        # Agreed in time: late only after the new day.
        ([(D(2026, 2, 20), D(2026, 5, 1))], [(D(2026, 5, 1), D(2026, 6, 1))]),
        # Agreed late: the days between stay late.
        ([(D(2026, 3, 11), D(2026, 5, 1))], [(D(2026, 3, 1), D(2026, 3, 11)), (D(2026, 5, 1), D(2026, 6, 1))]),
        # The newest agreement counts.
        ([(D(2026, 2, 20), D(2026, 5, 1)), (D(2026, 4, 1), D(2026, 7, 1))], []),
    ],
)
def test_days_in_default_around_extensions(rows, late):
    cut = stretches(entries(*rows), until=D(2026, 6, 1), due_on=D(2026, 3, 1))

    assert [(one.first, one.end) for one in cut if one.in_default] == late


def test_the_due_day_is_the_newest_extensions():
    rows = entries((D(2026, 2, 20), D(2026, 5, 1)), (D(2026, 4, 1), D(2026, 7, 1)))

    assert due_day(rows, due_on=D(2026, 3, 1)) == D(2026, 7, 1)
    assert due_day(rows, due_on=D(2026, 3, 1), on=D(2026, 3, 31)) == D(2026, 5, 1)


def test_an_extension_moves_the_due_day_and_its_reversal_moves_it_back():
    project, bank = lent_project()
    loan = Loan.objects.get()
    late = default_days_of(loan)

    entry(project, bank, "extension", number="ZQ1", on="2025-03-01", due_on="2026-03-05")

    loan.refresh_from_db()
    assert (loan.due_on, loan.original_due_on) == (D(2026, 3, 5), D(2025, 3, 5))
    assert default_days_of(loan) == late - 365
    assert Notice.objects.get(kind="finance.loan.extension").body.endswith("到期日延至 2026-03-05。")
    entry(project, bank, "reversal", number="CZ1", on="2025-03-02", reverses="ZQ1", note="录错")
    loan.refresh_from_db()
    assert (loan.due_on, loan.original_due_on, default_days_of(loan)) == (D(2025, 3, 5), None, late)


@pytest.mark.parametrize("due_on", ["2025-03-05", "2024-01-01"])
def test_an_extension_to_no_later_day_is_refused(due_on):
    project, bank = lent_project()

    with pytest.raises(Invalid) as refusal:
        entry(project, bank, "extension", number="ZQ1", on="2025-03-01", due_on=due_on)

    assert refusal.value.field == "due_on"
    assert Loan.objects.get().due_on == D(2025, 3, 5)


def test_pages_offer_to_prolong_and_to_renew(client):
    project = admitted_project()
    near_its_end(project)
    client.force_login(firm_of(project))
    assert 'id="prolong"' in client.get(project.get_absolute_url()).content.decode()
    client.post(f"{project.get_absolute_url()}prolong/", {"consent": "on"})
    project.refresh_from_db()
    assert project.expires_on > clock.today() + dt.timedelta(days=300)

    lent, _ = lent_project()
    client.force_login(firm_of(lent))
    answered = client.post(f"{lent.get_absolute_url()}renew/")

    assert answered.url == lent.renewals.get().get_absolute_url()
