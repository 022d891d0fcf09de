import datetime as dt

import pytest

from patents.enums.window import CaseState
from patents.models import WindowCase, WindowMove
from patents.queries import window as queries
from patents.services import window as services
from portal import clock
from portal.attachments import services as attachments
from portal.attachments.models import Attachment
from portal.audit.models import AuditEntry
from portal.errors import Conflict, Invalid, NotAllowed, NotFound, ServiceError, WrongState
from portal.notices.models import Notice
from portal.outbox.models import Event
from tests.factories.accounts import OrganisationFactory, city_user, holder_user, province_user, sme_user
from tests.factories.patents import PatentFactory
from tests.factories.window import (
    accepted_case,
    draft_case,
    filing,
    give_documents,
    handed_over_case,
    own_patent,
    submitted_case,
)

pytestmark = pytest.mark.django_db
WEDNESDAY = dt.datetime(2026, 6, 10, 10, tzinfo=clock.SHANGHAI)


@pytest.fixture(autouse=True)
def _place(settings, tmp_path, monkeypatch):
    settings.MEDIA_ROOT = tmp_path
    at(monkeypatch, WEDNESDAY)


def at(monkeypatch, instant):
    monkeypatch.setattr(clock, "now", lambda: instant)


def traces():
    return (
        list(WindowCase.objects.order_by("pk").values_list("ref", "state", "registration_number", "chase_count")),
        WindowMove.objects.count(),
        Event.objects.count(),
        AuditEntry.objects.count(),
        Notice.objects.count(),
        Attachment.objects.count(),
    )


def refuse(error, verb, *, field=None, message=None):
    """The verb refuses and leaves no trace."""
    before = traces()
    with pytest.raises(error) as refusal:
        verb()
    assert traces() == before
    assert field in (None, refusal.value.field)
    if message is not None:
        assert refusal.value.message == message


def test_case_goes_from_draft_to_registration():
    firm = sme_user()
    patent = own_patent(firm)
    official = city_user("370100")

    case = submitted_case(firm, patents=[patent])
    services.accept_case(case_id=case.pk, by=official)
    services.hand_over(case_id=case.pk, by=official, on=dt.date(2026, 6, 10), receipt_number="SL20260610")
    done = services.register_case(
        case_id=case.pk, by=official, registration_number="Y2026980001234", registered_on=dt.date(2026, 6, 10)
    )

    assert (done.state, done.registration_number) == ("registered", "Y2026980001234")
    assert [state for state, _ in queries.moves_of(done)] == ["submitted", "accepted", "handed_over", "registered"]
    assert Event.objects.get(name="patents.window.registered").payload == {
        "case_ref": case.ref,
        "kind": "pledge",
        "patent_numbers": [patent.number],
        "registration_number": "Y2026980001234",
        "registered_on": "2026-06-10",
    }
    assert list(Event.objects.order_by("id").values_list("name", flat=True)) == [
        "patents.window.submitted",
        "patents.window.accepted",
        "patents.window.handed_over",
        "patents.window.registered",
        "patents.legal_event.recorded",
    ]
    assert Notice.objects.filter(kind="patents.window").first().title == f"登记事项 {case.ref} 已登记"
    assert done.items.get().exclusive_kind == ""


def test_sme_pledge_takes_the_green_channel_and_its_two_days():
    case = submitted_case()

    assert (case.green_ground, case.allowed_days, case.due_on) == ("sme_pledge", 2, dt.date(2026, 6, 12))
    assert queries.green_label(case) == "中小企业以专利权质押融资"


def test_university_to_a_registered_sme_takes_the_green_channel_in_a_transfer():
    firm = OrganisationFactory()
    holder = holder_user()

    green = submitted_case(holder, kind="transfer", counterpart_uscc=firm.uscc)
    plain = submitted_case(holder, kind="transfer")

    assert (green.green_ground, green.allowed_days) == ("public_to_sme", 3)
    assert (plain.green_ground, plain.allowed_days) == ("", 5)


def test_correction_stops_the_clock_and_the_rest_of_the_time_is_left(monkeypatch):
    firm = holder_user()
    case = submitted_case(firm, patents=[own_patent(firm)])  # 3 days, until Monday 15 June
    official = city_user("370100")
    at(monkeypatch, WEDNESDAY + dt.timedelta(days=1))
    services.ask_correction(case_id=case.pk, by=official, note="合同缺少担保范围")
    at(monkeypatch, WEDNESDAY + dt.timedelta(days=12))

    again = services.submit_case(case_id=case.pk, by=firm)

    assert queries.days_used(again) == 1
    assert again.due_on == dt.date(2026, 6, 24)  # Monday 22 June and two working days


