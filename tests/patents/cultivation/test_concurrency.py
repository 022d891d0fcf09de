from decimal import Decimal

import pytest

from patents.models import Centre, CentreGrant
from patents.services import centres
from patents.services import cultivation as services
from portal import clock
from portal.outbox.models import Event
from portal.policy.models import RuleVersion
from tests.concurrency import at_once
from tests.factories.accounts import holder_user, province_user
from tests.factories.cultivation import judged_application, plan, published_call, recognised_centre
from tests.factories.policy import load_shipped

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _rules(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    load_shipped()


def recognise(application, by):
    return services.recognise(application_id=application.pk, by=by, document_number="1号", recognised_on=clock.today())


def test_two_officials_recognise_one_application_once():
    application = judged_application()
    officials = [province_user(), province_user()]

    results = at_once(*[lambda by=by: recognise(application, by) for by in officials])

    assert sorted(results) == ["", "wrong_state"]
    assert Centre.objects.count() == 1
    assert Event.objects.filter(name="patents.centre.recognised").count() == 1


def test_the_last_place_goes_to_one_of_two_applications():
    call = published_call(quota=1)
    applications = [judged_application(call=call) for _ in range(2)]
    officials = [province_user(), province_user()]

    results = at_once(*[lambda pair=pair: recognise(*pair) for pair in zip(applications, officials, strict=True)])

    assert sorted(results) == ["", "quota_used_up"]
    assert Centre.objects.count() == 1


def test_a_centre_gets_its_grant_once():
    centre = recognised_centre()
    RuleVersion.objects.create(
        code="TEST-GRANT",
        kind="cultivation_grant",
        title="试验",
        confidence="1.00",
        chosen_by="recognition_date",
        in_force_from=clock.today(),
        parameters={"max_per_item": "300000.00"},
        state="in_force",
    )
    officials = [province_user(), province_user()]

    results = at_once(
        *[lambda by=by: centres.approve_grant(centre_id=centre.pk, by=by, amount=Decimal(200000)) for by in officials]
    )

    assert sorted(results) == ["", "granted_already"]
    assert CentreGrant.objects.count() == 1
    assert Event.objects.filter(name="patents.centre.grant_approved").count() == 1


def test_an_organisation_applies_once_however_fast_it_clicks():
    user = holder_user()
    call = published_call()

    results = at_once(*[lambda: services.open_application(by=user, call_ref=call.ref, plan=plan()) for _ in range(2)])

    assert sorted(results) == ["", "applied_already"]
