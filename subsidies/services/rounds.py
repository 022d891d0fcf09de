"""Rounds of applications: drafted, opened, closed by the province."""

from typing import Any

from django.db import transaction

from patents.services.moves import require_role
from portal.accounts.enums import Role
from portal.accounts.models import User
from portal.audit.services import record
from portal.errors import Invalid, NotFound
from portal.flow import Flow
from portal.outbox.services import publish
from subsidies.enums import RoundState
from subsidies.models import Round
from subsidies.queries.claims import APPLIED_KINDS

ROUND_FLOW = Flow(
    dict(RoundState.choices),
    {RoundState.DRAFT: {RoundState.OPEN: {Role.PROVINCE}}, RoundState.OPEN: {RoundState.CLOSED: {Role.PROVINCE}}},
)


@transaction.atomic
def save_round(*, by: User, round_id: int | None = None, **terms: Any) -> Round:
    """Write a draft of a round for a kind whose facts only the firm knows.

    Raises:
        Invalid: the kind is one that the portal finds by itself, or the round ends before it begins.
    """
    require_role(by, Role.PROVINCE, message="申报批次由省级管理人员发布。")
    if terms["kind"] not in APPLIED_KINDS:
        raise Invalid("该种类由平台免申即享，不需要申报批次。", field="kind")
    if terms["closes_on"] < terms["opens_on"]:
        raise Invalid("截止日不能早于开始日。", field="closes_on")
    found = _lock(round_id) if round_id else Round()
    if found.pk and found.state != RoundState.DRAFT:
        raise Invalid("批次已经发布，不能修改。")
    for name, value in terms.items():
        setattr(found, name, value)
    found.save()
    record(by=by, verb="保存申报批次", target=found, kind=found.kind, year=found.year)
    return found


def open_round(*, round_id: int, by: User) -> Round:
    """Let firms apply within its days."""
    return _move(round_id, by, RoundState.OPEN, "发布申报批次")


def close_round(*, round_id: int, by: User) -> Round:
    """End it before its time."""
    return _move(round_id, by, RoundState.CLOSED, "结束申报批次")


@transaction.atomic
def _move(round_id: int, by: User, to: RoundState, verb: str) -> Round:
    found = _lock(round_id)
    ROUND_FLOW.require(found.state, to, actor=by)
    found.state = to
    found.save(update_fields=["state"])
    record(by=by, verb=verb, target=found)
    publish(f"subsidies.round.{to}", key=f"round:{found.pk}", round_id=found.pk, kind=found.kind)
    return found


def _lock(round_id: int) -> Round:
    found = Round.objects.select_for_update(of=("self",)).filter(pk=round_id).first()
    if found is None:
        raise NotFound("没有这个申报批次。")
    return found
