import datetime as dt
from decimal import Decimal

import pytest

from patents.models import BodyActivity, OperatingBody
from patents.queries import bodies as queries
from patents.services import bodies as services
from portal import clock
from portal.attachments.models import Attachment
from portal.audit.models import AuditEntry
from portal.errors import Conflict, Invalid, NotAllowed, NotFound, WrongState
from portal.notices.models import Notice
from portal.outbox.models import Event
from tests.factories.accounts import city_user, holder_user, province_user
from tests.factories.bodies import body, confirmed, facts, quarter, reported

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _place(settings, tmp_path, monkeypatch):
    settings.MEDIA_ROOT = tmp_path
    monkeypatch.setattr(clock, "now", lambda: dt.datetime(2026, 6, 10, 10, tzinfo=clock.SHANGHAI))


def traces():
    return (
        [list(model.objects.order_by("pk").values()) for model in (OperatingBody, BodyActivity)],
        [model.objects.count() for model in (Event, AuditEntry, Notice, Attachment)],
    )


def refuse(error, verb, *, field=None):
    before = traces()
    with pytest.raises(error) as refusal:
        verb()
    assert traces() == before
    assert field in (None, refusal.value.field)


def test_body_is_entered_corrected_and_closed():
    by = province_user()
    made = services.save_body(by=by, facts=facts(name="东部产业运营中心", kind="branch"))

    changed = services.save_body(by=by, facts=facts(name="东部产业运营中心", kind="centre"), body_id=made.pk)
    closed = services.close_body(body_id=made.pk, by=by, note="合并")

    assert (changed.pk, changed.kind) == (made.pk, "centre")
    assert (closed.state, closed.closed_on, closed.close_reason) == ("closed", dt.date(2026, 6, 10), "合并")
    refuse(WrongState, lambda: services.save_body(by=by, facts=facts(), body_id=made.pk))


@pytest.mark.parametrize(
    ("changes", "error", "field"),
    [
        ({"kind": "shop"}, Invalid, "kind"),
        ({"city_code": "110000"}, Invalid, "city_code"),
        ({"name": " "}, Invalid, "name"),
        ({"functions": ""}, Invalid, "functions"),
        ({"founded_on": dt.date(2026, 6, 11)}, Invalid, "founded_on"),
        ({"name": "同名中心"}, Conflict, "name"),
    ],
)
def test_bad_body_names_its_field(changes, error, field):
    by = province_user()
    services.save_body(by=by, facts=facts(name="同名中心"))

    refuse(error, lambda: services.save_body(by=by, facts=facts(**changes)), field=field)


def test_register_is_kept_by_the_province():
    city = city_user()

    refuse(NotAllowed, lambda: services.save_body(by=city, facts=facts()))


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"quarter": 5}, "quarter"),
        ({"year": 2026, "quarter": 3}, "quarter"),  # has not begun
        ({"year": 2021, "quarter": 1}, "quarter"),  # before it was founded
        ({"firm_count": -1}, "firm_count"),
        ({"deal_amount": Decimal(-1)}, "deal_amount"),
        ({"deal_count": 0}, "deal_count"),  # money without a deal
        ({"summary": " "}, "summary"),
    ],
)
def test_bad_report_names_its_field(changes, field):
    user = holder_user()
    found = body(user)

    refuse(
        Invalid,
        lambda: services.report_quarter(body_id=found.pk, by=user, report=quarter(**changes)),
        field=field,
    )


def test_quarter_of_the_founding_day_may_be_reported():
    user = holder_user()

    assert services.report_quarter(body_id=body(user).pk, by=user, report=quarter(year=2021)).quarter == 2


def test_each_reports_for_its_own():
    owner, city, other = holder_user(), city_user("370200"), city_user("370900")
    own = body(owner)
    key_city = services.save_body(by=province_user(), facts=facts(kind="key_city", city_code="370200", name="青岛"))

    refuse(NotFound, lambda: services.report_quarter(body_id=own.pk, by=city, report=quarter()))
    refuse(NotFound, lambda: services.report_quarter(body_id=key_city.pk, by=owner, report=quarter()))
    refuse(NotFound, lambda: services.report_quarter(body_id=key_city.pk, by=other, report=quarter()))

    assert services.report_quarter(body_id=key_city.pk, by=city, report=quarter()).body == key_city


def test_returned_report_is_corrected_and_confirmed_once():
    user = holder_user()
    activity = reported(user)
    by = province_user()
    refuse(WrongState, lambda: services.report_quarter(body_id=activity.body_id, by=user, report=quarter()))
    refuse(Invalid, lambda: services.return_activity(activity_id=activity.pk, by=by, note=""), field="note")
    services.return_activity(activity_id=activity.pk, by=by, note="请附合同")

    again = services.report_quarter(body_id=activity.body_id, by=user, report=quarter(deal_count=4))
    done = services.confirm_activity(activity_id=again.pk, by=by)

    assert (done.pk, done.state, done.deal_count) == (activity.pk, "confirmed", 4)
    refuse(WrongState, lambda: services.confirm_activity(activity_id=activity.pk, by=by))


def test_only_confirmed_quarters_are_summed():
    user = holder_user()
    first = confirmed(user)
    services.report_quarter(body_id=first.body_id, by=user, report=quarter(quarter=3))

    found = queries.listed_bodies().get()

    assert (found.sum_firm_count, found.sum_deal_amount) == (30, Decimal("850000.00"))
    assert list(queries.confirmed_activities(year=2024)) == [first]
    assert list(queries.confirmed_activities(year=2025)) == []
