"""Voiding a wrong legal event: status, overlays and owners follow from the others; what cannot stand is refused."""

import datetime as dt

import pytest
from django.db import connection, transaction
from django.db.utils import InternalError

from patents.enums import LegalStatus, SourceKind
from patents.models import LegalEvent, Patent
from patents.policy.events import EventFacts
from patents.policy.replay import Kept, states
from patents.queries.history import as_of
from patents.queries.parties import owners_of
from patents.services import enter_pool, record_event, record_events, save_offer, void_event
from patents.services.legal_writing import Announced, Source
from portal import clock
from portal.audit.models import AuditEntry
from portal.errors import Conflict, Invalid, NotAllowed, NotFound, ServiceError
from portal.notices.models import Notice
from portal.outbox.models import Event
from tests.concurrency import at_once
from tests.factories.accounts import OrganisationFactory, city_user, holder_user, province_user
from tests.factories.patents import OFFER, PatentFactory, announced, held_patent

DAY = dt.date(2026, 3, 2)
LATER = DAY + dt.timedelta(days=30)


def traces():
    return Event.objects.count(), AuditEntry.objects.count(), Notice.objects.count()


def state_of(patent):
    patent.refresh_from_db()
    return patent.legal_status, patent.overlays


@pytest.mark.django_db
def test_a_voided_lapse_leaves_the_patent_in_force_and_is_told():
    by = province_user()
    patent = held_patent(OrganisationFactory(kind="university"))
    row = record_event(patent_id=patent.pk, event=announced("CF01", DAY, "F1"), by=by)
    assert state_of(patent) == ("lapsed_unpaid", [])

    void_event(event_id=row.pk, by=by, reason="公告号抄错，属于另一件专利")

    row.refresh_from_db()
    assert (row.voided_by, row.void_reason) == (by, "公告号抄错，属于另一件专利")
    assert state_of(patent) == ("valid", [])
    assert Event.objects.get(name="patents.legal_event.voided").payload == {
        "event_id": row.pk, "patent_id": patent.pk, "patent_number": patent.number, "code": "CF01",
        "on": "2026-03-02", "reference": "F1", "status_before": "valid", "status_after": "valid", "overlays": [],
        "reason": "公告号抄错，属于另一件专利",
    }  # fmt: skip
    assert AuditEntry.objects.get(verb="作废法律事件").note == "公告号抄错，属于另一件专利"
    assert Notice.objects.first().title == (f"专利 {patent.display_number} 的法律事件已作废：未缴年费专利权终止")


@pytest.mark.django_db
def test_events_after_a_voided_one_no_longer_carry_its_status():
    by = province_user()
    patent = PatentFactory()
    lapse = record_event(patent_id=patent.pk, event=announced("CF01", DAY), by=by)
    record_event(patent_id=patent.pk, event=announced("CP02", LATER), by=by)
    assert state_of(patent) == ("lapsed_unpaid", [])

    void_event(event_id=lapse.pk, by=by, reason="误登")

    assert state_of(patent) == ("valid", [])
    was = as_of(patent, LATER)
    assert (was.status, [event.code for event in was.events]) == (LegalStatus.VALID, ["CP02"])


@pytest.mark.django_db
def test_voiding_lets_an_earlier_day_be_recorded_again():
    by = province_user()
    patent = PatentFactory()
    wrong = record_event(patent_id=patent.pk, event=announced("PE01", LATER, "Y1"), by=by)

    void_event(event_id=wrong.pk, by=by, reason="日期有误")
    record_event(patent_id=patent.pk, event=announced("PE01", DAY, "Y1"), by=by)
    record_event(patent_id=patent.pk, event=announced("PC01", LATER, "Y1"), by=by)

    assert state_of(patent) == ("valid", [])
    assert as_of(patent, DAY).overlays == ("pledged",)
    assert as_of(patent, LATER).overlays == ()


