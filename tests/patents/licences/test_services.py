"""Declaring, publishing, accepting, recording and withdrawing open licences, and every refusal."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db import IntegrityError, InternalError, transaction

from patents import services
from patents.models import Acceptance, OpenLicence, Patent
from patents.policy.licences import FeeTerms
from patents.queries.deals import overlays_of
from patents.queries.licences import has_open_licence
from portal import clock
from portal.accounts.models import Organisation
from portal.audit.models import AuditEntry
from portal.errors import Conflict, Invalid, NotAllowed, NotFound, ServiceError, WrongState
from portal.notices.models import Notice
from portal.outbox.models import Event
from tests.factories.accounts import OrganisationFactory, UserFactory, city_user, holder_user, province_user, sme_user
from tests.factories.deals import pdf, signed, talks
from tests.factories.licences import (
    TWO_TIER,
    accepted,
    declaration,
    drafted,
    notice,
    own_patent,
    published,
    submitted,
    terms_of,
)

pytestmark = pytest.mark.django_db


def events():
    return list(Event.objects.order_by("pk").values_list("name", flat=True))


def refused(call):
    """The refusal of a call that must change and publish nothing."""
    before = (events(), list(OpenLicence.objects.values_list("state", "cnipa_state")), Acceptance.objects.count())
    with pytest.raises(ServiceError) as refusal:
        call()
    after = (events(), list(OpenLicence.objects.values_list("state", "cnipa_state")), Acceptance.objects.count())
    assert after == before
    return refusal.value


def test_from_draft_to_public():
    licence, _ = published()

    assert (licence.state, licence.published_on, licence.cnipa_state) == ("published", clock.today(), "not_declared")
    assert events() == ["patents.open_licence.submitted", "patents.open_licence.published"]
    assert AuditEntry.objects.filter(target_type="patents.openlicence").count() == 3


def test_only_the_holder_declares_its_patent():
    patent = own_patent(holder_user())

    refusal = refused(
        lambda: services.draft_open_licence(patent_id=patent.pk, by=holder_user(), declaration=declaration())
    )

    assert type(refusal) is NotFound


def test_a_firm_declares_nothing():
    patent = own_patent(holder_user())

    refusal = refused(
        lambda: services.draft_open_licence(patent_id=patent.pk, by=sme_user(), declaration=declaration())
    )

    assert type(refusal) is NotAllowed


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"owner_name": " "}, "owner_name"),
        ({"payment_way": ""}, "payment_way"),
        ({"other_matters": ""}, "other_matters"),
        ({"licence_to": dt.date(2020, 1, 1)}, "licence_to"),
        ({"stated_overlays": ["spoon"]}, "stated_overlays"),
        ({"terms": FeeTerms("spoon")}, "payment_kind"),
        ({"terms": FeeTerms("one_off")}, "fixed_amount"),
        ({"terms": FeeTerms("one_off", Decimal(-1))}, "fixed_amount"),
        ({"terms": FeeTerms("one_off", Decimal("0.001"))}, "fixed_amount"),
        ({"terms": FeeTerms("one_off", Decimal(1), royalty_rate=Decimal("0.1"))}, "royalty_rate"),
        ({"terms": FeeTerms("instalments", Decimal(9), settlement="year")}, "instalment_count"),
        ({"terms": FeeTerms("instalments", Decimal(9), 61, settlement="year")}, "instalment_count"),
        ({"terms": FeeTerms("royalty", royalty_base="profit", settlement="year")}, "royalty_rate"),
        ({"terms": FeeTerms("royalty", None, None, Decimal("1.5"), "profit", settlement="year")}, "royalty_rate"),
        ({"terms": FeeTerms("royalty", None, None, Decimal("0.1"), "", settlement="year")}, "royalty_base"),
        ({"terms": FeeTerms("royalty", None, None, Decimal("0.1"), "profit")}, "settlement"),
        (
            {"terms": FeeTerms("two_tier", Decimal(9), None, Decimal("0.1"), "profit", None, Decimal(8), "year")},
            "cap_total_amount",
        ),
    ],
)
def test_a_field_that_is_missing_or_wrong_is_named(changes, field):
    holder = holder_user()
    patent = own_patent(holder)

    refusal = refused(
        lambda: services.draft_open_licence(patent_id=patent.pk, by=holder, declaration=declaration(**changes))
    )

    assert (type(refusal), refusal.field) == (Invalid, field)


@pytest.mark.parametrize(
    ("patent", "changes", "field"),
    [
        ({"kind": "utility_model"}, {}, "report_number"),
        (
            {"kind": "design", "main_class": "07-01"},
            {"report_number": "PJ-1", "report_on": dt.date(2024, 1, 2)},
            "report_is_positive",
        ),
        ({"applicant_names": "齐鲁试验大学；另一大学"}, {}, "co_owner_consent"),
    ],
)
def test_proofs_that_the_patent_needs(patent, changes, field):
    holder = holder_user()
    licence, _ = drafted(holder, own_patent(holder, **patent), **changes)

    refusal = refused(lambda: services.submit_open_licence(ref=licence.ref, by=holder))

    assert (type(refusal), refusal.field) == (Invalid, field)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({}, "is_free_of_state_secrets"),
        ({"is_free_of_state_secrets": True}, "is_free_of_trade_secrets"),
        ({"is_free_of_state_secrets": True, "is_free_of_trade_secrets": True}, "secrecy_document"),
    ],
)
def test_a_state_firm_confirms_secrecy(changes, field):
    firm = UserFactory(role="holder", organisation=OrganisationFactory(kind="state_firm"))
    licence, _ = drafted(firm, **changes)

    refusal = refused(lambda: services.submit_open_licence(ref=licence.ref, by=firm))

    assert (type(refusal), refusal.field) == (Invalid, field)


def test_all_proofs_given():
    firm = UserFactory(role="holder", organisation=OrganisationFactory(kind="state_firm"))
    patent = own_patent(firm, kind="utility_model", applicant_names="齐鲁试验大学；另一大学")

    licence, _ = published(
        firm,
        patent,
        report_number="PJ-2024-1",
        report_on=dt.date(2024, 1, 2),
        report_is_positive=True,
        co_owner_consent="共有人同意书 2024-01-05",
        is_free_of_state_secrets=True,
        is_free_of_trade_secrets=True,
        secrecy_document="保密审查意见 2024-01-06",
    )

    assert licence.state == "published"


def test_warnings_ask_for_confirmation_and_are_kept():
    terms = FeeTerms("one_off", Decimal("20000000.01"))
    licence, holder = drafted(terms=terms, other_matters="本技术国内领先")

    refusal = refused(lambda: services.submit_open_licence(ref=licence.ref, by=holder))
    done = services.submit_open_licence(ref=licence.ref, by=holder, is_aware_of_warnings=True)

    assert refusal.code == "warnings"
    assert [warning["code"] for warning in done.warnings] == ["fixed_ceiling", "advertising_word"]


def test_a_second_declaration_of_a_patent_is_refused():
    licence, holder = submitted()

    refusal = refused(
        lambda: services.draft_open_licence(patent_id=licence.patent_id, by=holder, declaration=declaration())
    )

    assert (type(refusal), refusal.code) == (Conflict, "already_open")


def test_the_database_refuses_a_second_open_declaration():
    licence, _holder = submitted()
    second = OpenLicence.objects.get(pk=licence.pk)
    second.pk, second.ref = None, "KF-SECOND"

    with pytest.raises(IntegrityError, match="open_licence_one_open_per_patent"), transaction.atomic():
        second.save(force_insert=True)


@pytest.mark.parametrize("status", ["valid_fee_grace", "lapsed_unpaid", "unknown"])
def test_blocked_at_declaration_at_publication_and_at_acceptance(status):
    draft, holder = drafted()
    waiting, _ = submitted()
    public, _ = published()
    Patent.objects.update(legal_status=status)

    codes = [
        refused(lambda: services.submit_open_licence(ref=draft.ref, by=holder)).code,
        refused(lambda: services.publish_open_licence(ref=waiting.ref, by=province_user())).code,
        refused(lambda: services.accept_open_licence(ref=public.ref, by=sme_user(), notice=notice())).code,
    ]

    assert codes == ["blocked"] * 3


def test_an_exclusive_licence_stated_later_stops_acceptance_until_it_ends():
    licence, holder = published()
    services.state_encumbrances(ref=licence.ref, by=holder, overlays=["licensed_exclusive"])

    refusal = refused(lambda: services.accept_open_licence(ref=licence.ref, by=sme_user(), notice=notice()))
    services.state_encumbrances(ref=licence.ref, by=holder, overlays=[])
    acceptance, _ = accepted(licence)

    assert (refusal.code, acceptance.state) == ("blocked", "effective")


def test_a_pledge_needs_the_pledgees_consent():
    licence, holder = drafted(stated_overlays=["pledged"])

    refusal = refused(lambda: services.submit_open_licence(ref=licence.ref, by=holder))
    services.update_open_licence(
        ref=licence.ref,
        by=holder,
        declaration=declaration(stated_overlays=["pledged"], pledgee_consent="质权人同意函 2026-01-03"),
    )
    done = services.submit_open_licence(ref=licence.ref, by=holder)

    assert (refusal.code, done.state) == ("blocked", "submitted")


def test_an_official_records_an_obstacle_and_lifts_it():
    licence, _ = published()
    services.set_obstacle(ref=licence.ref, by=province_user(), obstacle="无效宣告请求审理中")

    refusal = refused(lambda: services.accept_open_licence(ref=licence.ref, by=sme_user(), notice=notice()))
    services.set_obstacle(ref=licence.ref, by=province_user(), obstacle="")
    acceptance, _ = accepted(licence)

    assert "无效宣告请求审理中" in refusal.message
    assert acceptance.state == "effective"


def test_the_licence_cannot_outlast_the_right():
    holder = holder_user()
    patent = own_patent(holder, filed_on=dt.date(2022, 3, 1))
    licence, _ = drafted(holder, patent, licence_to=dt.date(2042, 3, 1))

    refusal = refused(lambda: services.submit_open_licence(ref=licence.ref, by=holder))

    assert (refusal.field, refusal.message) == ("licence_to", "许可期限止不能晚于专利权届满日 2042-02-28。")


def test_overlays_of_legal_events_stand_against_it_too():
    licence, _ = published()
    Patent.objects.filter(pk=licence.patent_id).update(overlays=["licensed_sole"])

    refusal = refused(lambda: services.accept_open_licence(ref=licence.ref, by=sme_user(), notice=notice()))

    assert refusal.message == "不能开放许可：专利权处于独占或者排他许可有效期内（专利法实施细则第八十六条）。"


def test_return_needs_an_opinion_and_goes_back_to_the_holder():
    licence, holder = submitted()
    official = city_user(holder.organisation.city_code)

    refusal = refused(lambda: services.return_open_licence(ref=licence.ref, by=official, note=" "))
    done = services.return_open_licence(ref=licence.ref, by=official, note="请写明账户。")

    assert (refusal.field, done.state, done.review_note) == ("note", "returned", "请写明账户。")
    assert Notice.objects.filter(recipient=licence.holder, body="请写明账户。").count() == 1


def test_another_city_does_not_see_it():
    licence, _ = submitted()

    refusal = refused(lambda: services.publish_open_licence(ref=licence.ref, by=city_user("370200")))

    assert type(refusal) is NotFound


def test_the_holder_cannot_publish():
    licence, holder = submitted()

    refusal = refused(lambda: services.publish_open_licence(ref=licence.ref, by=holder))

    assert type(refusal) is NotAllowed


def test_the_database_freezes_published_terms():
    licence, _ = published()
    before = terms_of(licence)

    for change in ({"fixed_amount": Decimal(1)}, {"royalty_rate": Decimal("0.5")}, {"payment_way": "另议"}):
        with pytest.raises(InternalError, match="Cannot update rows"), transaction.atomic():
            OpenLicence.objects.filter(pk=licence.pk).update(**change)

    assert terms_of(licence) == before


def test_acceptance_freezes_the_terms():
    acceptance, firm = accepted()
    licence = acceptance.open_licence
    today = clock.today()

    assert acceptance.terms == {
        "ref": licence.ref,
        "owner_name": "齐鲁试验大学",
        "payment_kind": "two_tier",
        "fixed_amount": "50000.00",
        "royalty_rate": "0.030000",
        "royalty_base": "net_sales",
        "minimum_year_amount": "10000.00",
        "cap_total_amount": "300000.00",
        "settlement": "half_year",
        "payment_way": "书面通知之日起十日内汇入本单位账户。",
        "licence_from": str(today),
        "licence_to": str(today + dt.timedelta(days=700)),
        "other_matters": "无",
        "patent": licence.patent.display_number,
        "instalment_count": None,
        "due_at_acceptance": "50000.00",
    }
    assert (acceptance.firm, acceptance.effective_on, acceptance.state) == (firm.organisation, today, "effective")
    assert Event.objects.get(name="patents.open_licence.accepted").payload == {
        "open_licence_ref": licence.ref,
        "acceptance_ref": acceptance.ref,
        "patent_number": licence.patent.number,
        "firm_id": firm.organisation_id,
        "effective_on": str(today),
    }
    with pytest.raises(InternalError, match="Cannot update rows"), transaction.atomic():
        Acceptance.objects.filter(pk=acceptance.pk).update(terms={})


def test_record_is_due_three_months_after_both_notice_and_payment(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: dt.datetime(2025, 11, 30, 9, tzinfo=clock.SHANGHAI))
    licence, _ = published()
    monkeypatch.setattr(clock, "now", lambda: dt.datetime(2025, 12, 2, 9, tzinfo=clock.SHANGHAI))

    acceptance, _ = accepted(licence, given_on=dt.date(2025, 12, 1), paid_on=dt.date(2025, 11, 30))

    assert (acceptance.effective_on, acceptance.record_due_on) == (dt.date(2025, 12, 1), dt.date(2026, 3, 1))


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"text": " "}, "text"),
        ({"given_on": dt.date(2020, 1, 1)}, "given_on"),
        ({"given_on": dt.date(2999, 1, 1)}, "given_on"),
        ({"paid_amount": Decimal("49999.99")}, "paid_amount"),
        ({"paid_amount": Decimal("50000.01")}, "paid_amount"),
        ({"paid_on": None}, "paid_on"),
        ({"paid_on": dt.date(2999, 1, 1)}, "paid_on"),
        ({"payment_number": ""}, "payment_number"),
    ],
)
def test_notice_and_payment_must_be_as_announced(changes, field):
    licence, _ = published()

    refusal = refused(lambda: services.accept_open_licence(ref=licence.ref, by=sme_user(), notice=notice(**changes)))

    assert (type(refusal), refusal.field) == (Invalid, field)


def test_a_firm_accepts_once():
    licence, _ = published()
    _, firm = accepted(licence)

    refusal = refused(lambda: services.accept_open_licence(ref=licence.ref, by=firm, notice=notice()))

    assert refusal.code == "already_accepted"


def test_what_is_not_public_cannot_be_accepted():
    licence, _ = submitted()

    refusal = refused(lambda: services.accept_open_licence(ref=licence.ref, by=sme_user(), notice=notice()))

    assert type(refusal) is NotFound


def test_withdrawal_leaves_earlier_licences_valid():
    licence, holder = published()
    _acceptance, _ = accepted(licence)
    kept = Acceptance.objects.values().get()

    done = services.withdraw_open_licence(ref=licence.ref, by=holder, reason="拟作价入股")
    refusal = refused(lambda: services.accept_open_licence(ref=licence.ref, by=sme_user(), notice=notice()))

    assert (done.state, type(refusal)) == ("withdrawn", WrongState)
    assert Acceptance.objects.values().get() == kept
    payload = Event.objects.get(name="patents.open_licence.withdrawn").payload
    assert payload["acceptances_that_stay_valid"] == 1


def test_withdrawal_needs_a_reason_and_all_co_owners():
    holder = holder_user()
    patent = own_patent(holder, applicant_names="齐鲁试验大学；另一大学")
    licence, _ = published(holder, patent, co_owner_consent="同意书")

    fields = [
        refused(lambda: services.withdraw_open_licence(ref=licence.ref, by=holder, reason=" ")).field,
        refused(lambda: services.withdraw_open_licence(ref=licence.ref, by=holder, reason="拟转让")).field,
    ]
    done = services.withdraw_open_licence(ref=licence.ref, by=holder, reason="拟转让", co_owner_consent="同意书二")

    assert (fields, done.state) == (["reason", "co_owner_consent"], "withdrawn")


def test_a_withdrawn_patent_can_be_declared_anew():
    licence, holder = published()
    services.withdraw_open_licence(ref=licence.ref, by=holder, reason="改条件")

    again, _ = published(holder, licence.patent)

    assert (again.state, licence.patent.open_licences.count()) == ("published", 2)


def test_the_state_at_cnipa_is_another():
    licence, holder = published()
    today = clock.today()

    services.record_cnipa_step(ref=licence.ref, by=holder, state="declared", done_on=today, number="SM-1")
    services.withdraw_open_licence(ref=licence.ref, by=holder, reason="改条件")
    services.record_cnipa_step(ref=licence.ref, by=holder, state="announced", done_on=today, number="GG-2")

    licence.refresh_from_db()
    assert (licence.state, licence.cnipa_state) == ("withdrawn", "announced")
    assert list(licence.cnipa_steps.values_list("state", "number")) == [("declared", "SM-1"), ("announced", "GG-2")]


@pytest.mark.parametrize(
    ("step", "kind", "field"),
    [
        ({"state": "announced"}, WrongState, None),
        ({"number": ""}, Invalid, "number"),
        ({"done_on": dt.date(2999, 1, 1)}, Invalid, "done_on"),
    ],
)
def test_steps_at_cnipa_follow_each_other(step, kind, field):
    licence, holder = published()
    values = {"state": "declared", "done_on": clock.today(), "number": "SM-1"} | step

    refusal = refused(lambda: services.record_cnipa_step(ref=licence.ref, by=holder, **values))

    assert (type(refusal), refusal.field) == (kind, field)


def test_record_and_payment_by_the_parties():
    acceptance, firm = accepted()
    holder = UserFactory(role="holder", organisation=acceptance.open_licence.holder)
    today = clock.today()

    services.confirm_payment(ref=acceptance.ref, by=holder, received_on=today, file=pdf())
    services.record_acceptance(ref=acceptance.ref, by=firm, recorded_on=today, record_number="BA-9")

    acceptance.refresh_from_db()
    kept = (acceptance.state, acceptance.payment_confirmed_on, acceptance.recorded_on, acceptance.record_number)
    assert kept == ("recorded", today, today, "BA-9")
    told = [name for name in events() if name.startswith("patents.open_licence.")]
    assert told[-2:] == ["patents.open_licence.paid", "patents.open_licence.recorded"]


def test_refusals_of_record_and_payment():
    acceptance, firm = accepted()
    ref, today = acceptance.ref, clock.today()

    found = [
        refused(lambda: services.record_acceptance(ref=ref, by=firm, recorded_on=today, record_number="")).field,
        refused(
            lambda: services.record_acceptance(ref=ref, by=firm, recorded_on=dt.date(2020, 1, 1), record_number="B")
        ).field,
        refused(lambda: services.record_acceptance(ref=ref, by=sme_user(), recorded_on=today, record_number="B")).code,
        refused(lambda: services.confirm_payment(ref=ref, by=firm, received_on=today, file=pdf())).code,
    ]

    assert found == ["record_number", "recorded_on", "not_found", "not_allowed"]


def test_records_are_chased_once_for_each_reminder(monkeypatch):
    acceptance, firm = accepted()
    due = dt.datetime.combine(acceptance.record_due_on, dt.time(9), tzinfo=clock.SHANGHAI)
    Notice.objects.all().delete()
    counts = []

    for days in (31, 30, 30, 7, 0, -5):
        monkeypatch.setattr(clock, "now", lambda days=days: due - dt.timedelta(days=days))
        counts.append(services.chase_records())

    assert counts == [0, 1, 0, 1, 1, 0]
    assert sorted(Notice.objects.values_list("recipient_id", flat=True)) == sorted(
        [firm.organisation_id] * 3 + [acceptance.open_licence.holder_id] * 3
    )
    assert events().count("patents.open_licence.record_due") == 3


def test_recorded_licences_are_not_chased(monkeypatch):
    acceptance, firm = accepted()
    services.record_acceptance(ref=acceptance.ref, by=firm, recorded_on=clock.today(), record_number="BA-1")
    later = clock.now() + dt.timedelta(days=200)
    monkeypatch.setattr(clock, "now", lambda: later)

    assert services.chase_records() == 0


def test_has_open_licence_needs_the_announcement_and_a_licence(monkeypatch):
    licence, holder = published()
    today = clock.today()
    found = [has_open_licence(licence.patent, today)]
    services.record_cnipa_step(ref=licence.ref, by=holder, state="declared", done_on=today, number="SM-1")
    services.record_cnipa_step(ref=licence.ref, by=holder, state="announced", done_on=today, number="GG-1")
    found.append(has_open_licence(licence.patent, today))
    accepted(licence)

    found += [
        has_open_licence(licence.patent, today),
        has_open_licence(licence.patent, today - dt.timedelta(days=1)),
        has_open_licence(licence.patent, licence.licence_to + dt.timedelta(days=1)),
        has_open_licence(licence.patent, dt.date(2024, 7, 23)),
    ]
    services.record_cnipa_step(ref=licence.ref, by=holder, state="withdrawn", done_on=today, number="CH-1")
    found.append(has_open_licence(licence.patent, today))

    assert found == [False, False, True, False, False, False, False]


def test_who_sees_what():
    draft, holder = drafted()
    public, _ = published()
    city, other_city = city_user(holder.organisation.city_code), city_user("370900")

    seen = {
        name: set(OpenLicence.objects.visible_to(user))
        for name, user in {
            "firm": sme_user(), "holder": holder, "city": city, "other_city": other_city, "province": province_user(),
        }.items()
    }  # fmt: skip

    assert seen == {
        "firm": {public}, "holder": {draft, public}, "city": {draft, public}, "other_city": {public},
        "province": {draft, public},
    }  # fmt: skip
    assert Organisation.objects.filter(open_licences__isnull=False).distinct().count() == 2
    assert TWO_TIER.periods_per_year == 2


def test_an_exclusive_licence_signed_here_stops_it_and_the_other_way_round():
    deal, holder, _ = signed(kind="exclusive", filed_on=clock.today() - dt.timedelta(days=1000))
    patent = deal.patents.get()
    licence, _ = drafted(holder, patent)
    public, other = published()
    talking, _, _ = talks(holder=other, kind="exclusive")
    talking.patents.clear()
    talking.patents.add(public.patent)

    refusal = refused(lambda: services.submit_open_licence(ref=licence.ref, by=holder))

    assert refusal.code == "blocked"
    assert overlays_of([public.patent], besides=[talking.pk])[public.patent_id].is_open_licence is True
    assert overlays_of([patent], besides=[talking.pk])[patent.pk].is_open_licence is False
