"""Claims of navigation projects' support, whose amount a rule version must state before anything is paid."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction

from portal.audit.services import record
from portal.regions import city_of
from subsidies.enums import ClaimState, RuleKind
from subsidies.models import Claim
from subsidies.queries import rules
from subsidies.services.claims import compute_claim, ensure_claim, lock_firm


@dataclass(frozen=True, slots=True)
class NavigationSupport:
    """Money that the province approved for a navigation project, in yuan; the project is the statistics' row."""

    project_number: str
    project_name: str
    organisation_id: int
    requested: Decimal
    approved_on: dt.date


@transaction.atomic
def find_navigation_claim(*, support: NavigationSupport) -> Claim | None:
    """The claim of a navigation project's support; None where no rule was in force.

    A version that states no amount makes a claim that cannot be paid, and says so.
    """
    firm = lock_firm(support.organisation_id)
    rule = rules.rule_for(RuleKind.NAVIGATION, support.approved_on, city_of(firm.city_code))
    if rule is None:
        return None
    claim = ensure_claim(
        object_key=f"navigation:{support.project_number}",
        kind=RuleKind.NAVIGATION,
        rule=rule,
        organisation=firm,
        subject=f"专利导航项目 {support.project_number} {support.project_name}"[:200],
        year=support.approved_on.year,
        given={"grant": {"requested": str(support.requested)}, "approved_on": str(support.approved_on)},
    )
    compute_claim(claim_id=claim.pk)
    return claim


@transaction.atomic
def renew_navigation_rule(*, claim_id: int) -> Claim:
    """Choose the version anew for a claim that none stated an amount for, once a document that does was approved."""
    firm_id = Claim.objects.values_list("organisation_id", flat=True).get(pk=claim_id)
    firm = lock_firm(firm_id)
    claim = Claim.objects.select_for_update(of=("self",)).get(pk=claim_id)
    if claim.state != ClaimState.CANDIDATE or claim.amount is not None:
        return claim
    rule = rules.rule_for(claim.kind, dt.date.fromisoformat(claim.given["approved_on"]), city_of(firm.city_code))
    if rule is not None and rule.pk != claim.rule_id:
        claim.rule = rule
        claim.save(update_fields=["rule", "updated_at"])
        record(by=None, verb="改按新批准的规则版本", target=claim, rule=rule.code)
        compute_claim(claim_id=claim.pk)
        claim.refresh_from_db()
    return claim
