"""The ceiling of a centre's money, entered from its document: one officer drafts, another approves.

The rule of 2025 came without its amount (RULES section 8): nothing is granted under it until somebody has entered it.
"""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction

from patents.queries.cultivation import GRANT_RULE, waiting_grant_rule
from patents.services.moves import require_role, require_text
from portal import clock
from portal.accounts.enums import Role
from portal.accounts.models import User
from portal.audit.services import record
from portal.errors import Invalid, NotAllowed, NotFound
from portal.money import FEN, exact
from portal.outbox.services import publish
from portal.policy.models import ChosenBy, RuleState, RuleVersion

HIGHEST = Decimal(100_000_000)
_FIRST_DAY = dt.date(2021, 4, 19)
"""The plan's own day: no centre was recognised before it."""


@dataclass(frozen=True, slots=True)
class GrantRuleFacts:
    """What the document says; `max_amount` is yuan for one centre."""

    document_number: str
    article: str
    max_amount: Decimal
    in_force_from: dt.date


@transaction.atomic
def draft_grant_rule(*, by: User, facts: GrantRuleFacts) -> RuleVersion:
    """Enter the amount that a document states; a draft that waits is replaced. Nothing can be granted by it yet."""
    require_role(by, Role.PROVINCE, message="经费标准由省级管理人员起草。")
    number = require_text(facts.document_number, "请填写文号。", field="document_number")
    article = require_text(facts.article, "请填写条款原文。", field="article")
    if not 0 < facts.max_amount < HIGHEST or facts.max_amount != facts.max_amount.quantize(FEN):
        raise Invalid(f"金额应大于 0、小于 {exact(HIGHEST)} 元，最多两位小数。", field="max_amount")
    if not _FIRST_DAY <= facts.in_force_from <= clock.today():
        raise Invalid(f"生效日应在 {_FIRST_DAY} 之后、不晚于今天。", field="in_force_from")
    waiting = waiting_grant_rule(lock=True) or RuleVersion(
        code=_code(facts.in_force_from), kind=GRANT_RULE, chosen_by=ChosenBy.RECOGNITION
    )
    waiting.title = "高价值专利培育中心经费"
    waiting.document_number = number[:200]
    waiting.source = f"{number}，由管理人员按文件原文录入"[:300]
    waiting.confidence = Decimal("1.00")
    waiting.in_force_from = facts.in_force_from
    waiting.parameters = {
        "formula": "grant",
        "max_per_item": str(facts.max_amount.quantize(FEN)),
        "articles": {"default": article[:300]},
    }
    waiting.drafted_by = by
    waiting.save()
    record(by=by, verb="起草培育中心经费标准", target=waiting, amount=str(facts.max_amount), document_number=number)
    return waiting


@transaction.atomic
def approve_grant_rule(*, by: User) -> RuleVersion:
    """Put the draft that waits in force, by another officer than its drafter; nobody can change it then.

    Raises:
        NotFound: none waits. NotAllowed: by its own drafter, or not of the province.
    """
    require_role(by, Role.PROVINCE, message="经费标准由省级管理人员批准。")
    waiting = waiting_grant_rule(lock=True)
    if waiting is None:
        raise NotFound("没有待批准的经费标准。")
    if waiting.drafted_by_id == by.pk:
        raise NotAllowed("起草人不能批准自己起草的经费标准，请由另一名省级管理人员批准。")
    waiting.state, waiting.approved_by, waiting.approved_at = RuleState.IN_FORCE, by, clock.now()
    waiting.save(update_fields=["state", "approved_by", "approved_at"])
    record(by=by, verb="批准培育中心经费标准", target=waiting, rule=waiting.code)
    publish("patents.grant_rule.approved", key=f"rule:{waiting.code}", rule_code=waiting.code)
    return waiting


def _code(day: dt.date) -> str:
    """`SD-CENTRE-20250730-2`: the number tells apart versions from one day."""
    start = f"SD-CENTRE-{day:%Y%m%d}"
    number = RuleVersion.objects.filter(kind=GRANT_RULE, code__startswith=start).count() + 1
    return f"{start}-{number}"
