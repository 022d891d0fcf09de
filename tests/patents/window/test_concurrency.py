import pytest

from patents.models import WindowCase
from patents.services import window as services
from portal import clock
from portal.outbox.models import Event
from tests.concurrency import at_once
from tests.factories.accounts import province_user, sme_user
from tests.factories.policy import load_shipped
from tests.factories.window import draft_case, handed_over_case, own_patent

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _rules(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    load_shipped()


def test_patent_is_pledged_in_one_of_two_cases_submitted_at_once():
    firm = sme_user()
    patent = own_patent(firm)
    cases = [draft_case(firm, patents=[patent]) for _ in range(2)]

    results = at_once(*[lambda case=case: services.submit_case(case_id=case.pk, by=firm) for case in cases])

    assert sorted(results) == ["", "patent_in_other_case"]
    assert sorted(WindowCase.objects.values_list("state", flat=True)) == ["draft", "submitted"]
    assert Event.objects.filter(name="patents.window.submitted").count() == 1


def test_registration_number_goes_to_one_of_two_cases_at_once():
    cases = [handed_over_case(), handed_over_case()]
    officials = [province_user(), province_user()]

    results = at_once(
        *[
            lambda case=case, by=by: services.register_case(
                case_id=case.pk, by=by, registration_number="Y1", registered_on=clock.today()
            )
            for case, by in zip(cases, officials, strict=True)
        ]
    )

    assert sorted(results) == ["", "conflict"]
    assert WindowCase.objects.filter(registration_number="Y1").count() == 1
