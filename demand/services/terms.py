"""How long a need stands: expiry, renewal, and its end with what came of it."""

import datetime as dt

from django.db import transaction
from django.db.models import F

from demand.enums import AdviserState, DemandState, JudgementSource, MatchState, Outcome
from demand.models import Demand
from demand.queries.rules import need_rules
from demand.services.demands import lock_demand, move_demand, publish_event, require_move, tell_firm
from demand.services.interests import end_open_answers
from demand.services.judgements import judge
from demand.services.matching import queue_match
from demand.workflow.needs import REVIEWERS
from patents.models import Patent
from portal import clock
from portal.accounts.enums import Role
from portal.accounts.models import User
from portal.audit.services import record
from portal.dates import add_months
from portal.errors import Invalid, NotAllowed

BATCH = 500


@transaction.atomic
def renew_demand(*, demand_id: int, by: User) -> Demand:
    """Let a published need run for another term from today, or bring an expired one back."""
    if by.role != Role.SME and by.role not in REVIEWERS:
        raise NotAllowed("只有需求企业和管理人员可以续期。")
    demand = lock_demand(demand_id, by)
    expires_on = add_months(clock.today(), need_rules().term_months)
    if demand.state == DemandState.PUBLISHED:
        demand.expires_on = expires_on
        demand.save(update_fields=["expires_on"])
    else:
        require_move(demand, DemandState.PUBLISHED, by, only_from=DemandState.EXPIRED)
        move_demand(
            demand, DemandState.PUBLISHED, by=by, expires_on=expires_on, closed_on=None, match_state=MatchState.WAITING
        )
        queue_match(demand.pk)
    record(by=by, verb="续期技术需求", target=demand, expires_on=str(expires_on))
    publish_event("demand.demand.renewed", demand)
    return demand


@transaction.atomic
def close_demand(*, demand_id: int, by: User, outcome: str, note: str = "", patent_id: int | None = None) -> Demand:
    """End a need with what came of it: it is not matched any more, and holders no longer see it.

    Answers that nobody decided on end with it, and their holders are told; deals go on by themselves.

    `patent_id` names the pool's patent that solved it, and only with SOLVED_HERE.
    """
    demand = lock_demand(demand_id, by)
    if outcome not in Outcome.values:
        raise Invalid("请选择需求的结果。", field="outcome")
    patent = _solving(outcome, patent_id)
    move_demand(
        demand,
        DemandState.CLOSED,
        by=by,
        match_state="",
        closed_on=clock.today(),
        outcome=outcome,
        outcome_note=note.strip()[:500],
        outcome_patent=patent,
    )
    if patent is not None:
        judge(demand, patent.pk, need_rules().grade_of_deal, JudgementSource.OUTCOME)
    end_open_answers(demand)
    demand.adviser_requests.filter(state=AdviserState.OPEN).update(state=AdviserState.ENDED)
    record(by=by, verb="结束技术需求", target=demand, note=note.strip(), outcome=outcome)
    publish_event("demand.demand.closed", demand, outcome=outcome)
    return demand


def expire_due(*, today: dt.date | None = None) -> int:
    """Let needs expire whose last day is over, and remind the firms of those near it once; says how many expired."""
    day = today or clock.today()
    _remind(day)
    due = Demand.objects.filter(state=DemandState.PUBLISHED, expires_on__lt=day).order_by("pk")[:BATCH]
    return sum(_expire(pk) for pk in due.values_list("pk", flat=True))


@transaction.atomic
def _expire(demand_id: int) -> bool:
    rows = Demand.objects.select_for_update(of=("self",), skip_locked=True).select_related("organisation")
    demand = rows.filter(pk=demand_id, state=DemandState.PUBLISHED).first()
    if demand is None:
        return False
    move_demand(demand, DemandState.EXPIRED, by=None, match_state="", closed_on=clock.today())
    record(by=None, verb="技术需求到期", target=demand)
    publish_event("demand.demand.expired", demand)
    tell_firm(demand, "demand.expired", f"需求 {demand.ref} 已到期", "仍需解决的，请续期；已解决的，请填写结果。")
    return True


@transaction.atomic
def _remind(day: dt.date) -> None:
    last = day + dt.timedelta(days=need_rules().remind_days)
    rows = Demand.objects.filter(
        state=DemandState.PUBLISHED, expires_on__gte=day, expires_on__lte=last, organisation__isnull=False
    ).exclude(reminded_for=F("expires_on"))
    locked = rows.select_for_update(of=("self",), skip_locked=True).select_related("organisation")
    for demand in locked.order_by("expires_on", "pk")[:BATCH]:
        demand.reminded_for = demand.expires_on
        demand.save(update_fields=["reminded_for"])
        title = f"需求 {demand.ref} 将于 {demand.expires_on} 到期"
        tell_firm(demand, "demand.expiring", title, "仍需解决的，请续期；已解决的，请结束并填写结果。")


def _solving(outcome: str, patent_id: int | None) -> Patent | None:
    if patent_id is None:
        return None
    if outcome != Outcome.SOLVED_HERE:
        raise Invalid("只有“通过平台专利解决”时才填写专利。", field="patent")
    patent = Patent.objects.filter(pk=patent_id).defer("abstract", "search_tokens").first()
    if patent is None:
        raise Invalid("没有这件专利。", field="patent")
    return patent
