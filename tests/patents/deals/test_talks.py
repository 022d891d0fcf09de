"""From the enquiry to talks, and to their end."""

import datetime as dt

import pytest

from patents.models import Deal, DealMessage
from patents.services import deals as services
from portal import clock
from portal.audit.models import AuditEntry
from portal.errors import Conflict, Invalid, NotAllowed, NotFound, WrongState
from portal.notices.models import Notice
from portal.outbox.models import Event
from tests.factories.accounts import (
    OrganisationFactory,
    UserFactory,
    bank_user,
    city_user,
    finance_user,
    holder_user,
    province_user,
    sme_user,
)
from tests.factories.deals import enquiry, paid, recorded, refreshed, signed, talks
from tests.factories.patents import PatentFactory

pytestmark = pytest.mark.django_db


def ask(firm, *patents, kind="ordinary", message="想了解许可条件"):
    return services.enquire(by=firm, patent_ids=[one.pk for one in patents], kind=kind, message=message)


def test_enquiry_names_both_sides_and_starts_the_clock():
    holder, firm = holder_user(), sme_user()
    patents = PatentFactory.create_batch(2, holder=holder.organisation)

    deal = ask(firm, *patents)

    deal.refresh_from_db()
    assert deal.ref == f"JY2026-{deal.pk:06d}"
    assert (deal.state, deal.kind, deal.origin) == ("enquiry", "ordinary", "patent_page")
    # Five working days after Monday 15 June, with the Dragon Boat holiday on Friday 19 June.
    assert (deal.opened_on, deal.answer_by) == (dt.date(2026, 6, 15), dt.date(2026, 6, 23))
    assert [
        (party.side, party.organisation, party.kind, party.share, party.is_lead) for party in deal.parties.all()
    ] == [
        ("giver", holder.organisation, "university", 1, True),
        ("receiver", firm.organisation, "sme", 1, True),
    ]
    assert list(deal.patents.order_by("pk")) == patents
    event = Event.objects.get()
    assert (event.name, event.key) == ("patents.deal.enquired", deal.ref)
    assert event.payload == {
        "deal_ref": deal.ref,
        "kind": "ordinary",
        "origin": "patent_page",
        "origin_ref": "",
        "patents": [patent.number for patent in patents],
        "receiver_id": firm.organisation_id,
        "giver_id": holder.organisation_id,
    }
    notice = Notice.objects.get()
    assert (notice.recipient, notice.body, notice.link) == (
        holder.organisation,
        "想了解许可条件",
        f"/patents/deals/{deal.ref}/",
    )


def test_enquiry_at_the_end_of_the_known_calendar_has_no_clock(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: dt.datetime(2026, 12, 29, 10, tzinfo=clock.SHANGHAI))

    deal, _, _ = enquiry()

    assert deal.answer_by is None


@pytest.mark.parametrize(
    ("patent", "refusal", "field"),
    [
        ({"legal_status": "lapsed_unpaid"}, Invalid, "patents"),
        ({"legal_status": "published"}, Invalid, "patents"),
        ({"holder": None}, Invalid, "patents"),
    ],
)
def test_enquiry_about_a_right_that_cannot_be_given_is_refused(patent, refusal, field, unchanged):
    firm = sme_user()
    one = PatentFactory(**{"holder": holder_user().organisation} | patent)
    before = unchanged()

    with pytest.raises(refusal) as refused:
        ask(firm, one)

    assert refused.value.field == field
    assert unchanged() == before


def test_enquiry_about_patents_of_two_holders_is_refused(unchanged):
    patents = [PatentFactory(holder=holder_user().organisation) for _ in range(2)]
    firm = sme_user()
    before = unchanged()

    with pytest.raises(Invalid) as refused:
        ask(firm, *patents)

    assert refused.value.field == "patents"
    assert unchanged() == before


