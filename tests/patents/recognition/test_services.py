import datetime as dt
import json

import pytest
from django.db import IntegrityError, transaction

from patents.loading import RULES
from patents.models import Recognition
from patents.policy.recognition import missing_steps
from patents.queries import recognition as queries
from patents.services import recognition as services
from portal import clock
from portal.attachments.models import Attachment
from portal.audit.models import AuditEntry
from portal.errors import Conflict, Invalid, NotAllowed, NotFound, ServiceError, WrongState
from portal.notices.models import Notice
from portal.outbox.models import Event
from tests.factories.accounts import bank_user, city_user, province_user, sme_user
from tests.factories.recognition import (
    draft_recognition,
    recognised,
    recommended_recognition,
    submitted_recognition,
)

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2026, 6, 10, 10, tzinfo=clock.SHANGHAI)
PARAMETERS = json.loads((RULES / "recognition.json").read_text())[0]["parameters"]


@pytest.fixture(autouse=True)
def _place(settings, tmp_path, monkeypatch):
    settings.MEDIA_ROOT = tmp_path
    monkeypatch.setattr(clock, "now", lambda: NOW)


def traces():
    return (
        list(Recognition.objects.order_by("pk").values()),
        [model.objects.count() for model in (Event, AuditEntry, Notice, Attachment)],
    )


def refuse(error, verb, *, field=None, code=None):
    before = traces()
    with pytest.raises(error) as refusal:
        verb()
    assert traces() == before
    assert field in (None, refusal.value.field)
    assert code in (None, refusal.value.code)


@pytest.mark.parametrize(
    ("kind", "standing", "missing"),
    [
        ("ip_standard", [], []),
        ("provincial_demo", [], ["ip_standard"]),
        ("provincial_demo", ["ip_standard"], []),
        ("national_demo", ["provincial_demo"], ["national_advantage"]),
        ("provincial_demo", ["national_demo"], []),  # a higher step stands for a lower
    ],
)
def test_ladder(kind, standing, missing):
    assert missing_steps(PARAMETERS, kind, standing) == missing


def test_firm_is_recognised_in_steps():
    firm = sme_user()

    first = recognised(firm, granted_on=dt.date(2026, 6, 1))
    second = recognised(firm, "provincial_demo", granted_on=dt.date(2026, 6, 10))

    assert (first.state, first.valid_until) == ("recognised", dt.date(2029, 5, 31))
    assert queries.standing_kinds(firm.organisation.uscc, dt.date(2026, 6, 10)) == ["ip_standard", "provincial_demo"]
    assert Event.objects.latest("id").payload == {
        "recognition_ref": second.ref,
        "kind": "provincial_demo",
        "uscc": firm.organisation.uscc,
        "city_code": "370100",
    }
    assert Notice.objects.first().title == "省级知识产权示范企业 已认定"


def test_step_without_the_one_before_is_refused():
    firm = sme_user()

    refuse(
        Invalid,
        lambda: services.open_recognition(by=firm, kind="provincial_demo", statement="申请"),
        field="kind",
        code="step_missing",
    )


@pytest.mark.parametrize("kind", ["national_advantage", "national_demo", "unknown"])
def test_kind_that_is_not_given_here_is_refused(kind):
    firm = sme_user()

    refuse(Invalid, lambda: services.open_recognition(by=firm, kind=kind, statement="申请"), field="kind")


def test_one_application_of_a_kind_at_a_time():
    firm, bank = sme_user(), bank_user()
    draft_recognition(firm)

    refuse(
        Conflict,
        lambda: services.open_recognition(by=firm, kind="ip_standard", statement="再次"),
        code="applied_already",
    )
    refuse(NotAllowed, lambda: services.open_recognition(by=bank, kind="ip_standard", statement="申请"))


def test_application_without_evidence_is_refused():
    firm = sme_user()
    draft = draft_recognition(firm, with_evidence=False)

    refuse(Invalid, lambda: services.submit_recognition(recognition_id=draft.pk, by=firm), code="documents_missing")


def test_city_recommends_and_the_province_decides():
    found = submitted_recognition()
    city, other, province = city_user("370100"), city_user("370900"), province_user()
    decide = {"recognition_id": found.pk, "document_number": "1号", "granted_on": clock.today()}

    refuse(NotFound, lambda: services.recommend(recognition_id=found.pk, by=other))
    refuse(NotAllowed, lambda: services.recommend(recognition_id=found.pk, by=province))
    refuse(WrongState, lambda: services.recognise_firm(by=province, **decide))
    services.recommend(recognition_id=found.pk, by=city)
    refuse(NotAllowed, lambda: services.recognise_firm(by=city, **decide))

    assert services.recognise_firm(by=province, **decide).state == "recognised"


