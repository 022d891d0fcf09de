"""What a finished registration does to the patents, and what stands against one."""

import datetime as dt
from decimal import Decimal

import pytest

from patents.enums import LegalStatus
from patents.models import LegalEvent, Patent, WindowCase
from patents.policy.deals import Overlays, RunningLicence
from patents.policy.window import RightFacts, findings
from patents.queries import window as queries
from patents.queries.parties import owners_of
from patents.services import record_event
from patents.services import window as services
from portal import clock
from portal.errors import Conflict, Invalid
from portal.notices.models import Notice
from portal.outbox.models import Event
from tests.factories.accounts import OrganisationFactory, city_user, holder_user, province_user, sme_user
from tests.factories.deals import signed
from tests.factories.patents import announced
from tests.factories.window import accepted_case, draft_case, filing, handed_over_case, own_patent

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def register(case, number="Y2026980001234", **changes):
    given = {"registration_number": number, "registered_on": clock.today()} | changes
    return services.register_case(case_id=case.pk, by=city_user("370100"), **given)


def test_registered_pledge_lies_over_the_patent():
    firm = sme_user()
    patent = own_patent(firm)

    register(handed_over_case(firm, patents=[patent]))

    patent.refresh_from_db()
    event = LegalEvent.objects.get()
    assert (patent.overlays, event.code, event.reference, event.source) == (
        ["pledged"],
        "PE01",
        "Y2026980001234",
        "window",
    )
    assert event.facts == {
        "pledgor": firm.organisation.name,
        "pledgee": "岱麓银行股份有限公司",
        "secured_amount": "3000000.00",
    }
    told = Event.objects.get(name="patents.legal_event.recorded")
    assert (told.payload["patent_number"], told.payload["code"], told.payload["overlays"]) == (
        patent.number,
        "PE01",
        ["pledged"],
    )


def test_registered_transfer_gives_the_patent_to_its_new_holder():
    holder, buyer = holder_user(), OrganisationFactory()
    patent = own_patent(holder)
    case = handed_over_case(
        holder, patents=[patent], kind="transfer", counterpart_name=buyer.name, counterpart_uscc=buyer.uscc
    )

    register(case)

    patent.refresh_from_db()
    assert (patent.holder, [owner.name for owner in owners_of(patent)]) == (buyer, [buyer.name])
    assert LegalEvent.objects.get().owners_after == [buyer.name]


def test_registered_licence_keeps_its_kind_and_term():
    holder = holder_user()
    patent = own_patent(holder)
    case = handed_over_case(holder, patents=[patent], kind="licence", licence_kind="exclusive")

    register(case)

    patent.refresh_from_db()
    facts = LegalEvent.objects.get().facts
    assert (patent.overlays, facts["licence_kind"], facts["valid_until"]) == (
        ["licensed_exclusive"],
        "exclusive",
        "2030-12-31",
    )


def test_case_is_registered_with_all_its_patents_or_with_none():
    firm = sme_user()
    free, other = own_patent(firm), own_patent(firm)
    case = handed_over_case(firm, patents=[free, other])
    record_event(patent_id=other.pk, event=announced("PE01", clock.today()), by=province_user())

    with pytest.raises(Conflict) as refused:
        register(case)

    assert refused.value.message.startswith(f"{other.display_number}：该专利自 {clock.today()} 起已是“已质押”")
    assert WindowCase.objects.get().state == "handed_over"
    assert Patent.objects.get(pk=free.pk).overlays == []
    assert not Event.objects.filter(name="patents.window.registered").exists()


def test_event_that_the_gazette_announced_before_is_not_recorded_twice():
    firm = sme_user()
    patent = own_patent(firm)
    case = handed_over_case(firm, patents=[patent])
    event = announced("PE01", clock.today(), reference="Y2026980001234")
    record_event(patent_id=patent.pk, event=event, by=province_user())

    register(case)

    assert (WindowCase.objects.get().state, LegalEvent.objects.count()) == ("registered", 1)


NUMBER = "201710601862.3"


def right(overlays=None, *, status=LegalStatus.VALID, last_day=dt.date(2037, 7, 20)):
    return RightFacts(NUMBER, status, last_day, overlays or Overlays())


EXCLUSIVE, ORDINARY = RunningLicence("exclusive", "专利公报"), RunningLicence("ordinary", "专利公报")