@pytest.mark.parametrize(
    ("change", "field"),
    [({"message": " "}, "message"), ({"message": "字" * 2001}, "message"), ({"kind": "cross"}, "kind")],
)
def test_enquiry_without_words_or_kind_is_refused(change, field, unchanged):
    firm, patent = sme_user(), PatentFactory(holder=holder_user().organisation)
    before = unchanged()

    with pytest.raises(Invalid) as refused:
        ask(firm, patent, **change)

    assert refused.value.field == field
    assert unchanged() == before


def test_enquiry_about_the_own_patent_is_refused(unchanged):
    firm = sme_user()
    patent = PatentFactory(holder=firm.organisation)
    before = unchanged()

    with pytest.raises(Invalid):
        ask(firm, patent)

    assert unchanged() == before


def test_second_enquiry_about_the_same_patent_is_refused_until_the_first_ended(unchanged):
    deal, holder, firm = enquiry()
    patent = deal.patents.get()
    before = unchanged()

    with pytest.raises(Conflict) as refused:
        ask(firm, patent)

    assert refused.value.code == "enquiry_exists"
    assert unchanged() == before
    services.end_deal(deal_id=deal.pk, by=holder, reason="price")
    assert ask(firm, patent).state == "enquiry"


@pytest.mark.parametrize("user", [holder_user, city_user, province_user])
def test_only_a_firm_makes_enquiries(user, unchanged):
    patent = PatentFactory(holder=holder_user().organisation)
    asking = user()
    before = unchanged()

    with pytest.raises(NotAllowed):
        ask(asking, patent)

    assert unchanged() == before


def test_answer_begins_talks_and_tells_the_firm():
    deal, holder, firm = enquiry()

    services.answer_enquiry(deal_id=deal.pk, by=holder, message="可以。")

    deal = refreshed(deal)
    assert (deal.state, deal.answered_on) == ("talks", dt.date(2026, 6, 15))
    assert list(DealMessage.objects.values_list("organisation", "body")) == [
        (firm.organisation_id, "希望了解实施条件和价格。"),
        (holder.organisation_id, "可以。"),
    ]
    assert Notice.objects.get(recipient=firm.organisation).title == f"意向 {deal.ref} 已答复，可以洽谈"
    assert Event.objects.latest("pk").name == "patents.deal.talks_started"


def test_only_the_holder_answers(unchanged):
    deal, _, firm = enquiry()
    before = unchanged()

    with pytest.raises(NotAllowed):
        services.answer_enquiry(deal_id=deal.pk, by=firm, message="可以。")
    with pytest.raises(NotFound):
        services.answer_enquiry(deal_id=deal.pk, by=holder_user(), message="可以。")
    with pytest.raises(NotAllowed):
        services.answer_enquiry(deal_id=deal.pk, by=province_user(), message="可以。")

    assert unchanged() == before


def test_answer_twice_is_refused(unchanged):
    deal, holder, _ = talks()
    before = unchanged()

    with pytest.raises(WrongState):
        services.answer_enquiry(deal_id=deal.pk, by=holder, message="可以。")

    assert unchanged() == before


def test_messages_go_back_and_forth():
    deal, holder, firm = talks()

    services.post_message(deal_id=deal.pk, by=firm, message="能否先试用？")
    services.post_message(deal_id=deal.pk, by=holder, message="可以试用三个月。")

    assert [message.body for message in deal.messages.all()][-2:] == ["能否先试用？", "可以试用三个月。"]
    assert Notice.objects.filter(kind="patents.deal.message").count() == 2


def test_talks_elsewhere_are_entered_by_the_holder():
    holder, firm = holder_user(), OrganisationFactory()
    patent = PatentFactory(holder=holder.organisation)

    deal = services.start_talks(
        by=holder, patent_ids=[patent.pk], kind="transfer", receiver_id=firm.pk, note="展会洽谈"
    )

    assert (deal.state, deal.origin, deal.answer_by) == ("talks", "offline", None)
    assert Notice.objects.get().recipient == firm


