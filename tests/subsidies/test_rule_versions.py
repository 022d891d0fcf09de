import datetime as dt
from decimal import Decimal

import pytest
from django.db import DatabaseError, transaction

from portal.errors import Conflict, Invalid, NotAllowed, NotFound, WrongState
from portal.policy.models import RuleVersion
from subsidies import services
from subsidies.models import Calculation
from subsidies.services.comparing import compare_versions
from subsidies.services.rule_versions import Draft
from tests.factories.accounts import city_user, province_user
from tests.factories.subsidies import firm_of, found_claim

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("shipped")]


def draft(**changes):
    base = RuleVersion.objects.get(code="QD-2024")
    fields = {name: getattr(base, name) for name in Draft.__dataclass_fields__}
    fields |= {"code": "QD-2026", "parameters": dict(base.parameters), "in_force_from": dt.date(2026, 1, 1)}
    parameters = changes.pop("parameters", {})
    return Draft(**(fields | changes | {"parameters": fields["parameters"] | parameters}))


def test_one_drafts_another_approves_and_then_the_database_refuses_changes():
    drafter, approver = province_user(), province_user()
    rule = services.save_draft(by=drafter, draft=draft())
    assert (rule.state, rule.drafted_by) == ("draft", drafter)
    services.save_draft(by=drafter, draft=draft(parameters={"ratio": "0.50"}), rule_id=rule.pk)
    with pytest.raises(NotAllowed):
        services.approve_version(rule_id=rule.pk, by=drafter)

    services.approve_version(rule_id=rule.pk, by=approver)

    kept = RuleVersion.objects.get(code="QD-2026")
    assert (kept.state, kept.approved_by, kept.parameters["ratio"]) == ("in_force", approver, "0.50")
    with pytest.raises(WrongState):
        services.save_draft(by=drafter, draft=draft(), rule_id=rule.pk)
    with pytest.raises(DatabaseError, match="pgtrigger"), transaction.atomic():
        RuleVersion.objects.filter(pk=kept.pk).update(parameters={})


@pytest.mark.parametrize(
    ("changes", "error", "field"),
    [
        ({"code": "qd-2024"}, Conflict, "code"),
        ({"code": " "}, Invalid, "code"),
        ({"kind": "holiday_pay"}, Invalid, "kind"),
        ({"in_force_to": dt.date(2026, 1, 1)}, Invalid, "in_force_to"),
        ({"parameters": {"ratio": 0.6}}, Invalid, "parameters"),
        ({"parameters": {"ratio": "1.2"}}, Invalid, "parameters"),
        ({"parameters": {"formula": "magic"}}, Invalid, "parameters"),
        ({"parameters": {"cap_per_firm_year": "-1"}}, Invalid, "parameters"),
        ({"parameters": {"articles": {}}}, Invalid, "parameters"),
        ({"parameters": {"series": "shibor"}}, Invalid, "parameters"),
    ],
)
def test_a_draft_that_could_not_be_computed_with_is_refused(changes, error, field):
    before = RuleVersion.objects.count()

    with pytest.raises(error) as refusal:
        services.save_draft(by=province_user(), draft=draft(**changes))

    assert (refusal.value.field, RuleVersion.objects.count()) == (field, before)


def test_every_shipped_version_could_have_been_drafted():
    from subsidies.models.rules import KINDS
    from subsidies.services.rule_versions import check_parameters

    for rule in RuleVersion.objects.filter(kind__in=KINDS):
        check_parameters(Draft(**{name: getattr(rule, name) for name in Draft.__dataclass_fields__}))


def test_only_the_province_drafts():
    with pytest.raises(NotAllowed):
        services.save_draft(by=city_user(), draft=draft())


# --- two versions on real claims


def test_two_versions_on_the_real_claims_of_a_year():
    services.save_draft(by=province_user(), draft=draft(parameters={"ratio": "0.50"}))
    claims = [found_claim(), found_claim(firm_of("370900"))]
    before = Calculation.objects.count()

    found = compare_versions(kind="interest_subsidy", year=2025, one="QD-2024", other="QD-2026")

    # 62,962.50 at 60 % is 52,468.75 at 50 %; Tai'an is outside Qingdao under both
    assert (found.claims, found.one_sum, found.other_sum, found.difference) == (
        2, Decimal("62962.50"), Decimal("52468.75"), Decimal("-10493.75"),
    )  # fmt: skip
    assert [(row.ref, row.difference) for row in found.rows] == [
        (claims[0].ref, Decimal("-10493.75")), (claims[1].ref, Decimal("0.00")),
    ]  # fmt: skip
    assert Calculation.objects.count() == before
    assert compare_versions(kind="interest_subsidy", year=2025, one="SD-2024-92", other="QD-2024").one_unstated == 1
    with pytest.raises(NotFound) as refusal:
        compare_versions(kind="interest_subsidy", year=2025, one="QD-2024", other="SD-INS-2021")
    assert refusal.value.field == "other"


def test_a_comparison_asks_the_database_as_often_for_three_claims_as_for_one(django_assert_num_queries):
    for _ in range(2):
        found_claim()
        with django_assert_num_queries(4):
            compare_versions(kind="interest_subsidy", year=2025, one="QD-2024", other="SD-2024-92")