def test_period_into_a_year_without_calendar_has_no_due_day(monkeypatch):
    at(monkeypatch, dt.datetime(2026, 12, 31, 10, tzinfo=clock.SHANGHAI))

    case = submitted_case()

    assert (case.state, case.due_on, case.allowed_days) == ("submitted", None, 2)


def test_missing_documents_are_named():
    firm = sme_user()
    case = draft_case(firm, with_documents=False)

    refuse(
        Invalid,
        lambda: services.submit_case(case_id=case.pk, by=firm),
        message="还缺材料：专利权质押登记申请表（双方签章）、专利权质押合同、双方身份证明或者承诺书。",
    )


def test_co_owned_patent_of_the_pool_asks_for_the_consent_of_all():
    firm = sme_user()
    patent = own_patent(firm)
    patent.applicant_names = f"{firm.organisation.name}；齐鲁试验大学"
    patent.save()
    case = draft_case(firm, patents=[patent], with_documents=False)

    assert [one.code for one in queries.missing_of(case)][-1] == "co_owner_consent"
    give_documents(case, firm)
    attachments.remove(
        target=case, attachment_id=Attachment.objects.of(case).get(purpose="co_owner_consent").pk, by=firm
    )
    refuse(
        Invalid,
        lambda: services.submit_case(case_id=case.pk, by=firm),
        message="还缺材料：全体共有人同意质押的证明。",
    )


@pytest.mark.parametrize(
    ("patent_fields", "kind", "words"),
    [
        ({"legal_status": "expired"}, "transfer", "权利已终止。"),
        ({"legal_status": "lapsed_unpaid"}, "licence", "权利已终止。"),
        ({"legal_status": "in_examination"}, "pledge", "未授权的不能质押。"),
    ],
)
def test_patent_that_cannot_be_registered_is_refused(patent_fields, kind, words):
    firm = sme_user()
    patent = own_patent(firm, **patent_fields)

    before = traces()
    with pytest.raises(Invalid) as refusal:
        services.open_case(by=firm, filing=filing(patent.number, kind=kind))

    assert (refusal.value.field, refusal.value.message.endswith(words)) == ("numbers", True)
    assert traces() == before


def test_patent_of_another_holder_and_unknown_number_are_refused():
    firm = sme_user()
    other = PatentFactory()

    for number, words in ((other.number, "登记权利人不是本单位"), ("202310000001", "专利库中没有")):
        with pytest.raises(Invalid, match=words):
            services.open_case(by=firm, filing=filing(number))
    assert WindowCase.objects.count() == 0


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"kind": "gift"}, "kind"),
        ({"agency": "370300"}, "agency"),
        ({"counterpart_name": "  "}, "counterpart_name"),
        ({"counterpart_uscc": "91370000000000000X"}, "counterpart_uscc"),
        ({"contract_on": dt.date(2026, 6, 11)}, "contract_on"),
    ],
)
def test_bad_filing_names_its_field(changes, field):
    firm = sme_user()
    patent = own_patent(firm)

    refuse(Invalid, lambda: services.open_case(by=firm, filing=filing(patent.number, **changes)), field=field)


def test_patent_is_in_one_open_pledge_case_and_free_after_its_end():
    firm = sme_user()
    patent = own_patent(firm)
    first = submitted_case(firm, patents=[patent])
    second = draft_case(firm, patents=[patent])

    refuse(
        Conflict,
        lambda: services.submit_case(case_id=second.pk, by=firm),
        message="所列专利中有正在办理的质押登记，同一专利不能重复申请。",
    )
    services.withdraw_case(case_id=first.pk, by=firm)

    assert services.submit_case(case_id=second.pk, by=firm).state == "submitted"


def test_patent_may_be_licensed_twice_at_a_time():
    firm = sme_user()
    patent = own_patent(firm)

    cases = [submitted_case(firm, patents=[patent], kind="licence") for _ in range(2)]

    assert [case.state for case in cases] == ["submitted", "submitted"]


@pytest.mark.parametrize("make", [lambda: city_user("370200"), lambda: city_user("370900")])
def test_official_of_another_agency_does_not_decide(make):
    firm = sme_user(organisation__city_code="370900")
    case = submitted_case(firm, patents=[own_patent(firm)])

    refuse(ServiceError, lambda: services.accept_case(case_id=case.pk, by=make()))


