"""Indicator tables: one officer drafts, another approves; then the database lets nobody change them."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import transaction

from patents.enums.evaluation import EvaluationRule
from patents.models import EvaluationTable
from patents.policy.evaluation import Table, read_table
from patents.policy.indicators import check_computed
from portal import clock
from portal.accounts.enums import Role
from portal.accounts.models import User
from portal.audit.services import record
from portal.errors import Invalid, NotAllowed, NotFound, WrongState
from portal.outbox.services import publish
from portal.policy.models import ChosenBy, RuleState


@dataclass(frozen=True, slots=True)
class TableHead:
    """What a version is called, where it comes from and how sure that is."""

    code: str
    title: str
    source: str
    confidence: Decimal
    in_force_from: dt.date
    document_number: str = ""
    note: str = ""


@transaction.atomic
def draft_table(*, by: User, head: TableHead, parameters: Mapping[str, Any]) -> EvaluationTable:
    """Keep a draft; a draft of the same code is replaced. Nothing is checked but that it can be read as a table.

    Raises:
        Invalid: the head or the table is wrong; `field` names it. WrongState: the version is in force already.
    """
    _require_province(by)
    _check_head(head)
    check_table(head.code, parameters)
    standing = EvaluationTable.objects.select_for_update().filter(code=head.code).first()
    if standing and standing.state != RuleState.DRAFT:
        raise WrongState(f"指标表 {head.code} 已生效，不能修改；请另立版本。")
    kept = standing or EvaluationTable(code=head.code, kind=EvaluationRule.TABLE, chosen_by=ChosenBy.EVALUATION)
    for name in ("title", "source", "confidence", "in_force_from", "document_number", "note"):
        setattr(kept, name, getattr(head, name))
    kept.parameters, kept.drafted_by = dict(parameters), by
    kept.save()
    record(by=by, verb="起草评价指标表", target=kept, indicators=len(kept.parameters["indicators"]))
    return kept


@transaction.atomic
def approve_table(*, code: str, by: User) -> EvaluationTable:
    """Put a draft in force. For another officer than the one who drafted it.

    Raises:
        NotFound: no such draft. Invalid: it is incomplete. NotAllowed: by its own drafter, or not of the province.
    """
    _require_province(by)
    table = EvaluationTable.objects.select_for_update().filter(code=code).first()
    if table is None:
        raise NotFound("没有这个指标表。")
    if table.state != RuleState.DRAFT:
        raise WrongState(f"指标表 {code} 已经生效。")
    if table.drafted_by_id is None:
        raise Invalid("该指标表没有起草人：内容尚未导入，不能批准。", code="not_drafted")
    if table.drafted_by_id == by.pk:
        raise NotAllowed("起草人不能批准自己起草的指标表，请由另一名管理人员批准。")
    check_table(code, table.parameters)
    table.state, table.approved_by, table.approved_at = RuleState.IN_FORCE, by, clock.now()
    table.save(update_fields=["state", "approved_by", "approved_at"])
    record(by=by, verb="批准评价指标表", target=table)
    publish("patents.evaluation_table.approved", key=f"rule:{code}", rule_code=code)
    return table


def check_table(code: str, parameters: Mapping[str, Any]) -> Table:
    """The table that the parameters are; raises Invalid where they are none."""
    table = read_table(code, parameters)
    check_computed(table)
    return table


def _require_province(by: User) -> None:
    if by.role != Role.PROVINCE:
        raise NotAllowed("只有省级管理人员可以维护评价指标表。")


def _check_head(head: TableHead) -> None:
    for field in ("code", "title", "source"):
        if not getattr(head, field).strip():
            raise Invalid("请填写版本编号、名称和依据。", field=field)
    if not 0 <= head.confidence <= 1:
        raise Invalid("可信度应为 0 至 1。", field="confidence")