def test_talks_about_the_patent_of_another_are_refused(unchanged):
    holder, firm = holder_user(), OrganisationFactory()
    patent = PatentFactory(holder=holder_user().organisation)
    before = unchanged()

    with pytest.raises(Invalid) as refused:
        services.start_talks(by=holder, patent_ids=[patent.pk], kind="transfer", receiver_id=firm.pk)

    assert refused.value.field == "patents"
    assert unchanged() == before


@pytest.mark.parametrize("made", [enquiry, talks, signed, recorded, lambda: paid()[:3]])
def test_either_side_ends_at_any_step_with_a_reason(made):
    deal, holder, firm = made()
    before = deal.state

    services.end_deal(deal_id=deal.pk, by=firm, reason="technical_doubt", note="样机未通过试验。")

    deal = refreshed(deal)
    assert (deal.state, deal.end_reason, deal.end_note) == ("ended", "technical_doubt", "样机未通过试验。")
    event = Event.objects.latest("pk")
    assert (event.payload["reason"], event.payload["by_side"], event.payload["from_state"]) == (
        "technical_doubt",
        "receiver",
        before,
    )
    assert Notice.objects.filter(recipient=holder.organisation, kind="patents.deal.ended").count() == 1


@pytest.mark.parametrize(
    ("made", "reason", "note", "field"),
    [
        (enquiry, "", "", "end_reason"),
        (enquiry, "boring", "", "end_reason"),
        (enquiry, "other", " ", "end_note"),
        (signed, "price", "", "end_note"),
    ],
)
def test_end_without_a_reason_is_refused(made, reason, note, field, unchanged):
    deal, holder, _ = made()
    before = unchanged()

    with pytest.raises(Invalid) as refused:
        services.end_deal(deal_id=deal.pk, by=holder, reason=reason, note=note)

    assert refused.value.field == field
    assert unchanged() == before


def test_ended_deal_stays_ended(unchanged):
    deal, holder, firm = enquiry()
    services.end_deal(deal_id=deal.pk, by=firm, reason="too_early")
    before = unchanged()

    with pytest.raises(WrongState):
        services.end_deal(deal_id=deal.pk, by=holder, reason="price")
    with pytest.raises(WrongState):
        services.post_message(deal_id=deal.pk, by=firm, message="再谈谈？")

    assert unchanged() == before


def test_holder_is_chased_once_when_the_time_is_over(monkeypatch):
    deal, holder, _ = enquiry()
    Notice.objects.all().delete()
    services.chase_unanswered()
    assert not Notice.objects.exists()
    monkeypatch.setattr(clock, "now", lambda: dt.datetime(2026, 6, 24, 10, tzinfo=clock.SHANGHAI))

    counts = [services.chase_unanswered(), services.chase_unanswered()]

    assert counts == [1, 0]
    assert refreshed(deal).chased_on == dt.date(2026, 6, 24)
    assert Notice.objects.get().recipient == holder.organisation
    assert AuditEntry.objects.latest("pk").actor is None


def test_answered_enquiry_is_not_chased(monkeypatch):
    talks()
    monkeypatch.setattr(clock, "now", lambda: dt.datetime(2026, 7, 24, 10, tzinfo=clock.SHANGHAI))

    assert services.chase_unanswered() == 0


def test_who_sees_a_deal():
    giver, receiver = (
        OrganisationFactory(kind="university", city_code="370100"),
        OrganisationFactory(city_code="370200"),
    )
    holder = UserFactory(role="holder", organisation=giver)
    firm = UserFactory(role="sme", organisation=receiver)
    enquiry(holder=holder, firm=firm)
    seen = {
        "holder": holder, "firm": firm, "jinan": city_user("370100"), "qingdao": city_user("370200"),
        "zibo": city_user("370300"), "province": province_user(), "finance": finance_user(), "bank": bank_user(),
        "other holder": holder_user(), "other firm": sme_user(),
    }  # fmt: skip

    visible = {name for name, user in seen.items() if Deal.objects.visible_to(user).exists()}

    assert visible == {"holder", "firm", "jinan", "qingdao", "province"}