@pytest.mark.django_db
def test_what_later_events_rest_on_cannot_be_voided():
    by = province_user()
    patent = PatentFactory()
    pledge = record_event(patent_id=patent.pk, event=announced("PE01", DAY, "Y1"), by=by)
    record_event(patent_id=patent.pk, event=announced("PC01", LATER, "Y1"), by=by)
    before = traces()

    with pytest.raises(Conflict) as refusal:
        void_event(event_id=pledge.pk, by=by, reason="误登")

    assert (refusal.value.code, traces()) == ("later_event_contradicts", before)
    assert refusal.value.message == (
        "2026-04-01 的“专利权质押登记注销”以在先事件为前提，不能成立："
        "该专利没有“已质押”的登记，不能登记“专利权质押登记注销”。请先作废该事件。"
    )
    assert LegalEvent.objects.standing().count() == 2


@pytest.mark.django_db
def test_refusals_change_nothing():
    patent = held_patent(OrganisationFactory(kind="university", city_code="370100"))
    row = record_event(patent_id=patent.pk, event=announced("CF01", DAY), by=province_user())
    before = traces()

    for by, reason, refusal in (
        (holder_user(), "误登", NotAllowed),
        (city_user("370200"), "误登", NotFound),
        (city_user("370100"), "  ", Invalid),
    ):
        with pytest.raises(refusal):
            void_event(event_id=row.pk, by=by, reason=reason)

    assert (state_of(patent), traces()) == (("lapsed_unpaid", []), before)
    void_event(event_id=row.pk, by=city_user("370100"), reason="误登")
    with pytest.raises(Conflict, match="已经作废"):
        void_event(event_id=row.pk, by=province_user(), reason="误登")


@pytest.mark.django_db
def test_a_voided_transfer_gives_the_patent_back_but_not_the_offer():
    by = province_user()
    university = OrganisationFactory(kind="university", name="甲大学")
    OrganisationFactory(kind="state_firm", name="乙集团", city_code="370200")
    patent = held_patent(university)
    listing = save_offer(patent_id=patent.pk, by=by, offer=OFFER)
    enter_pool(listing_id=listing.pk, by=by)
    row = record_event(patent_id=patent.pk, event=announced("TR01", DAY, transferee="乙集团"), by=by)

    void_event(event_id=row.pk, by=by, reason="误登")

    patent.refresh_from_db()
    listing.refresh_from_db()
    assert ([owner.name for owner in owners_of(patent)], patent.holder) == (["甲大学"], university)
    assert (listing.state, as_of(patent, clock.today()).owners) == ("removed", ("甲大学",))


@pytest.mark.django_db
def test_a_voided_renaming_keeps_the_share_and_a_later_one_comes_first():
    by = province_user()
    patent = held_patent(OrganisationFactory(kind="university", name="甲大学"), co_owners=["丙公司"])
    patent.parties.filter(name="丙公司").update(share="0.300000")
    first = record_event(patent_id=patent.pk, event=announced("CP01", DAY, old_name="丙公司", new_name="丁公司"), by=by)
    second = record_event(
        patent_id=patent.pk, event=announced("CP01", LATER, old_name="丁公司", new_name="戊公司"), by=by
    )

    with pytest.raises(Conflict, match="请先作废该事件"):
        void_event(event_id=first.pk, by=by, reason="误登")
    void_event(event_id=second.pk, by=by, reason="误登")
    void_event(event_id=first.pk, by=by, reason="误登")

    assert [(owner.name, str(owner.share)) for owner in owners_of(patent)] == [
        ("甲大学", "None"),
        ("丙公司", "0.300000"),
    ]


@pytest.mark.django_db
def test_a_voided_event_comes_back_by_a_person_alone():
    by = province_user()
    patent = PatentFactory()
    row = record_event(patent_id=patent.pk, event=announced("CF01", DAY), by=by)
    void_event(event_id=row.pk, by=by, reason="误登")

    api = record_events([Announced(patent.pk, announced("CF01", DAY))], source=Source(SourceKind.API, by))
    assert [refusal.code for _, refusal in api.refused] == ["voided_event"]

    record_event(patent_id=patent.pk, event=announced("CF01", DAY), by=by)
    assert state_of(patent) == ("lapsed_unpaid", [])


