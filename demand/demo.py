"""Needs of the demonstration in all states, made by the services and matched by the matcher."""

import datetime as dt
from collections.abc import Callable
from itertools import cycle, islice
from random import Random

from demand import services
from demand.checks.needs import Need
from demand.enums import DemandState, Outcome
from demand.models import Demand, Match
from demand.services.quality import compute_last_weeks
from patents.enums import IN_FORCE
from patents.enums.deals import DealKind
from portal import clock
from portal.accounts.demo import Cast, Member
from portal.accounts.enums import OrganisationKind, Role
from portal.demo.chance import stream
from portal.demo.need_texts import NeedText, need_texts
from portal.demo.technical_fields import fields_without_patents

STATES = (
    *(DemandState.PUBLISHED,) * 12, DemandState.SUBMITTED, DemandState.SUBMITTED, DemandState.DRAFT, DemandState.DRAFT,
    DemandState.RETURNED, DemandState.CLOSED, DemandState.EXPIRED,
)  # fmt: skip
"""States in turn, so that each occurs in a small load too."""
EVERY_UNANSWERED = 7
"""Each so manieth need is in a field that no patent of the pool is in."""
OLDEST_DAYS = 240
ANSWERED = 12
REPLIES = ("none", "accept", "refuse")
BOARD_WEEKS = 6
NOTES = ("目标指标请补充单位和测试条件。", "请说明现有工艺参数，便于判断适用性。")


def load_needs(*, cast: Cast, count: int, seed: int, progress: Callable[[int, int], None]) -> None:
    """Make `count` needs of the approved firms, move them on and match the published ones."""
    rng = stream(seed, "needs of firms")
    firms = list(cast.of(OrganisationKind.SME))
    rng.shuffle(firms)
    # The firm whose account is shown has needs to look at.
    shown = cast.account("sme")
    firms = [shown, *[firm for firm in firms if firm is not shown]]
    fields = _field_keys(firms, count)
    turns = zip(need_texts(count, seed, fields), cycle(firms), cycle(STATES), strict=False)
    for done, (text, firm, state) in enumerate(turns, start=1):
        _load_need(rng, cast, firm, text, state)
        progress(done, count)
    services.expire_due()
    services.match_waiting(limit=count)
    _load_interests(cast)
    compute_last_weeks(count=BOARD_WEEKS)


def _load_interests(cast: Cast) -> None:
    """Some holders answer the needs that their patents match; firms accept one, refuse one and leave one open."""
    matches = Match.objects.filter(rank=1, patent__holder__isnull=False, demand__state=DemandState.PUBLISHED)
    users = {member.organisation.pk: member.user for member in cast.members if member.user and member.is_approved}
    rows = matches.select_related("demand", "patent").order_by("demand_id")
    answerable = (row for row in rows if row.patent.holder_id in users and row.patent.legal_status in IN_FORCE)
    for match, reply in zip(islice(answerable, ANSWERED), cycle(REPLIES), strict=False):
        holder, firm = users.get(match.patent.holder_id or 0), users.get(match.demand.organisation_id or 0)
        if holder is None or firm is None or holder.role != Role.HOLDER:
            continue
        made = services.answer_need(
            demand_id=match.demand_id, by=holder, patent_id=match.patent_id, message="已有样机，可安排试用和现场考察。"
        )
        if reply == "accept":
            services.accept_interest(
                interest_id=made.pk, by=firm, kind=DealKind.ORDINARY, message="请提供试用条件和许可费报价。"
            )
        elif reply == "refuse":
            services.refuse_interest(interest_id=made.pk, by=firm, reasons=["too_early"], note="需要中试数据。")


def _field_keys(firms: list[Member], count: int) -> tuple[str, ...]:
    """The field of each need: its firm's own, and now and then one that nobody has patents in."""
    own = islice(cycle(firm.facts.field_keys[0] for firm in firms), count)
    unanswered = cycle(field.key for field in fields_without_patents())
    return tuple(next(unanswered) if place % EVERY_UNANSWERED == 0 else key for place, key in enumerate(own, start=1))


def _load_need(rng: Random, cast: Cast, firm: Member, text: NeedText, state: DemandState) -> None:
    user, official = firm.acting_user, cast.official_of(firm.organisation.city_code)
    demand = services.create_demand(by=user, need=_need(text))
    if state != DemandState.DRAFT:
        services.submit_demand(demand_id=demand.pk, by=user)
    if state in (DemandState.PUBLISHED, DemandState.CLOSED, DemandState.EXPIRED):
        services.publish_demand(demand_id=demand.pk, by=official, note="内容完整，同意发布。")
    if state == DemandState.RETURNED:
        services.return_demand(demand_id=demand.pk, by=official, note=rng.choice(NOTES))
    if state == DemandState.CLOSED:
        services.close_demand(demand_id=demand.pk, by=user, outcome=Outcome.SOLVED_ELSEWHERE, note="已与高校达成合作。")
    # Spread over the past months: statistics and lists of one single day would show nothing.
    days = dt.timedelta(days=rng.randrange(OLDEST_DAYS))
    Demand.objects.filter(pk=demand.pk).update(posted_on=clock.today() - days)
    Demand.objects.filter(pk=demand.pk, published_at__isnull=False).update(published_at=clock.now() - days)
    if state == DemandState.EXPIRED:
        Demand.objects.filter(pk=demand.pk).update(expires_on=clock.today() - dt.timedelta(days=1))


def _need(text: NeedText) -> Need:
    return Need(
        title=text.title,
        description=text.description,
        target_figures=text.target_figures,
        constraints_text=text.constraints,
        object_text=text.object,
        industry_code=text.industry_code,
        industry_name=text.industry_name,
        cooperation_way=text.cooperation_way,
        budget_amount=text.budget_amount,
        wanted_by=clock.today() + dt.timedelta(days=30 * text.months),
    )
