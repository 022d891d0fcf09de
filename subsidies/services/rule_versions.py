"""Rule versions: drafted by one official of the province, put in force by another; what stands is frozen."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Any

from django.db import transaction

from patents.services.moves import require_role, require_text
from portal import clock
from portal.accounts.enums import Role
from portal.accounts.models import User
from portal.audit.services import record
from portal.errors import Conflict, Invalid, NotAllowed, NotFound, ServiceError, WrongState
from portal.outbox.services import publish
from portal.policy.facts import Facts
from portal.policy.models import RuleState
from portal.regions import CITIES
from subsidies.models.rules import KINDS, PROCESS, SubsidyRule
from subsidies.policy import Version, compute, scope_of
from subsidies.policy.samples import sample_facts

PROCESS_DAYS = ("publicity_days", "correction_days", "reexamination_days", "answer_days", "bar_years")


@dataclass(frozen=True, slots=True)
class Draft:
    """A version as an official writes it."""

    code: str
    kind: str
    title: str
    document_number: str
    source: str
    confidence: Decimal
    chosen_by: str
    in_force_from: dt.date
    in_force_to: dt.date | None
    parameters: Mapping[str, Any]
    note: str


def check_parameters(draft: Draft) -> None:
    """Try a version on made-up facts: what it cannot read of its own parameters is told before it is approved.

    Raises:
        Invalid: `field` is parameters.
    """
    try:
        if draft.kind == PROCESS:
            _check_process(Facts(draft.parameters, "parameters"))
            return
        version = Version(draft.code, draft.parameters, draft.in_force_from, draft.in_force_to)
        scope = scope_of(version)
        scope.article("default")
        city = next((code for code in CITIES if scope.takes_city(code)), "")
        grades = draft.parameters.get("amounts")
        grade = next(iter(grades), "gold") if isinstance(grades, Mapping) else "gold"
        compute(version, sample_facts(city or "370100", grade), {})
    except (ServiceError, KeyError, TypeError) as error:
        message = getattr(error, "message", None) or f"参数无法使用：{error}"
        raise Invalid(message, field="parameters") from error


def _check_process(terms: Facts) -> None:
    for name in PROCESS_DAYS:
        terms.whole(name)
    terms.fraction("sample_share")
    terms.part("articles").text("bar")


@transaction.atomic
def save_draft(*, by: User, draft: Draft, rule_id: int | None = None) -> SubsidyRule:
    """Write a draft, or change the one that stands; who changes it last is its drafter.

    Raises:
        NotAllowed: only the province drafts.
        Conflict: the code is taken.
        WrongState: the version is in force: a change is a new version.
    """
    require_role(by, Role.PROVINCE, message="规则版本由省级管理人员起草。")
    require_text(draft.code, "请填写版本编号。", field="code")
    if draft.kind not in KINDS:
        raise Invalid("请选择种类。", field="kind")
    if draft.in_force_to and draft.in_force_to <= draft.in_force_from:
        raise Invalid("失效日应晚于生效日。", field="in_force_to")
    check_parameters(draft)
    if SubsidyRule.objects.filter(code__iexact=draft.code).exclude(pk=rule_id or 0).exists():
        raise Conflict("该版本编号已被使用。", field="code")
    rule = _lock(rule_id) if rule_id else SubsidyRule()
    for name, value in asdict(draft).items():
        setattr(rule, name, value)
    rule.drafted_by = by
    rule.save()
    record(by=by, verb="起草规则版本", target=rule, code=rule.code)
    return rule


@transaction.atomic
def approve_version(*, rule_id: int, by: User) -> SubsidyRule:
    """Put a draft in force; from then on the database refuses every change.

    Raises:
        NotAllowed: who drafted it may not approve it.
    """
    require_role(by, Role.PROVINCE, message="规则版本由省级管理人员批准。")
    rule = _lock(rule_id)
    if rule.drafted_by_id == by.pk:
        raise NotAllowed("起草人不能批准自己起草的规则版本，须由另一人批准。")
    if not rule.document_number.strip() and not rule.source.strip():
        raise Invalid("请填写文号或依据后再批准。", field="source")
    rule.state, rule.approved_by, rule.approved_at = RuleState.IN_FORCE, by, clock.now()
    rule.save(update_fields=["state", "approved_by", "approved_at"])
    record(by=by, verb="批准规则版本", target=rule, code=rule.code)
    publish("subsidies.rule.approved", key=f"rule:{rule.code}", code=rule.code, kind=rule.kind)
    return rule


def _lock(rule_id: int) -> SubsidyRule:
    rule = SubsidyRule.objects.select_for_update(of=("self",)).filter(pk=rule_id, kind__in=KINDS).first()
    if rule is None:
        raise NotFound("没有这个规则版本。")
    if rule.state == RuleState.IN_FORCE:
        raise WrongState("规则版本已经生效，不能改变；请另立版本。")
    return rule
