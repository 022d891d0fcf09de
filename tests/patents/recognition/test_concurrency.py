import pytest

from patents.models import Recognition
from patents.services import recognition as services
from portal import clock
from portal.outbox.models import Event
from tests.concurrency import at_once
from tests.factories.accounts import province_user, sme_user
from tests.factories.policy import load_shipped
from tests.factories.recognition import recommended_recognition

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _rules(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    load_shipped()


def test_two_officials_recognise_once():
    found = recommended_recognition()
    officials = [province_user(), province_user()]

    results = at_once(
        *[
            lambda by=by: services.recognise_firm(
                recognition_id=found.pk, by=by, document_number="1号", granted_on=clock.today()
            )
            for by in officials
        ]
    )

    assert sorted(results) == ["", "wrong_state"]
    assert Event.objects.filter(name="patents.recognition.recognised").count() == 1


def test_firm_applies_once_however_fast_it_clicks():
    firm = sme_user()

    results = at_once(
        *[lambda: services.open_recognition(by=firm, kind="ip_standard", statement="申请") for _ in range(2)]
    )

    assert sorted(results) == ["", "applied_already"]
    assert Recognition.objects.count() == 1
