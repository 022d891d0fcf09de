"""Two connections at once, as two web processes have."""

import pytest

from patents import services
from patents.models import Acceptance, OpenLicence
from portal.outbox.models import Event
from tests.concurrency import at_once
from tests.factories.accounts import city_user, sme_user
from tests.factories.licences import declaration, drafted, notice, own_patent, published, submitted
from tests.factories.policy import load_shipped

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _rules():
    load_shipped()


def test_two_firms_that_accept_at_once_both_get_an_ordinary_licence():
    licence, _ = published()
    firms = [sme_user(), sme_user()]

    results = at_once(
        *[lambda by=by: services.accept_open_licence(ref=licence.ref, by=by, notice=notice()) for by in firms]
    )

    assert results == ["", ""]
    assert sorted(Acceptance.objects.values_list("firm_id", flat=True)) == sorted(by.organisation_id for by in firms)
    assert Event.objects.filter(name="patents.open_licence.accepted").count() == 2


def test_one_firm_that_accepts_twice_at_once_gets_one_licence():
    licence, _ = published()
    firm = sme_user()

    results = at_once(
        *[lambda: services.accept_open_licence(ref=licence.ref, by=firm, notice=notice()) for _ in range(3)]
    )

    assert sorted(results) == ["", "already_accepted", "already_accepted"]
    assert Event.objects.filter(name="patents.open_licence.accepted").count() == 1


def test_a_withdrawal_and_an_acceptance_at_once_leave_a_valid_licence_or_none():
    licence, holder = published()
    firm = sme_user()

    results = at_once(
        lambda: services.withdraw_open_licence(ref=licence.ref, by=holder, reason="拟转让"),
        lambda: services.accept_open_licence(ref=licence.ref, by=firm, notice=notice()),
    )

    licence.refresh_from_db()
    told = Event.objects.get(name="patents.open_licence.withdrawn").payload["acceptances_that_stay_valid"]
    outcome = (licence.state, results[0], results[1], Acceptance.objects.count(), told)
    assert outcome in [("withdrawn", "", "", 1, 1), ("withdrawn", "", "wrong_state", 0, 0)]


def test_two_declarations_of_one_patent_handed_in_at_once():
    first, holder = drafted()
    second, _ = drafted(holder, first.patent)

    results = at_once(
        *[lambda ref=ref: services.submit_open_licence(ref=ref, by=holder) for ref in (first.ref, second.ref)]
    )

    assert sorted(results) == ["", "already_open"]
    assert OpenLicence.objects.filter(state="submitted").count() == 1


def test_a_declaration_is_published_once():
    licence, holder = submitted()
    officials = [city_user(holder.organisation.city_code) for _ in range(3)]

    results = at_once(*[lambda by=by: services.publish_open_licence(ref=licence.ref, by=by) for by in officials])

    assert sorted(results) == ["", "wrong_state", "wrong_state"]
    assert Event.objects.filter(name="patents.open_licence.published").count() == 1


def test_an_edit_and_a_submission_at_once_do_not_mix():
    licence, holder = drafted()
    changed = declaration(payment_way="另一账户")

    results = at_once(
        lambda: services.submit_open_licence(ref=licence.ref, by=holder),
        lambda: services.update_open_licence(ref=licence.ref, by=holder, declaration=changed),
    )

    licence.refresh_from_db()
    assert licence.state == "submitted"
    assert (results, licence.payment_way == "另一账户") in [(["", "wrong_state"], False), (["", ""], True)]
    assert own_patent(holder).open_licences.count() == 0
