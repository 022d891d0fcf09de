import datetime as dt
import json
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from patents.models import PrefilingAdoption, PrefilingCase, ProvincialInstitution
from patents.queries import prefiling as queries
from patents.services import prefiling as services
from portal import clock
from portal.attachments.models import Attachment
from portal.audit.models import AuditEntry
from portal.errors import Invalid, NotAllowed, NotFound, ServiceError, WrongState
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
from tests.factories.prefiling import SECRET, case_at, confirmed_adoption, disclosed_case, reported_adoption

pytestmark = pytest.mark.django_db
TODAY = dt.date(2026, 6, 10)


@pytest.fixture(autouse=True)
def _place(settings, tmp_path, monkeypatch):
    settings.MEDIA_ROOT = tmp_path
    monkeypatch.setattr(clock, "now", lambda: dt.datetime(2026, 6, 10, 10, tzinfo=clock.SHANGHAI))


def traces():
    return (
        list(PrefilingCase.objects.order_by("pk").values()),
        list(PrefilingAdoption.objects.order_by("pk").values()),
        [model.objects.count() for model in (Event, AuditEntry, Notice, Attachment)],
    )


def refuse(error, verb, *, field=None):
    before = traces()
    with pytest.raises(error) as refusal:
        verb()
    assert traces() == before
    assert field in (None, refusal.value.field)


def test_evaluation_goes_from_disclosure_to_filing():
    user = holder_user()
    case = case_at("decided", user)

    done = services.record_filing(case_id=case.pk, by=user, filed_number="202310123456.6")

    assert (done.state, done.filed_number, done.closed_on) == ("closed", "202310123456", TODAY)
    assert list(Event.objects.order_by("id").values_list("name", flat=True)) == [
        f"patents.prefiling.{state}"
        for state in ("disclosed", "screened", "searched", "scored", "advised", "decided", "closed")
    ]


def test_what_is_not_filed_is_offered_to_the_inventors():
    user = holder_user()
    case = case_at("offered", user, advice="drop")

    refuse(Invalid, lambda: services.close_case(case_id=case.pk, by=user), field="inventor_answer")
    done = services.close_case(case_id=case.pk, by=user, inventor_answer="accepted")

    assert (done.state, done.offered_on, done.inventor_answer) == ("closed", TODAY, "accepted")


def test_invention_of_the_inventors_own_ends_at_the_check_of_ownership():
    case = case_at("screened", ownership="inventor")

    assert (case.state, case.closed_on) == ("closed", TODAY)


def test_nothing_of_the_content_leaves_the_evaluation():
    user = holder_user()
    case = case_at("decided", user)
    services.record_filing(case_id=case.pk, by=user, filed_number="202310123456.6")

    kept = [
        json.dumps(list(Event.objects.values("name", "key", "payload")), ensure_ascii=False, default=str),
        json.dumps(list(AuditEntry.objects.values()), ensure_ascii=False, default=str),
        json.dumps(list(Notice.objects.values()), ensure_ascii=False, default=str),
    ]
    assert [SECRET in text for text in kept] == [False, False, False]
    assert [field.name for field in PrefilingCase._meta.related_objects] == []  # no history table either


@pytest.mark.parametrize("make", [province_user, city_user, finance_user, sme_user, bank_user, holder_user])
def test_nobody_but_the_institution_sees_an_evaluation(make):
    case = disclosed_case()
    stranger = make()

    assert list(PrefilingCase.objects.visible_to(stranger)) == []
    refuse(
        ServiceError,
        lambda: services.screen_case(
            case_id=case.pk, by=stranger, secrecy="open", ownership="service", screening_note=""
        ),
    )


@pytest.mark.parametrize(
    ("state", "verb", "field"),
    [
        ("disclosed", lambda given: services.screen_case(**given, secrecy="x", ownership="service", screening_note=""), "secrecy"),
        ("disclosed", lambda given: services.screen_case(**given, secrecy="open", ownership="", screening_note=""), "ownership"),
        ("screened", lambda given: services.search_case(**given, search_scope=" ", search_findings="", novelty="clear"), "search_scope"),
        ("screened", lambda given: services.search_case(**given, search_scope="a", search_findings="", novelty="none"), "search_findings"),
        ("searched", lambda given: services.score_case(**given, technical_score=101, market_score=1, legal_score=1, scoring_note="a"), "technical_score"),
        ("searched", lambda given: services.score_case(**given, technical_score=1, market_score=-1, legal_score=1, scoring_note="a"), "market_score"),
        ("scored", lambda given: services.advise_case(**given, advice="sell", advice_reason="a"), "advice"),
        ("scored", lambda given: services.advise_case(**given, advice="drop", advice_reason=""), "advice_reason"),
        ("advised", lambda given: services.decide_case(**given, decision="drop", decision_reason="", decided_on=TODAY), "decision_reason"),
        ("advised", lambda given: services.decide_case(**given, decision="file_cn", decision_reason="", decided_on=dt.date(2026, 6, 11)), "decided_on"),
        ("advised", lambda given: services.decide_case(**given, decision="file_cn", decision_reason="", decided_on=dt.date(2026, 6, 9)), "decided_on"),
        ("decided", lambda given: services.record_filing(**given, filed_number="20231012345"), "filed_number"),
    ],
)  # fmt: skip
def test_bad_input_names_its_field(state, verb, field):
    user = holder_user()
    case = case_at(state, user)

    refuse(Invalid, lambda: verb({"case_id": case.pk, "by": user}), field=field)


