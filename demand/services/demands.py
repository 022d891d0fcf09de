"""What the firm and the reviewer do with a need."""

from dataclasses import asdict
from typing import Any

from django.db import transaction
from django.db.models.expressions import RawSQL

from demand.checks.needs import Need, check_need, check_registered, check_wanted_by
from demand.enums import DemandState, MatchState
from demand.models import Demand, TargetFigure
from demand.queries.disclosure import public_text
from demand.queries.rules import need_rules
from demand.services.matching import queue_match
from demand.workflow.needs import DEMAND_FLOW, EDITABLE
from patents.text import search_vector
from portal import clock, refs
from portal.accounts.enums import Role
from portal.accounts.models import Organisation, User
from portal.audit.services import record
from portal.dates import add_months
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
        pk=pk, ref=ref, organisation=firm, city_code=firm.city_code, posted_on=clock.today(), **_columns(need)
    )
    _write_figures(demand, need)
    index_needs([demand])
    record(by=by, verb="新建技术需求", target=demand)
    return demand


@transaction.atomic
def update_demand(*, demand_id: int, by: User, need: Need) -> Demand:
    """Change a draft, a returned need, or a published one.

    A published need stays published and is matched again at once; its city is asked to look at it again.
    """
    _firm_of(by)
    demand = lock_demand(demand_id, by)
    if demand.state not in EDITABLE:
        raise WrongState(f"当前状态为“{demand.get_state_display()}”，不能修改。")
    check_need(need)
    if demand.state == DemandState.PUBLISHED:
        check_wanted_by(need.wanted_by)
    values = _columns(need)
    for name, value in values.items():
        setattr(demand, name, value)
    demand.save(update_fields=list(values))
    _write_figures(demand, need)
    index_needs([demand])
    record(by=by, verb="修改技术需求", target=demand)
    if demand.state == DemandState.PUBLISHED:
        _match_anew(demand, is_recheck_due=True)
        publish_event("demand.demand.changed", demand)
    return demand


@transaction.atomic
def submit_demand(*, demand_id: int, by: User) -> Demand:
    """Hand a need to the firm's city for review."""
    demand = lock_demand(demand_id, by)
    move_demand(demand, DemandState.SUBMITTED, by=by, review_note="")
    check_registered(demand.organisation)
    check_wanted_by(demand.wanted_by)
    record(by=by, verb="提交技术需求", target=demand)
    publish_event("demand.demand.submitted", demand)
    return demand


@transaction.atomic
def withdraw_demand(*, demand_id: int, by: User) -> Demand:
    """Take a need back that the city has not decided on, to change it."""
    demand = lock_demand(demand_id, by)
    move_demand(demand, DemandState.DRAFT, by=by)
    record(by=by, verb="撤回技术需求", target=demand)
    publish_event("demand.demand.withdrawn", demand)
    return demand


@transaction.atomic
def publish_demand(*, demand_id: int, by: User, note: str = "") -> Demand:
    """Publish a submitted need: it waits for matching, and holders whose patents match will see it."""
    demand = lock_demand(demand_id, by)
    require_move(demand, DemandState.PUBLISHED, by, only_from=DemandState.SUBMITTED)
    move_demand(
        demand,
        DemandState.PUBLISHED,
        by=by,
        review_note=note.strip(),
        published_at=clock.now(),
        expires_on=add_months(clock.today(), need_rules().term_months),
        match_state=MatchState.WAITING,
    )
    record(by=by, verb="发布技术需求", target=demand, note=note.strip())
    publish_event("demand.demand.published", demand)
    tell_firm(demand, "demand.published", f"需求 {demand.ref} 已发布，正在匹配专利", demand.title)
    queue_match(demand.pk)
    return demand


