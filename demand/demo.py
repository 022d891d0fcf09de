"""Needs of the demonstration in all states, made by the services and matched by the matcher."""

import datetime as dt
from collections.abc import Callable, Iterator
from itertools import chain, cycle, islice, repeat
from random import Random

from demand import services
from demand.checks.needs import Figure, Need
from demand.demo_talks import load_talks
from demand.enums import DemandState, Disclosure, NeedPart, Outcome
from demand.imports.needs import figures
from demand.models import Demand
from demand.services.quality import compute_last_weeks
from portal import clock
from portal.accounts.demo import Cast, Member
from portal.accounts.enums import OrganisationKind
from portal.dates import add_months
from portal.demo.chance import stream
from portal.demo.need_texts import NeedText, need_texts
from portal.demo.technical_fields import TechnicalField, fields_without_patents, technical_fields
from portal.errors import Invalid

STATES = (
    *(DemandState.PUBLISHED,) * 12, DemandState.SUBMITTED, DemandState.SUBMITTED, DemandState.DRAFT, DemandState.DRAFT,
    DemandState.RETURNED, DemandState.CLOSED, DemandState.EXPIRED,
)  # fmt: skip
"""States in turn, so that each occurs in a small load too."""
SHOWN_STATES = (
    DemandState.PUBLISHED, DemandState.SUBMITTED, DemandState.RETURNED, DemandState.PUBLISHED, DemandState.EXPIRED,
)  # fmt: skip
"""Of the firm whose account is shown, so that it has one of each to look at; the fourth is in a field without patents."""
UNANSWERED_PLACE, EVERY_UNANSWERED = 4, 7
"""From the fourth on each seventh need is in a field that no patent of the pool is in."""
OLDEST_DAYS = 240
BOARD_WEEKS = 6
SHARE_WITH_FIELD = 0.6
"""Needs whose firm confirmed the IPC subclass."""
NOTES = ("目标指标请补充单位和测试条件。", "请说明现有工艺参数，便于判断适用性。")
SECRETS = ("样品照片和现用设备型号可在签订保密协议后提供。", "配方范围、供应商名单不对外公开。")


def load_needs(*, cast: Cast, count: int, seed: int, progress: Callable[[int, int], None]) -> None:
    """Make `count` needs of the approved firms, move them on and match the published ones."""
    rng = stream(seed, "needs of firms")
    owners = list(islice(_owners(rng, cast), count))
    fields = _field_keys(owners)
    turns = zip(need_texts(count, seed, fields), owners, chain(SHOWN_STATES, cycle(STATES)), strict=False)
    for done, (text, firm, state) in enumerate(turns, start=1):
        _load_need(rng, cast, firm, text, state)
        progress(done, count)
    services.expire_due()
    services.match_waiting(limit=count)
    _spread_matches(rng)
    load_talks(cast=cast, rng=rng)
    compute_last_weeks(count=BOARD_WEEKS)


def _owners(rng: Random, cast: Cast) -> Iterator[Member]:
    """The firm whose account is shown as often as it has states to show, then the firms in turn."""
    firms = list(cast.of(OrganisationKind.SME))
    rng.shuffle(firms)
    shown = cast.account("sme")
    others = [firm for firm in firms if firm is not shown]
    return chain(repeat(shown, len(SHOWN_STATES)), cycle(others))


def _field_keys(owners: list[Member]) -> tuple[str, ...]:
    """The field of each need: one of its firm's own, and now and then one that nobody has patents in."""
    unanswered = cycle(field.key for field in fields_without_patents())
    keys = []
    for place, firm in enumerate(owners, start=1):
        own = firm.facts.field_keys
        is_unanswered = place % EVERY_UNANSWERED == UNANSWERED_PLACE
        keys.append(next(unanswered) if is_unanswered else own[place % len(own)])
    return tuple(keys)


def _load_need(rng: Random, cast: Cast, firm: Member, text: NeedText, state: DemandState) -> None:
    user, official = firm.acting_user, cast.official_of(firm.organisation.city_code)
    demand = services.create_demand(by=user, need=_need(rng, text))
    if state != DemandState.DRAFT:
        services.submit_demand(demand_id=demand.pk, by=user)
    if state in (DemandState.PUBLISHED, DemandState.CLOSED, DemandState.EXPIRED):
        services.publish_demand(demand_id=demand.pk, by=official, note="内容完整，同意发布。")
    if state == DemandState.RETURNED:
        services.return_demand(demand_id=demand.pk, by=official, note=rng.choice(NOTES))
    if state == DemandState.CLOSED:
        services.close_demand(demand_id=demand.pk, by=user, outcome=Outcome.SOLVED_ELSEWHERE, note="已与高校达成合作。")
    _spread(demand, state, dt.timedelta(days=rng.randrange(OLDEST_DAYS)))


def _spread(demand: Demand, state: DemandState, age: dt.timedelta) -> None:
    """Over the past months: statistics and lists of one single day would show nothing."""
    rows, posted_on = Demand.objects.filter(pk=demand.pk), clock.today() - age
    rows.update(posted_on=posted_on)
    published = rows.filter(published_at__isnull=False)
    published.update(published_at=clock.now() - age, expires_on=add_months(posted_on, 12))
    if state == DemandState.EXPIRED:
        rows.update(expires_on=clock.today() - dt.timedelta(days=1))


def _spread_matches(rng: Random) -> None:
    """A match is found soon after its need was published, not on the day of the load."""
    for demand in Demand.objects.filter(good_match_since__isnull=False).order_by("pk"):
        found = (demand.published_at or clock.now()) + dt.timedelta(hours=rng.randrange(1, 72))
        Demand.objects.filter(pk=demand.pk).update(good_match_since=min(found, clock.now()))


def _need(rng: Random, text: NeedText) -> Need:
    rows, other = _target(text.target_figures)
    has_secret = rng.random() < SHARE_WITH_FIELD
    return Need(
        title=text.title,
        description=text.description,
        figures=rows,
        target_figures=other,
        constraints_text=text.constraints,
        object_text=text.object,
        industry_code=text.industry_code,
        industry_name=text.industry_name,
        ipc_codes=_subclasses(text.field_key) if rng.random() < SHARE_WITH_FIELD else (),
        cooperation_way=text.cooperation_way,
        budget_amount=text.budget_amount,
        wanted_by=clock.today() + dt.timedelta(days=30 * text.months),
        secret_text=rng.choice(SECRETS) if has_secret else "",
        disclosure={NeedPart.CONSTRAINTS.value: Disclosure.RELEASED.value} if has_secret else {},
    )


def _target(text: str) -> tuple[tuple[Figure, ...], str]:
    """Target figures as rows where they can be read as such, the others as they are written."""
    rows: list[Figure] = []
    others = []
    for part in filter(None, text.split("；")):
        try:
            rows += figures(part.replace("达到", "不低于").replace("达", "不低于"))
        except Invalid:
            others.append(part)
    return tuple(rows), "；".join(others)


def _subclasses(field_key: str) -> tuple[str, ...]:
    fields: dict[str, TechnicalField] = {one.key: one for one in (*technical_fields(), *fields_without_patents())}
    return (fields[field_key].ipc[0][:4],)
