"""Versions of indicators, targets and limits: drafted by one official of the province, put in force by another.

What stands is frozen by the database. A new version begins with a quarter that has not begun, so that no number of a
period under way changes its meaning.
"""

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
from portal.errors import Conflict, Invalid, NotAllowed, NotFound, WrongState
from portal.outbox.services import publish
from portal.policy.models import ChosenBy, RuleState
from stats.models.rules import INDICATOR, KINDS, TARGET, Definition
from stats.policy.definitions import check_successor, read_indicator, read_target
from stats.queries.definitions import indicator_versions
from stats.services.suspicions import limits_of


@dataclass(frozen=True, slots=True)
class DefinitionDraft:
    """A version as an official writes it."""

    code: str
    kind: str
    title: str
    document_number: str
    source: str
    confidence: Decimal
    in_force_from: dt.date
    in_force_to: dt.date | None
    parameters: Mapping[str, Any]
    note: str


def check_draft(draft: DefinitionDraft) -> None:
    """Try to read a version, and whether it may follow what stands.

    Raises:
        Invalid: a parameter cannot be read, or it would change a period that has begun.
    """
    if draft.kind not in KINDS:
        raise Invalid("请选择种类。", field="kind")
    row = Definition(**asdict(draft))
    standing = None
    if draft.kind == INDICATOR:
        versions = indicator_versions().get(read_indicator(row).code)
        standing = versions[-1] if versions else None
    elif draft.kind == TARGET:
        read_target(row)
    else:
        limits_of(row)
    check_successor(standing, draft.parameters, draft.in_force_from, clock.today())


@transaction.atomic
def save_definition(*, by: User, draft: DefinitionDraft, definition_id: int | None = None) -> Definition:
    """Write a draft, or change the one that stands; who changes it last is its drafter.

    Raises:
        Conflict: the code is taken. WrongState: the version is in force.
    """
    require_role(by, Role.PROVINCE, message="指标口径由省级管理人员起草。")
    require_text(draft.code, "请填写版本编号。", field="code")
    check_draft(draft)
    if Definition.objects.filter(code__iexact=draft.code).exclude(pk=definition_id or 0).exists():
        raise Conflict("该版本编号已被使用。", field="code")
    found = _lock(definition_id) if definition_id else Definition(chosen_by=ChosenBy.PERIOD)
    for name, value in asdict(draft).items():
        setattr(found, name, value)
    found.drafted_by = by
    found.save()
    record(by=by, verb="起草指标口径", target=found, code=found.code)
    return found


@transaction.atomic
def approve_definition(*, definition_id: int, by: User) -> Definition:
    """Put a draft in force.

    Raises:
        NotAllowed: who drafted it may not approve it. Invalid: its first day has come in the meantime.
    """
    require_role(by, Role.PROVINCE, message="指标口径由省级管理人员批准。")
    found = _lock(definition_id)
    if found.drafted_by_id == by.pk:
        raise NotAllowed("起草人不能批准自己起草的版本，须由另一人批准。")
    names = DefinitionDraft.__dataclass_fields__
    check_draft(DefinitionDraft(**{name: getattr(found, name) for name in names}))
    found.state, found.approved_by, found.approved_at = RuleState.IN_FORCE, by, clock.now()
    found.save(update_fields=["state", "approved_by", "approved_at"])
    record(by=by, verb="批准指标口径", target=found, code=found.code)
    publish("stats.definition.approved", key=f"definition:{found.code}", code=found.code, kind=found.kind)
    return found


def _lock(definition_id: int) -> Definition:
    found: Definition | None = (
        Definition.objects.select_for_update(of=("self",)).filter(pk=definition_id, kind__in=KINDS).first()
    )
    if found is None:
        raise NotFound("没有这个版本。")
    if found.state == RuleState.IN_FORCE:
        raise WrongState("该版本已经生效，不能改变；请另立版本。")
    return found