@transaction.atomic
def return_demand(*, demand_id: int, by: User, note: str) -> Demand:
    """Give a submitted need back, saying what to change."""
    if not note.strip():
        raise Invalid("请填写退回意见，企业据此修改。", field="note")
    demand = lock_demand(demand_id, by)
    move_demand(demand, DemandState.RETURNED, by=by, review_note=note.strip())
    record(by=by, verb="退回技术需求", target=demand, note=note.strip())
    publish_event("demand.demand.returned", demand)
    tell_firm(demand, "demand.returned", f"需求 {demand.ref} 被退回修改", note.strip())
    return demand


@transaction.atomic
def confirm_change(*, demand_id: int, by: User) -> Demand:
    """The city has looked at what the firm changed after the review."""
    if by.role not in (Role.CITY, Role.PROVINCE):
        raise NotAllowed("只有管理人员可以复核。")
    demand = lock_demand(demand_id, by)
    if not demand.is_recheck_due:
        raise WrongState("该需求发布后没有待复核的修改。")
    demand.is_recheck_due = False
    demand.save(update_fields=["is_recheck_due"])
    record(by=by, verb="复核需求修改", target=demand)
    return demand


def index_needs(demands: list[Demand]) -> None:
    """Write the search tokens of needs, made of their public parts only."""
    for demand in demands:
        text = public_text(demand)
        vector = RawSQL("%s::tsvector", [search_vector(text.title, text.description)])
        Demand.objects.filter(pk=demand.pk).update(search_tokens=vector)


def lock_demand(demand_id: int, by: User) -> Demand:
    """The need that `by` may see, its row locked. Raises NotFound."""
    rows = Demand.objects.visible_to(by).select_for_update(of=("self",)).select_related("organisation")
    try:
        return rows.get(pk=demand_id)
    except Demand.DoesNotExist as error:
        raise NotFound("没有这个技术需求。") from error


def require_move(demand: Demand, to: DemandState, by: User, *, only_from: DemandState) -> None:
    """Two verbs reach one state: this one only from `only_from`."""
    if demand.state != only_from:
        raise WrongState(f"当前状态为“{demand.get_state_display()}”，不能变更为“{to.label}”。")
    DEMAND_FLOW.require(demand.state, to, actor=by)


def move_demand(demand: Demand, to: DemandState, *, by: User | None, **values: Any) -> None:
    """Make a move of the table and write `values` with it."""
    DEMAND_FLOW.require(demand.state, to, actor=by)
    for name, value in {"state": to, **values}.items():
        setattr(demand, name, value)
    demand.save(update_fields=["state", *values])


def publish_event(name: str, demand: Demand, **facts: Any) -> None:
    """Publish with references only: what a need says never travels in an event."""
    publish(name, key=demand.ref, demand_ref=demand.ref, city_code=demand.city_code, **facts)


def tell_firm(demand: Demand, kind: str, title: str, body: str) -> None:
    """Put a message into the firm's in-tray; a need that a city collected in a sheet may have no firm here."""
    if demand.organisation is not None:
        notify(recipient=demand.organisation, kind=kind, title=title, body=body, link=demand.get_absolute_url())


def _firm_of(by: User) -> Organisation:
    if by.role != Role.SME or by.organisation is None:
        raise NotAllowed("只有企业可以填报技术需求。")
    return by.organisation


def _columns(need: Need) -> dict[str, Any]:
    values = asdict(need)
    del values["figures"]
    return {**values, "ipc_codes": list(need.ipc_codes), "disclosure": dict(need.disclosure)}


def _write_figures(demand: Demand, need: Need) -> None:
    demand.figures.all().delete()
    TargetFigure.objects.bulk_create(
        TargetFigure(demand=demand, place=place, **asdict(figure)) for place, figure in enumerate(need.figures, start=1)
    )


def _match_anew(demand: Demand, **values: Any) -> None:
    for name, value in {"match_state": MatchState.WAITING, **values}.items():
        setattr(demand, name, value)
    demand.save(update_fields=["match_state", *values])
    queue_match(demand.pk)
