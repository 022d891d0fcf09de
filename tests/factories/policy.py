"""Rule versions and reference rates for tests: the shipped ones, loaded as they ship."""

import datetime as dt

import factory
from factory.django import DjangoModelFactory

from demand import loading as needs
from events import loading as meetings
from finance import loading as finance
from patents import loading as programme
from patents.models import ReferenceRow, ReferenceTable
from portal.policy.models import RuleVersion
from stats import loading as figures
from stats.models import PlanItem, PlanMeasure
from subsidies import loading
from subsidies.models import ReferenceRate


def load_shipped():
    """Tests with real transactions empty the tables that the migration filled."""
    loading.load_rules(RuleVersion)
    programme.load_rules(RuleVersion)
    programme.load_drafts(RuleVersion)
    programme.load_coarse_industries(ReferenceTable, ReferenceRow)
    needs.load_rules(RuleVersion)
    finance.load_rules(RuleVersion)
    meetings.load_rules(RuleVersion)
    figures.load_rules(RuleVersion)
    figures.load_plan(PlanItem, PlanMeasure)
    loading.load_rates(loading.LPR, ReferenceRate)


class RuleVersionFactory(DjangoModelFactory):
    class Meta:
        model = RuleVersion

    code = factory.Sequence(lambda n: f"TEST-{n}")
    kind = "test"
    title = "试验规则"
    confidence = "1.00"
    chosen_by = "contract_date"
    in_force_from = dt.date(2024, 1, 1)
    parameters = {}
    state = "in_force"
