"""Recording legal events: status, overlays, owners and offers follow; what contradicts is refused whole."""

import datetime as dt
import threading

import pytest
from django.db import close_old_connections, connection

from patents.enums import EventCode, SourceKind
from patents.models import LegalEvent, Listing, Patent
from patents.policy.events import EventFacts
from patents.queries.legal import overlays_of
from patents.queries.parties import owners_of
from patents.services import enter_pool, record_event, record_events, save_offer
from patents.services.legal_writing import Announced, Source
from portal import clock
from portal.audit.models import AuditEntry
from portal.errors import Conflict, Invalid, NotAllowed, ServiceError
from portal.notices.models import Notice
from portal.outbox.models import Event
from tests.factories.accounts import OrganisationFactory, city_user, holder_user, province_user
from tests.factories.patents import OFFER, PatentFactory, announced, held_patent

pytestmark = pytest.mark.django_db
DAY = dt.date(2026, 3, 2)


def traces():
    return LegalEvent.objects.count(), Event.objects.count(), AuditEntry.objects.count(), Notice.objects.count()


def test_an_event_changes_status_and_overlays_and_is_published_with_references():
    by = province_user()
    patent = held_patent(OrganisationFactory(kind="university"))

    row = record_event(patent_id=patent.pk, event=announced("PE01", DAY, "Y2026370001", pledgee="某银行"), by=by)

    patent.refresh_from_db()
    assert (patent.legal_status, patent.overlays) == ("valid", ["pledged"])
    assert Event.objects.get(name="patents.legal_event.recorded").payload == {
        "event_id": row.pk, "patent_id": patent.pk, "patent_number": patent.number, "code": "PE01", "on": "2026-03-02",
        "reference": "Y2026370001", "status_before": "valid", "status_after": "valid", "overlays": ["pledged"],
    }  # fmt: skip
    assert Notice.objects.get().title == f"专利 {patent.display_number} 有新的法律事件：专利权质押登记"
    assert AuditEntry.objects.get(verb="登记法律事件").actor == by


def test_lapse_and_restoration():
    by = province_user()
    patent = PatentFactory()

    record_event(patent_id=patent.pk, event=announced("CF01", DAY), by=by)
    patent.refresh_from_db()
    assert patent.legal_status == "lapsed_unpaid"

    record_event(patent_id=patent.pk, event=announced("RR01", DAY + dt.timedelta(days=60)), by=by)
    patent.refresh_from_db()
    assert patent.legal_status == "valid"


@pytest.mark.parametrize(
    ("event", "code"),
    [
        (announced("PC01", DAY - dt.timedelta(days=1)), "older_event"),
        (announced("PE01", DAY, "Y1"), "duplicate_event"),
        (announced("PE01", DAY, "Y2"), "overlay_stands"),
        (announced("PD01", DAY), "nothing_to_end"),
        (announced("GR01", DAY), "wrong_state"),
        (announced("PC01", clock.today() + dt.timedelta(days=1)), "invalid"),
        (announced("PC01", dt.date(2017, 7, 20)), "invalid"),
        (announced("PC01", DAY, password="x"), "invalid"),
        (announced("PC01", DAY, note="长" * 501), "invalid"),
    ],
)
def test_a_refused_event_changes_nothing(event, code):
    by = province_user()
    patent = PatentFactory()
    record_event(patent_id=patent.pk, event=announced("PE01", DAY, "Y1"), by=by)
    before = traces()

    with pytest.raises(ServiceError) as refusal:
        record_event(patent_id=patent.pk, event=event, by=by)

    assert refusal.value.code == code
    patent.refresh_from_db()
    assert (patent.legal_status, patent.overlays) == ("valid", ["pledged"])
    assert traces() == before


def test_only_officials_of_the_patents_city_record():
    patent = held_patent(OrganisationFactory(kind="university", city_code="370100"))

    with pytest.raises(NotAllowed):
        record_event(patent_id=patent.pk, event=announced("CF01", DAY), by=holder_user())
    with pytest.raises(Patent.DoesNotExist):
        record_event(patent_id=patent.pk, event=announced("CF01", DAY), by=city_user("370200"))
    assert traces() == (0, 0, 0, 0)

    record_event(patent_id=patent.pk, event=announced("CF01", DAY), by=city_user("370100"))
    assert LegalEvent.objects.count() == 1


def test_a_transfer_changes_the_owners_and_ends_the_offer():
    by = province_user()
    university = OrganisationFactory(kind="university", name="甲大学")
    firm = OrganisationFactory(kind="state_firm", name="乙集团", city_code="370200")
    patent = held_patent(university)
    listing = save_offer(patent_id=patent.pk, by=by, offer=OFFER)
    enter_pool(listing_id=listing.pk, by=by)

    row = record_event(patent_id=patent.pk, event=announced("TR01", DAY, transferee="乙集团；丙某"), by=by)

    patent.refresh_from_db()
    listing.refresh_from_db()
    assert [owner.name for owner in owners_of(patent)] == ["乙集团", "丙某"]
    assert (row.owners_before, row.owners_after) == (["甲大学"], ["乙集团", "丙某"])
    assert (patent.holder, patent.city_code) == (firm, "370200")
    assert (listing.state, listing.reason) == ("removed", "专利权已于 2026-03-02 转移")
    assert (patent.transfer_way, patent.maturity, patent.price_amount) == ("", None, None)


