"""What the firm and the reviewer do with a need."""

from dataclasses import asdict
from typing import Any

from django.db import transaction

from demand.checks.needs import Need, check_need, check_registered, check_wanted_by
from demand.enums import DemandState, MatchState
from demand.models import Demand
from demand.services.matching import queue_match
from demand.workflow.needs import DEMAND_FLOW, EDITABLE
from portal import clock, refs
from portal.accounts.enums import Role
from portal.accounts.models import Organisation, User
from portal.audit.services import record
from portal.errors import Invalid, NotAllowed, NotFound, WrongState
from portal.notices.services import notify
from portal.outbox.services import publish


@transaction.atomic
def create_demand(*, by: User, need: Need) -> Demand:
    """Start a draft for the firm of `by`."""
    firm = _firm_of(by)
    check_need(need)
    pk, ref = refs.reserve(Demand, "XQ")
    demand = Demand.objects.create(
        pk=pk, ref=ref, organisation=firm, city_code=firm.city_code, posted_on=clock.today(), **asdict(need)
    )
    record(by=by, verb="新建技术需求", target=demand)
    return demand


@transaction.atomic
def update_demand(*, demand_id: int, by: User, need: Need) -> Demand:
    """Change a draft, or a need that the reviewer returned."""
    _firm_of(by)
    demand = _lock(demand_id, by)
    if demand.state not in EDITABLE:
        raise WrongState(f"当前状态为“{demand.get_state_display()}”，不能修改。")
    check_need(need)
    values = asdict(need)
    for name, value in values.items():
        setattr(demand, name, value)
    demand.save(update_fields=list(values))
    record(by=by, verb="修改技术需求", target=demand)
    return demand


@transaction.atomic
def submit_demand(*, demand_id: int, by: User) -> Demand:
    """Hand a need to the firm's city for review."""
    demand = _lock(demand_id, by)
    _move(demand, DemandState.SUBMITTED, by=by, review_note="")
    check_registered(demand.organisation)
    check_wanted_by(demand.wanted_by)
    record(by=by, verb="提交技术需求", target=demand)
    _publish("demand.demand.submitted", demand)
    return demand


@transaction.atomic
def publish_demand(*, demand_id: int, by: User, note: str = "") -> Demand:
    """Publish a submitted need: it waits for matching, and holders whose patents match will see it."""
    demand = _lock(demand_id, by)
    _move(
        demand,
        DemandState.PUBLISHED,
        by=by,
        review_note=note.strip(),
        published_at=clock.now(),
        match_state=MatchState.WAITING,
    )
    record(by=by, verb="发布技术需求", target=demand, note=note.strip())
    _publish("demand.demand.published", demand)
    _tell_firm(demand, "demand.published", f"需求 {demand.ref} 已发布，正在匹配专利", demand.title)
    queue_match(demand.pk)
    return demand


@transaction.atomic
def return_demand(*, demand_id: int, by: User, note: str) -> Demand:
    """Give a submitted need back, saying what to change."""
    if not note.strip():
        raise Invalid("请填写退回意见，企业据此修改。", field="note")
    demand = _lock(demand_id, by)
    _move(demand, DemandState.RETURNED, by=by, review_note=note.strip())
    record(by=by, verb="退回技术需求", target=demand, note=note.strip())
    _publish("demand.demand.returned", demand)
    _tell_firm(demand, "demand.returned", f"需求 {demand.ref} 被退回修改", note.strip())
    return demand


@transaction.atomic
def close_demand(*, demand_id: int, by: User, note: str = "") -> Demand:
    """End a need: it is not matched any more, and holders no longer see it."""
    demand = _lock(demand_id, by)
    _move(demand, DemandState.CLOSED, by=by, match_state="")
    record(by=by, verb="结束技术需求", target=demand, note=note.strip())
    _publish("demand.demand.closed", demand)
    return demand


def _firm_of(by: User) -> Organisation:
    if by.role != Role.SME or by.organisation is None:
        raise NotAllowed("只有企业可以填报技术需求。")
    return by.organisation


def _lock(demand_id: int, by: User) -> Demand:
    rows = Demand.objects.visible_to(by).select_for_update(of=("self",)).select_related("organisation")
    try:
        return rows.get(pk=demand_id)
    except Demand.DoesNotExist as error:
        raise NotFound("没有这个技术需求。") from error


def _move(demand: Demand, to: DemandState, *, by: User, **values: Any) -> None:
    DEMAND_FLOW.require(demand.state, to, actor=by)
    for name, value in {"state": to, **values}.items():
        setattr(demand, name, value)
    demand.save(update_fields=["state", *values])


def _publish(name: str, demand: Demand) -> None:
    publish(name, key=demand.ref, demand_ref=demand.ref, city_code=demand.city_code)


def _tell_firm(demand: Demand, kind: str, title: str, body: str) -> None:
    # A need that a city collected in a sheet has no firm in the portal to tell.
    if demand.organisation is not None:
        notify(recipient=demand.organisation, kind=kind, title=title, body=body, link=demand.get_absolute_url())
