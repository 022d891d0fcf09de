import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from patents.models import RightsReform
from patents.queries import reform as queries
from patents.services import reform as services
from portal import clock
from portal.attachments.models import Attachment
from portal.audit.models import AuditEntry
from portal.errors import Invalid, NotAllowed, NotFound, WrongState
from portal.notices.models import Notice
from portal.outbox.models import Event
from tests.factories.accounts import city_user, holder_user, province_user
from tests.factories.reform import confirmed_reform, draft_reform, facts, submitted_reform

pytestmark = pytest.mark.django_db
TODAY = dt.date(2026, 6, 10)


@pytest.fixture(autouse=True)
def _place(settings, tmp_path, monkeypatch):
    settings.MEDIA_ROOT = tmp_path
    monkeypatch.setattr(clock, "now", lambda: dt.datetime(2026, 6, 10, 10, tzinfo=clock.SHANGHAI))


def traces():
    rows = list(RightsReform.objects.order_by("pk").values())
    return rows, [model.objects.count() for model in (Event, AuditEntry, Notice, Attachment)]


def refuse(error, verb, *, field=None, message=None):
    before = traces()
    with pytest.raises(error) as refusal:
        verb()
    assert traces() == before
    assert field in (None, refusal.value.field)
    assert message in (None, refusal.value.message)


def test_entry_goes_from_draft_to_the_public_register():
    user = holder_user()

    reform = confirmed_reform(user)

    assert list(RightsReform.objects.public()) == [reform]
    assert Event.objects.latest("id").payload == {
        "reform_ref": reform.ref,
        "kind": "long_term_use",
        "organisation_id": user.organisation_id,
    }
    assert Notice.objects.first().title == f"权益分配改革 {reform.ref} 已核实并公布"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"kind": "gift"}, "kind"),
        ({"title": " "}, "title"),
        ({"summary": ""}, "summary"),
        ({"adopted_on": dt.date(2026, 6, 11)}, "adopted_on"),
        ({"use_years": 9}, "use_years"),
        ({"use_years": None}, "use_years"),
        ({"kind": "ownership"}, "use_years"),
        ({"has_agreement": False}, "has_agreement"),
        ({"kind": "ownership", "use_years": None, "has_agreement": False}, "has_agreement"),
        ({"agreement_count": 0}, "agreement_count"),
    ],
)
def test_bad_entry_names_its_field(changes, field):
    user = holder_user()

    refuse(Invalid, lambda: services.open_reform(by=user, facts=facts(**changes)), field=field)


def test_income_share_needs_no_agreement():
    user = holder_user()
    given = facts(kind="income", use_years=None, has_agreement=False, agreement_count=0)

    assert services.open_reform(by=user, facts=given).state == "draft"


def test_evidence_is_asked_for_by_name():
    user = holder_user()
    reform = draft_reform(user, with_documents=False)

    refuse(
        Invalid,
        lambda: services.submit_reform(reform_id=reform.pk, by=user),
        message="还缺材料：改革方案或管理办法、书面协议。",
    )


def test_province_confirms_and_nobody_else():
    reform = submitted_reform()
    city, stranger, by = city_user("370100"), holder_user(), province_user()

    refuse(NotAllowed, lambda: services.confirm_reform(reform_id=reform.pk, by=city))
    refuse(NotFound, lambda: services.confirm_reform(reform_id=reform.pk, by=stranger))
    refuse(Invalid, lambda: services.return_reform(reform_id=reform.pk, by=by, note=""), field="note")
    refuse(WrongState, lambda: services.end_reform(reform_id=reform.pk, by=by, note="废止"))


def test_returned_entry_is_changed_and_handed_in_again():
    user = holder_user()
    reform = submitted_reform(user)
    refuse(WrongState, lambda: services.change_reform(reform_id=reform.pk, by=user, facts=facts()))
    services.return_reform(reform_id=reform.pk, by=province_user(), note="协议份数不符")

    services.change_reform(reform_id=reform.pk, by=user, facts=facts(agreement_count=5))
    again = services.submit_reform(reform_id=reform.pk, by=user)

    assert (again.state, again.agreement_count) == ("submitted", 5)


def test_register_counts_what_stands_on_a_day():
    first = holder_user()
    confirmed_reform(first)
    confirmed_reform(first, adopted_on=dt.date(2024, 1, 1))
    ended = confirmed_reform()
    submitted_reform()
    services.end_reform(reform_id=ended.pk, by=province_user(), note="办法废止")

    rows = {row["kind"]: row for row in queries.totals(TODAY)}
    before = {row["kind"]: row for row in queries.totals(dt.date(2023, 6, 1))}

    assert rows["long_term_use"] == {
        "kind": "long_term_use",
        "label": "赋予职务科技成果长期使用权",
        "institutions": 1,
        "agreements": 8,
        "patents": 18,
        "persons": 42,
    }
    assert before["long_term_use"]["institutions"] == 2
    assert rows["ownership"]["institutions"] == 0


def test_the_database_refuses_a_short_right_of_use():
    reform = draft_reform()

    with pytest.raises(IntegrityError, match="rights_reform_long_term"), transaction.atomic():
        RightsReform.objects.filter(pk=reform.pk).update(use_years=9)