@pytest.mark.django_db
def test_the_database_lets_nothing_but_the_voiding_be_written_and_that_once():
    by = province_user()
    row = record_event(patent_id=PatentFactory().pk, event=announced("CF01", DAY), by=by)
    void_event(event_id=row.pk, by=by, reason="误登")

    for change in (
        "UPDATE patents_legalevent SET code = 'PE01'",
        "UPDATE patents_legalevent SET void_reason = '另一个原因'",
    ):
        with pytest.raises(InternalError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(change)


@pytest.mark.django_db
def test_as_of_a_day_on_which_the_wrong_event_was_believed():
    """What is known now counts: the record of that day said lapsed, and was wrong."""
    by = province_user()
    patent = PatentFactory()
    Patent.objects.filter(pk=patent.pk).update(created_at=clock.now() - dt.timedelta(days=9))
    row = record_event(patent_id=patent.pk, event=announced("CF01", DAY), by=by)
    void_event(event_id=row.pk, by=by, reason="误登")
    patent.refresh_from_db()

    was = as_of(patent, clock.today())
    assert (was.status, was.events) == (LegalStatus.VALID, ())
    assert as_of(patent, DAY).status == LegalStatus.VALID


@pytest.mark.django_db
def test_an_official_voids_in_the_admin_and_sees_what_follows(client):
    patent = held_patent(OrganisationFactory(kind="university", city_code="370100"))
    row = record_event(patent_id=patent.pk, event=announced("CF01", DAY), by=province_user())
    address = f"/admin/patents/legalevent/{row.pk}/handle"
    client.force_login(city_user("370100"))

    page = client.get(address, follow=True)
    assert "作废后" in page.content.decode()
    assert client.post(page.request["PATH_INFO"], {"step": "void", "void-note": ""}).status_code == 200
    client.post(page.request["PATH_INFO"], {"step": "void", "void-note": "误登"})

    assert state_of(patent) == ("valid", [])
    assert "作废，不再计算：误登" in client.get(f"/patents/{patent.number}/").content.decode()


def kept(code, day, found, *, recorded, voided=None, **facts):
    moment = dt.datetime(2026, 1, 1, tzinfo=clock.SHANGHAI)
    at = [moment + dt.timedelta(days=n) if n is not None else None for n in (recorded, voided)]
    return Kept(EventFacts(announced(code, DAY).code, DAY, "", facts), LegalStatus(found), at[0], at[1])


@pytest.mark.parametrize(
    ("rows", "left"),
    [
        ([kept("CF01", DAY, "valid", recorded=1)], "lapsed_unpaid"),
        ([kept("CF01", DAY, "valid", recorded=1, voided=2)], "valid"),
        # Recorded while the lapse was believed, and voided after: its status follows.
        ([kept("CF01", DAY, "valid", recorded=1, voided=3), kept("CP02", DAY, "lapsed_unpaid", recorded=2)], "valid"),
        # A sheet had said "abandoned" between the two: that stands, whatever is voided.
        ([kept("CF01", DAY, "valid", recorded=1, voided=3), kept("CP02", DAY, "abandoned", recorded=2)], "abandoned"),
        # Recorded after a voiding, on what was right by then; then what that rested on is voided as well.
        (
            [
                kept("CF01", DAY, "valid", recorded=1, voided=5),
                kept("RR01", DAY, "lapsed_unpaid", recorded=2, voided=3),
                kept("CP02", DAY, "lapsed_unpaid", recorded=4),
            ],
            "valid",
        ),
    ],
)
def test_worked_examples_of_replaying(rows, left):
    assert states(rows)[-1].status == left


def test_replaying_names_the_event_that_cannot_stand():
    rows = [kept("CF01", DAY, "valid", recorded=1, voided=3), kept("RR01", DAY, "lapsed_unpaid", recorded=2)]

    with pytest.raises(ServiceError) as refusal:
        states(rows)

    assert refusal.value.code == "later_event_contradicts"


@pytest.mark.django_db(transaction=True)
def test_an_event_is_voided_once_when_two_officials_do_it_at_the_same_time():
    by = province_user()
    row = record_event(patent_id=PatentFactory().pk, event=announced("CF01", DAY), by=by)

    outcomes = at_once(*[lambda: void_event(event_id=row.pk, by=by, reason="误登") for _ in range(2)])

    assert sorted(outcomes) == ["", "already_voided"]
    assert Event.objects.filter(name="patents.legal_event.voided").count() == 1