@pytest.mark.parametrize(
    ("kind", "licence_kind", "until", "patent", "found"),
    [
        ("transfer", "", None, right(), []),
        ("transfer", "", None, right(Overlays(is_frozen=True)), [("frozen", "blocking")]),
        ("licence", "ordinary", None, right(Overlays(is_disputed=True)), [("disputed", "blocking")]),
        ("transfer", "", None, right(Overlays(pledgees=("甲银行",))), []),
        ("pledge", "", None, right(Overlays(pledgees=("甲银行",))), [("pledged", "blocking")]),
        ("pledge", "", None, right(status=LegalStatus.VALID_FEE_GRACE), [("fee_unpaid", "blocking")]),
        ("transfer", "", None, right(status=LegalStatus.VALID_FEE_GRACE), [("fee_grace", "warning")]),
        ("pledge", "", None, right(Overlays(is_invalidation_pending=True)), [("invalidation_pending", "warning")]),
        ("transfer", "", None, right(Overlays(licences=(EXCLUSIVE,))), [("licence_goes_on", "warning")]),
        ("licence", "ordinary", None, right(Overlays(licences=(EXCLUSIVE,))), [("licence_conflict", "blocking")]),
        ("licence", "sole", None, right(Overlays(licences=(ORDINARY,))), [("licence_conflict", "blocking")]),
        ("licence", "ordinary", None, right(Overlays(licences=(ORDINARY,))), []),
        ("licence", "exclusive", None, right(Overlays(is_open_licence=True)), [("open_licence", "blocking")]),
        ("licence", "ordinary", None, right(Overlays(is_open_licence=True)), []),
        ("licence", "ordinary", dt.date(2037, 7, 21), right(), [("term_beyond_right", "blocking")]),
        ("licence", "ordinary", dt.date(2037, 7, 20), right(), []),
    ],
)
def test_what_stands_against_a_registration(kind, licence_kind, until, patent, found):
    told = findings(kind=kind, licence_kind=licence_kind, licence_until=until, patents=[patent])

    assert [(one.code, str(one.level)) for one in told] == found


def test_preserved_patent_is_not_handed_in():
    firm = sme_user()
    case = draft_case(firm)
    patent = case.patents.get()
    record_event(patent_id=patent.pk, event=announced("PP01", clock.today()), by=province_user())

    with pytest.raises(Conflict) as refused:
        services.submit_case(case_id=case.pk, by=firm)

    assert refused.value.code == "blocked"
    assert f"{patent.display_number} 被法院保全，有关程序中止" in refused.value.message
    assert WindowCase.objects.get().state == "draft"


def test_pledged_patent_asks_for_the_pledgees_consent():
    firm = sme_user()
    patent = own_patent(firm)
    record_event(patent_id=patent.pk, event=announced("PE01", clock.today()), by=province_user())

    case = draft_case(firm, patents=[patent], kind="transfer", with_documents=False)

    assert case.is_pledged
    assert "质权人同意转让的证明" in [one.label for one in queries.missing_of(case)]


def test_licence_of_a_deal_does_not_stand_against_its_own_registration():
    deal, holder, firm = signed(kind="exclusive")
    patent = deal.patents.get()
    patent.applicant_names = holder.organisation.name
    patent.save()
    given = {"kind": "licence", "licence_kind": "exclusive", "patents": [patent]}

    own = draft_case(holder, counterpart_name=firm.organisation.name, **given)
    other = draft_case(holder, counterpart_name="另一家企业", **given)

    assert [one.code for one in queries.findings_of(own)] == []
    assert [one.code for one in queries.findings_of(other)] == ["licence_conflict"]


def test_registration_of_a_signed_deal_says_where_to_enter_it():
    deal, holder, firm = signed(kind="exclusive")
    patent = deal.patents.get()
    case = handed_over_case(
        holder, kind="licence", licence_kind="exclusive", patents=[patent], counterpart_name=firm.organisation.name
    )

    register(case)

    told = Notice.objects.filter(kind="patents.window").first()
    assert told.body.endswith(f"请据此在交易 {deal.ref} 登记备案结果。")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"kind": "licence", "licence_kind": ""}, "licence_kind"),
        ({"kind": "licence", "licence_until": None}, "licence_until"),
        ({"kind": "licence", "licence_until": dt.date(2020, 1, 1)}, "licence_until"),
        ({"kind": "transfer", "licence_kind": "sole"}, "licence_kind"),
        ({"kind": "pledge", "secured_amount": None}, "secured_amount"),
        ({"kind": "pledge", "secured_amount": Decimal(0)}, "secured_amount"),
        ({"kind": "transfer", "secured_amount": Decimal(1)}, "secured_amount"),
    ],
)
def test_what_the_register_asks_for_is_named(changes, field):
    firm = sme_user()

    with pytest.raises(Invalid) as refused:
        services.open_case(by=firm, filing=filing(own_patent(firm).number, **changes))

    assert refused.value.field == field
    assert not WindowCase.objects.exists()


def test_official_sees_what_stands_against_the_case(client):
    case = accepted_case()
    record_event(patent_id=case.patents.get().pk, event=announced("PP01", clock.today()), by=province_user())
    client.force_login(city_user("370100"))

    page = client.get(f"/admin/patents/windowcase/{case.pk}/handle/").content.decode()

    assert "被法院保全，有关程序中止" in page
