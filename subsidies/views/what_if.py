"""The public calculator. The address carries what was asked, so it can be shared; nothing is stored."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from portal import clock
from portal.accounts.access import public
from portal.errors import Invalid
from portal.policy.models import RuleVersion
from portal.ui.calls import run
from subsidies.enums import RuleKind
from subsidies.forms.what_if import WhatIfForm
from subsidies.policy import compute
from subsidies.queries import rules

START = {
    "amount": 500,
    "rate": "4.20",
    "days": 365,
    "share": 100,
    "size_class": "small",
    "city": "370200",
    "is_independent": True,
    "owns_patents": True,
    "first_pledge": True,
    "registered_before": True,
    "repaid": True,
}
"""What the empty form shows: the usual case, with the conditions kept."""


@public
@require_safe
def what_if(request: HttpRequest) -> HttpResponse:
    """Every line that a loan and an insurance would bring, or why not."""
    is_asked = "amount" in request.GET
    form = WhatIfForm(request.GET if is_asked else None, initial={**START, "contract_date": _shown_day()})
    parts = _parts(form) if is_asked and form.is_valid() else []
    context = {"form": form, "parts": parts, "link": request.build_absolute_uri()}
    return render(request, "subsidies/what_if.html", context, status=422 if form.errors else 200)


def _shown_day() -> Any:
    """A day that reference rates are known for, if today's are not loaded."""
    newest = rules.newest_known_day()
    return min(clock.today(), newest) if newest else clock.today()


def _parts(form: WhatIfForm) -> list[dict[str, Any]]:
    given = form.cleaned_data
    city, day = given["city"], given["contract_date"]
    wanted = [("贷款贴息", rules.interest_rule(city, day), form.interest_facts())]
    if given["insurance"]:
        rule = rules.rule_for(RuleKind.PATENT_PREMIUM, day, city) or rules.rule_named("SD-INS-2021")
        wanted.append(("专利保险保费补贴", rule, form.premium_facts()))
    return [part for label, rule, facts in wanted if (part := _part(form, label, rule, facts))]


def _part(form: WhatIfForm, label: str, rule: RuleVersion | None, facts: dict[str, Any]) -> dict[str, Any] | None:
    if rule is None:
        return {"label": label, "rule": None}
    version = rules.version_of(rule)
    try:
        result = run(form, lambda: compute(version, facts, rules.rate_book()))
    except Invalid:
        return None
    return (
        {"label": label, "rule": rule, "calculation": {"result": result.as_json(), "amount": result.amount}}
        if result
        else None
    )