def test_city_of_the_firm_sees_and_chases_what_another_agency_handles():
    firm = sme_user(organisation__city_code="370900")
    case = submitted_case(firm, patents=[own_patent(firm)])
    official = city_user("370900")

    refuse(NotAllowed, lambda: services.accept_case(case_id=case.pk, by=official))
    chased = services.chase_case(case_id=case.pk, by=official, note="企业急需放款，请尽快办理")

    assert (chased.chase_count, chased.chased_on) == (1, dt.date(2026, 6, 10))


def test_draft_is_seen_by_its_applicant_alone():
    case = draft_case()

    assert list(WindowCase.objects.visible_to(province_user())) == []
    refuse(NotFound, lambda: services.withdraw_case(case_id=case.pk, by=sme_user()))


@pytest.mark.parametrize(
    ("make", "verb"),
    [
        (draft_case, lambda case, by: services.accept_case(case_id=case.pk, by=by)),
        (
            submitted_case,
            lambda case, by: services.hand_over(case_id=case.pk, by=by, on=clock.today(), receipt_number="1"),
        ),
        (
            accepted_case,
            lambda case, by: services.register_case(
                case_id=case.pk, by=by, registration_number="Y1", registered_on=clock.today()
            ),
        ),
        (accepted_case, lambda case, by: services.refuse_case(case_id=case.pk, by=by, note="无理由")),
    ],
)
def test_move_outside_the_table_is_refused(make, verb):
    case, official = make(), province_user()

    refuse(ServiceError, lambda: verb(case, official))


@pytest.mark.parametrize(
    ("verb", "field"),
    [
        (lambda case, by: services.ask_correction(case_id=case.pk, by=by, note=" "), "note"),
        (lambda case, by: services.refuse_case(case_id=case.pk, by=by, note=""), "note"),
        (
            lambda case, by: services.register_case(
                case_id=case.pk, by=by, registration_number=" ", registered_on=clock.today()
            ),
            "registration_number",
        ),
        (
            lambda case, by: services.register_case(
                case_id=case.pk, by=by, registration_number="Y1", registered_on=dt.date(2026, 6, 9)
            ),
            "registered_on",
        ),
        (
            lambda case, by: services.register_case(
                case_id=case.pk, by=by, registration_number="Y1", registered_on=dt.date(2026, 6, 11)
            ),
            "registered_on",
        ),
        (lambda case, by: services.chase_case(case_id=case.pk, by=by, note=""), "note"),
    ],
)
def test_what_the_window_must_say_is_asked_for(verb, field):
    case, official = handed_over_case(), province_user()

    refuse(Invalid, lambda: verb(case, official), field=field)


def test_registration_number_stands_on_one_case():
    official = province_user()
    first, second = handed_over_case(), handed_over_case()
    number = {"registration_number": "Y1", "registered_on": clock.today()}
    services.register_case(case_id=first.pk, by=official, **number)

    refuse(
        Conflict, lambda: services.register_case(case_id=second.pk, by=official, **number), field="registration_number"
    )


def test_case_with_the_window_is_not_changed():
    firm = sme_user()
    case = submitted_case(firm)
    numbers = queries.numbers_of(case)

    refuse(WrongState, lambda: services.change_case(case_id=case.pk, by=firm, filing=filing(*numbers)))


def test_kind_stays_after_the_first_hand_in():
    firm = sme_user()
    case = submitted_case(firm)
    services.ask_correction(case_id=case.pk, by=province_user(), note="请改")
    numbers = queries.numbers_of(case)

    refuse(
        Invalid,
        lambda: services.change_case(case_id=case.pk, by=firm, filing=filing(*numbers, kind="licence")),
        field="kind",
    )
    services.change_case(case_id=case.pk, by=firm, filing=filing(*numbers, has_valuation=True))
    assert [one.code for one in queries.missing_of(WindowCase.objects.get())] == ["valuation"]


def test_document_that_the_case_does_not_need_is_refused():
    firm = sme_user()
    case = draft_case(firm, with_documents=False)

    refuse(
        Invalid,
        lambda: services.attach_document(case_id=case.pk, by=firm, purpose="valuation", file=None, file_name="a.pdf"),
        field="purpose",
    )
    give_documents(case, firm)
    file = Attachment.objects.of(case)[0]
    services.remove_document(case_id=case.pk, by=firm, attachment_id=file.pk)
    assert [one.code for one in queries.missing_of(case)] == [file.purpose]


def test_late_cases_are_those_past_their_day_at_the_agency(monkeypatch):
    late = submitted_case()
    handed_over_case()
    assert late.state == CaseState.SUBMITTED
    at(monkeypatch, WEDNESDAY + dt.timedelta(days=5))

    assert list(queries.late_cases(province_user())) == [late]
    assert queries.days_left(late) == -1