@pytest.mark.parametrize(
    ("verb", "field"),
    [
        (lambda row, by: services.return_recognition(recognition_id=row.pk, by=by, note=" "), "note"),
        (lambda row, by: services.refuse_recognition(recognition_id=row.pk, by=by, note=""), "note"),
        (
            lambda row, by: services.recognise_firm(
                recognition_id=row.pk, by=by, document_number="", granted_on=clock.today()
            ),
            "document_number",
        ),
        (
            lambda row, by: services.recognise_firm(
                recognition_id=row.pk, by=by, document_number="1", granted_on=dt.date(2026, 6, 11)
            ),
            "granted_on",
        ),
    ],
)
def test_decision_has_what_it_needs(verb, field):
    found, by = recommended_recognition(), province_user()

    refuse(Invalid, lambda: verb(found, by), field=field)


def test_returned_application_is_changed_and_handed_in_again():
    firm = sme_user()
    found = submitted_recognition(firm)
    refuse(WrongState, lambda: services.change_recognition(recognition_id=found.pk, by=firm, statement="新的说明"))
    services.return_recognition(recognition_id=found.pk, by=city_user("370100"), note="请补充人员情况")

    services.change_recognition(recognition_id=found.pk, by=firm, statement="新的说明")
    again = services.submit_recognition(recognition_id=found.pk, by=firm)

    assert (again.state, again.statement, again.note) == ("submitted", "新的说明", "")


def test_revocation_counts_from_its_day():
    found = recognised(granted_on=dt.date(2026, 6, 1))
    by, city = province_user(), city_user("370100")

    refuse(Invalid, lambda: services.revoke_recognition(recognition_id=found.pk, by=by, note=""), field="note")
    refuse(ServiceError, lambda: services.revoke_recognition(recognition_id=found.pk, by=city, note="失实"))
    services.revoke_recognition(recognition_id=found.pk, by=by, note="证书失效")

    days = [dt.date(2026, 5, 31), dt.date(2026, 6, 9), dt.date(2026, 6, 10)]
    assert [queries.recognitions_counted("ip_standard", day=day).count() for day in days] == [0, 1, 0]


def test_firm_recognised_twice_counts_once_with_its_newest_row():
    firm = sme_user()
    recognised(firm, granted_on=dt.date(2025, 6, 1))
    newest = recognised(firm, granted_on=dt.date(2026, 6, 1))
    recognised(granted_on=dt.date(2026, 6, 2))

    rows = queries.recognitions_counted("ip_standard", day=dt.date(2026, 6, 10))

    assert (rows.count(), newest in rows) == (2, True)
    assert dict(queries.counts_by_kind(dt.date(2026, 6, 10)))["知识产权标准化管理企业"] == 2
    assert dict(queries.counts_by_kind(dt.date(2025, 6, 10)))["知识产权标准化管理企业"] == 1


def test_expiry_clock(monkeypatch):
    found = recognised(granted_on=dt.date(2026, 6, 1))
    by = province_user()
    monkeypatch.setattr(clock, "now", lambda: dt.datetime(2029, 5, 1, 10, tzinfo=clock.SHANGHAI))

    assert (found.days_left, list(queries.ending_soon(by, days=30)), list(queries.ending_soon(by, days=29))) == (
        30,
        [found],
        [],
    )


def test_draft_is_the_firms_alone():
    found = draft_recognition()

    assert list(Recognition.objects.visible_to(province_user())) == []
    refuse(NotFound, lambda: services.submit_recognition(recognition_id=found.pk, by=sme_user()))


def test_the_database_refuses_a_recognition_without_document():
    found = recognised()

    with pytest.raises(IntegrityError, match="recognition_given_with_document"), transaction.atomic():
        Recognition.objects.filter(pk=found.pk).update(document_number="")


def test_firm_is_reminded_once_before_the_end(monkeypatch):
    found = recognised(granted_on=dt.date(2026, 6, 1))
    recognised(granted_on=dt.date(2026, 6, 10))
    monkeypatch.setattr(clock, "now", lambda: dt.datetime(2029, 3, 2, 10, tzinfo=clock.SHANGHAI))

    told = [services.remind_ending(), services.remind_ending()]

    found.refresh_from_db()
    assert (told, found.reminded_on) == ([1, 0], dt.date(2029, 3, 2))
    assert Notice.objects.filter(title__endswith="即将到期").get().recipient == found.organisation
