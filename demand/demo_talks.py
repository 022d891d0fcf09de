"""What the two sides of the demonstration say to each other: answers, refusals, advice, watches."""

import datetime as dt
from collections.abc import Mapping
from itertools import cycle
from random import Random

from django.db.models import Count, F

from demand import services
from demand.enums import DemandState, Outcome, RefusalReason
from demand.models import Demand, Match, Watch
from demand.queries.rules import need_rules
from demand.services import watches
from patents.enums import IN_FORCE
from patents.enums.deals import DealKind
from patents.models import Patent
from portal import clock
from portal.accounts.demo import Cast
from portal.accounts.enums import Role
from portal.accounts.models import User
from portal.demo.accounts import DEMO_ACCOUNTS

ANSWERED = 14
REPLIES = ("open", "accept", "refuse", "accept")
REASONS = (("price",), ("benefit_unclear", "vague"), ("technical_doubt",), ("route_unclear",))
NOTES = {"price": "入门费高于预算，希望按提成计价。", "technical_doubt": "需要第三方测试报告。"}
LEAST_SCORE = 15
"""Below it two texts share little beside their manner: nobody would answer."""
SOLVED = 2
"""Accepted answers whose need was then solved by the patent."""
SHOWN = frozenset(account.username for account in DEMO_ACCOUNTS)
"""Whose needs stay open, to be looked at."""
WATCHING_SINCE = dt.timedelta(days=30)


def load_talks(*, cast: Cast, rng: Random) -> None:
    """Holders answer needs that match their patents; firms accept, refuse or wait; the city helps."""
    users = {member.organisation.pk: member.user for member in cast.members if member.user and member.is_approved}
    _answers(users, rng)
    _too_early(cast, users)
    _reasons(users)
    _advice(cast, users)
    _watches(cast)


def _answers(users: Mapping[int, User | None], rng: Random) -> None:
    """The best match of a need whose holder and firm are in the demonstration is answered; each holder in turn."""
    matches = Match.objects.filter(patent__holder__isnull=False, demand__state=DemandState.PUBLISHED)
    rows = matches.select_related("demand", "patent").order_by("demand_id", "rank")
    answered: set[int] = set()
    replies, solved = cycle(REPLIES), 0
    for match in rows:
        holder, firm = users.get(match.patent.holder_id or 0), users.get(match.demand.organisation_id or 0)
        is_done = match.demand_id in answered or len(answered) == ANSWERED or match.score < LEAST_SCORE
        if is_done or holder is None or firm is None or holder.role != Role.HOLDER:
            continue
        if match.patent.legal_status not in IN_FORCE:
            continue
        answered.add(match.demand_id)
        reply = next(replies)
        _answer(match, holder, firm, reply)
        if reply == "accept":
            _date_contact(match.demand_id, rng)
            if solved < SOLVED and firm.username not in SHOWN:
                solved += 1
                services.close_demand(
                    demand_id=match.demand_id, by=firm, outcome=Outcome.SOLVED_HERE, patent_id=match.patent_id,
                    note="试用达到指标，已进入合同洽谈。",
                )  # fmt: skip


def _answer(match: Match, holder: User, firm: User, reply: str) -> None:
    made = services.answer_need(
        demand_id=match.demand_id, by=holder, patent_id=match.patent_id, message="已有样机，可安排试用和现场考察。"
    )
    if reply == "accept":
        services.accept_interest(
            interest_id=made.pk, by=firm, kind=DealKind.ORDINARY, message="请提供试用条件和许可费报价。"
        )
    elif reply == "refuse":
        services.refuse_interest(
            interest_id=made.pk, by=firm, reasons=[RefusalReason.BENEFIT_UNCLEAR], note="需要中试数据。"
        )


def _date_contact(demand_id: int, rng: Random) -> None:
    """Talks begin some weeks after a need was published, not on the day of the load."""
    demand = Demand.objects.get(pk=demand_id)
    began = (demand.published_at or clock.now()) + dt.timedelta(days=rng.randrange(3, 40))
    Demand.objects.filter(pk=demand_id).update(contacted_at=min(began, clock.now()))


def _too_early(cast: Cast, users: Mapping[int, User | None]) -> None:
    """The patent that most firms were shown is too early for all of them: the shown university's, if three were."""
    running = Match.objects.filter(demand__state=DemandState.PUBLISHED, patent__holder__kind="university")
    counts = running.values("patent").annotate(firms=Count("demand__organisation", distinct=True)).order_by()
    enough = counts.filter(firms__gte=need_rules().too_early_firms)
    own = enough.filter(patent__holder=cast.account("university").organisation)
    found = own.order_by("-firms", "patent").first() or enough.order_by("-firms", "patent").first()
    if found is None:
        return
    for match in running.filter(patent=found["patent"]).order_by("demand_id"):
        firm = users.get(match.demand.organisation_id or 0)
        if firm is not None:
            services.refuse_match(
                demand_id=match.demand_id, by=firm, patent_id=match.patent_id, reasons=[RefusalReason.TOO_EARLY],
                note="只有实验室结果，没有中试。",
            )  # fmt: skip


def _reasons(users: Mapping[int, User | None]) -> None:
    """Firms say of their second match why it does not suit, unless its holder has just answered."""
    seconds = (
        Match.objects.filter(rank=2, demand__state=DemandState.PUBLISHED).select_related("demand").order_by("demand_id")
    )
    seconds = seconds.exclude(demand__interests__patent=F("patent"))
    for match, reasons in zip(seconds[: 2 * len(REASONS)], cycle(REASONS), strict=False):
        firm = users.get(match.demand.organisation_id or 0)
        if firm is not None:
            note = NOTES.get(reasons[0], "")
            services.refuse_match(
                demand_id=match.demand_id, by=firm, patent_id=match.patent_id, reasons=reasons, note=note
            )


def _advice(cast: Cast, users: Mapping[int, User | None]) -> None:
    """The shown firm waits for an adviser, another firm has one."""
    needs = list(Demand.objects.filter(state=DemandState.PUBLISHED).select_related("organisation").order_by("pk")[:2])
    for place, need in enumerate(needs):
        firm = users.get(need.organisation_id or 0)
        if firm is None:
            continue
        asked = services.ask_adviser(demand_id=need.pk, by=firm, message="请协助联系权利人，了解许可条件和试用安排。")
        if place:
            services.arrange_adviser(
                request_id=asked.pk, by=cast.official_of(need.city_code), name="孙工", phone="0532-80000000",
                answer="下周到企业了解工况。",
            )  # fmt: skip


def _watches(cast: Cast) -> None:
    """The shown firm and the shown university watch a field, a patent and a holder each."""
    firm, university = cast.account("sme").acting_user, cast.account("university").acting_user
    field = Demand.objects.exclude(ipc_codes=[]).filter(state=DemandState.PUBLISHED).order_by("pk").first()
    patent = Patent.objects.filter(holder=university.organisation).order_by("pk").first()
    if field is not None:
        watches.watch_field(by=firm, ipc_code=field.ipc_codes[0])
        watches.watch_field(by=university, ipc_code=field.ipc_codes[0])
    if patent is not None and patent.holder_id is not None:
        watches.watch_patent(by=firm, patent_id=patent.pk)
        watches.watch_holder(by=firm, holder_id=patent.holder_id)
    Watch.objects.update(created_at=clock.now() - WATCHING_SINCE)