def test_a_renaming_keeps_share_and_link():
    by = province_user()
    university = OrganisationFactory(kind="university", name="甲大学")
    patent = held_patent(university, co_owners=["丙公司"])

    record_event(patent_id=patent.pk, event=announced("CP01", DAY, old_name="丙公司", new_name="丁公司"), by=by)

    assert [(o.name, o.role, o.organisation) for o in owners_of(patent)] == [
        ("甲大学", "holder", university), ("丁公司", "holder", None),
    ]  # fmt: skip
    assert patent.parties.filter(role="applicant").count() == 2


def test_a_right_that_ends_takes_its_offer_out_of_the_pool():
    by = province_user()
    patent = held_patent(OrganisationFactory(kind="university"))
    listing = save_offer(patent_id=patent.pk, by=by, offer=OFFER)

    record_event(patent_id=patent.pk, event=announced("AV01", DAY), by=by)

    assert Listing.objects.get(pk=listing.pk).state == "removed"


def test_a_batch_takes_events_by_day_and_tells_each_refusal():
    by = province_user()
    patent, other = PatentFactory(legal_status="in_examination"), PatentFactory()
    batch = [
        Announced(patent.pk, announced("PE01", DAY + dt.timedelta(days=9), "Y1"), 3),
        Announced(patent.pk, announced("GR01", DAY), 4),
        Announced(other.pk, announced("RR01", DAY), 5),
        Announced(patent.pk, announced("GR01", DAY), 6),
        Announced(0, announced("GR01", DAY), 7),
    ]

    done = record_events(batch, source=Source(SourceKind.FORM, by))

    assert [event.code for event in done.events] == ["GR01", "PE01"]
    assert [one.row for one in done.repeated] == [6]
    assert [(one.row, refusal.code) for one, refusal in done.refused] == [(5, "wrong_state"), (7, "not_found")]
    patent.refresh_from_db()
    assert (patent.legal_status, patent.overlays, patent.granted_on) == ("valid", ["pledged"], DAY)


def batch_of(patents, event):
    return [Announced(patent.pk, event, n) for n, patent in enumerate(patents)]


@pytest.mark.parametrize("rows", [1, 7])
def test_events_of_many_patents_cost_the_same_queries_in_all(django_assert_num_queries, rows):
    """Savepoint and its end; patents and known events; event rows, patents; audit, outbox, no notices."""
    batch = batch_of(PatentFactory.create_batch(rows), announced("PP01", DAY))
    by = province_user()

    with django_assert_num_queries(9):
        record_events(batch, source=Source(SourceKind.FORM, by))


@pytest.mark.parametrize("rows", [1, 4])
def test_transfers_that_end_offers_cost_the_same_queries_in_all(django_assert_num_queries, rows):
    by = province_user()
    OrganisationFactory(kind="state_firm", name="乙集团")
    university = OrganisationFactory(kind="university")
    patents = [held_patent(university) for _ in range(rows)]
    for patent in patents:
        enter_pool(listing_id=save_offer(patent_id=patent.pk, by=by, offer=OFFER).pk, by=by)

    with django_assert_num_queries(22):
        record_events(
            batch_of(patents, announced("TR01", DAY, transferee="乙集团")), source=Source(SourceKind.FORM, by)
        )

    assert {patent.holder.name for patent in Patent.objects.all()} == {"乙集团"}
    assert {listing.state for listing in Listing.objects.all()} == {"removed"}
    assert Event.objects.filter(name="patents.listing.ended").count() == rows


@pytest.mark.django_db(transaction=True)
def test_two_pledges_at_the_same_time_leave_one():
    by = province_user()
    patent = PatentFactory()
    start, refusals = threading.Barrier(2), []

    def pledge(number):
        try:
            start.wait()
            record_event(patent_id=patent.pk, event=announced("PE01", DAY, number), by=by)
        except Conflict as refusal:
            refusals.append(refusal.code)
        finally:
            close_old_connections()
            connection.close()

    threads = [threading.Thread(target=pledge, args=(number,)) for number in ("Y1", "Y2")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert refusals == ["overlay_stands"]
    patent.refresh_from_db()
    assert (LegalEvent.objects.count(), patent.overlays) == (1, ["pledged"])


def test_a_licence_without_kind_names_the_field():
    with pytest.raises(Invalid) as refusal:
        record_event(
            patent_id=PatentFactory().pk, event=EventFacts(EventCode.EE01, DAY, "L1", {"licensee": "某公司"}),
            by=province_user(),
        )  # fmt: skip

    assert refusal.value.field == "licence_kind"
    assert overlays_of(Patent.objects.get()) == frozenset()