@pytest.mark.parametrize("way", ["file_cn", "file_pct", "publish"])
def test_state_secret_is_neither_filed_nor_published(way):
    user = holder_user()
    case = case_at("scored", user, secrecy="state_secret")

    refuse(
        Invalid, lambda: services.advise_case(case_id=case.pk, by=user, advice=way, advice_reason="a"), field="advice"
    )
    with pytest.raises(IntegrityError, match="prefiling_state_secret_is_not_filed"), transaction.atomic():
        PrefilingCase.objects.update(decision=way)


def test_state_secret_is_not_offered_to_the_inventors():
    user = holder_user()
    case = case_at("decided", user, secrecy="state_secret", advice="keep_secret")

    refuse(WrongState, lambda: services.offer_to_inventors(case_id=case.pk, by=user, offered_on=TODAY))


@pytest.mark.parametrize(
    ("state", "advice", "verb"),
    [
        ("disclosed", "drop", lambda given: services.close_case(**given)),
        ("screened", "drop", lambda given: services.close_case(**given)),
        ("decided", "file_cn", lambda given: services.close_case(**given)),
        ("decided", "file_cn", lambda given: services.offer_to_inventors(**given, offered_on=TODAY)),
        ("decided", "drop", lambda given: services.record_filing(**given, filed_number="202310123456.6")),
        ("searched", "drop", lambda given: services.advise_case(**given, advice="drop", advice_reason="a")),
    ],
)
def test_step_out_of_turn_is_refused(state, advice, verb):
    user = holder_user()
    case = case_at(state, user, advice=advice)

    refuse(WrongState, lambda: verb({"case_id": case.pk, "by": user}))


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"title": " "}, "title"),
        ({"inventor_names": ""}, "inventor_names"),
        ({"disclosure": ""}, "disclosure"),
        ({"disclosed_on": dt.date(2026, 6, 11)}, "disclosed_on"),
    ],
)
def test_bad_disclosure_names_its_field(changes, field):
    user = holder_user()

    refuse(Invalid, lambda: disclosed_case(user, **changes), field=field)


def test_state_firm_and_sme_have_no_pre_filing_evaluation():
    state_firm = UserFactory(role="holder", organisation=OrganisationFactory(kind="state_firm"))
    firm = sme_user()

    refuse(Invalid, lambda: disclosed_case(state_firm))
    refuse(NotAllowed, lambda: disclosed_case(firm))


def test_adoption_is_confirmed_by_the_province_after_a_correction():
    user = holder_user()
    adoption = reported_adoption(user)
    by, city = province_user(), city_user()

    refuse(WrongState, lambda: reported_adoption(user))
    refuse(NotAllowed, lambda: services.confirm_adoption(adoption_id=adoption.pk, by=city))
    refuse(Invalid, lambda: services.return_adoption(adoption_id=adoption.pk, by=by, note=""), field="note")
    services.return_adoption(adoption_id=adoption.pk, by=by, note="文件不清晰")
    again = reported_adoption(user, adopted_on=dt.date(2023, 6, 1))
    done = services.confirm_adoption(adoption_id=again.pk, by=by)

    assert (done.pk, done.state, done.adopted_on) == (adoption.pk, "confirmed", dt.date(2023, 6, 1))
    refuse(NotFound, lambda: services.confirm_adoption(adoption_id=adoption.pk, by=sme_user()))


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"title": ""}, "title"),
        ({"department": " "}, "department"),
        ({"adopted_on": dt.date(2026, 6, 11)}, "adopted_on"),
    ],
)
def test_bad_adoption_names_its_field(changes, field):
    user = holder_user()

    refuse(Invalid, lambda: reported_adoption(user, **changes), field=field)


def test_coverage_counts_confirmed_rules_of_listed_institutions_on_a_day():
    users = [holder_user() for _ in range(3)]
    for user, delisted in zip(users, (None, None, dt.date(2025, 1, 1)), strict=True):
        ProvincialInstitution.objects.create(
            organisation=user.organisation, listed_on=dt.date(2021, 1, 1), delisted_on=delisted
        )
    confirmed_adoption(users[0], adopted_on=dt.date(2023, 5, 1))
    reported_adoption(users[1])
    confirmed_adoption(users[2], adopted_on=dt.date(2022, 5, 1))
    confirmed_adoption(holder_user())

    found = [
        (c.institutions, c.adopted, c.share)
        for c in map(queries.coverage, (dt.date(2020, 1, 1), dt.date(2022, 6, 1), dt.date(2023, 12, 31), TODAY))
    ]

    assert found == [
        (0, 0, None),
        (3, 1, Decimal("0.3333")),
        (3, 2, Decimal("0.6667")),
        (2, 1, Decimal("0.5000")),
    ]
    assert [row.organisation for row in queries.adopted_institutions(TODAY)] == [users[0].organisation]
