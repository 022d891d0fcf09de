"""What a table plan is made from, and its meetings as pages and sheets show them."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from demand.enums import DemandState
from demand.models import Match
from events.enums import Audience, PlanState, SlotKind
from events.models import AgendaSlot, Event, MeetingTable, PlanMeeting, PlanParty, PlanWish, TablePlan
from events.policy.tables import Pair, Person, Pin, Problem, Why, WhyNot, Wish
from finance.enums.projects import ANSWERABLE
from finance.models import Placement
from portal import clock
from portal.accounts.models import Organisation
from portal.errors import Invalid

LOAN_POINTS = 80
"""A financing project that waits for the lender's answer, as points of a match (own default)."""
TOP_POINTS = 100
HOST_AUDIENCES = (Audience.HOLDER, Audience.LENDER)


@dataclass(frozen=True)
class PlanFacts:
    """The problem, with the rows behind its numbers."""

    problem: Problem
    slots: list[AgendaSlot]
    tables: list[MeetingTable]
    sources: dict[tuple[int, int], dict[str, str]]
    """What a pair's score comes from: a need and a patent, or a financing project."""


@dataclass(frozen=True, slots=True)
class PartyRow:
    """A party as pages show it."""

    organisation: Organisation
    is_host: bool
    most_meetings: int | None = None
    absent: frozenset[int] = frozenset()
    meeting_count: int = 0


def guests_of(event: Event) -> QuerySet[Organisation]:
    """The firms that have a place, in the order of their names' rows."""
    return _coming(event, [Audience.FIRM])


def hosts_of(event: Event) -> QuerySet[Organisation]:
    """The patent owners and lenders that have a place."""
    return _coming(event, HOST_AUDIENCES)


def _coming(event: Event, audiences: Iterable[str]) -> QuerySet[Organisation]:
    places = event.signups.confirmed().filter(organisation=OuterRef("pk"), audience__in=list(audiences))
    return Organisation.objects.filter(Exists(places)).order_by("pk")


def meeting_slots(event: Event) -> list[AgendaSlot]:
    """The slots for one-to-one talks in the order of time."""
    return list(event.slots.filter(kind=SlotKind.MEETING).order_by("starts_at", "id"))


def facts_for(event: Event) -> PlanFacts:
    """Everything the event's plan is made from, in a fixed number of queries.

    Raises:
        Invalid: slots lie outside the event, overlap one another or a break, or there are no slots, tables or parties.
    """
    slots, tables = meeting_slots(event), list(event.tables.order_by("number"))
    _check_slots(event, slots)
    guests, hosts = list(guests_of(event)), list(hosts_of(event))
    if not guests or not hosts:
        raise Invalid("报名成功的企业、专利权人或金融机构不足，暂时不能排桌。", field="parties")
    scores, sources = _scores(guests, hosts)
    pairs = _pairs(event, {one.pk for one in guests}, {one.pk for one in hosts}, scores)
    places = {slot.pk: place for place, slot in enumerate(slots)}
    kept = _parties(event)
    busy = _busy(event, guests, slots)
    problem = Problem(
        tuple(_person(one, kept.get(one.pk), places, busy[one.pk]) for one in guests),
        tuple(_person(one, kept.get(one.pk), places, frozenset()) for one in hosts),
        tuple(pairs),
        len(slots),
        len(tables),
        _pins(event, places, tables, {one.pk for one in (*guests, *hosts)}),
    )
    return PlanFacts(problem, slots, tables, sources)


def _check_slots(event: Event, slots: list[AgendaSlot]) -> None:
    breaks = list(event.slots.filter(kind=SlotKind.BREAK))
    for slot in slots:
        if slot.starts_at < event.starts_at or slot.ends_at > event.ends_at:
            raise Invalid(f"洽谈时段“{slot}”不在活动时间之内。", field="slots")
        for other in breaks:
            if other.starts_at < slot.ends_at and slot.starts_at < other.ends_at:
                raise Invalid(f"洽谈时段“{slot}”与休息“{other}”重叠。", field="slots")
    for first, second in pairwise(slots):
        if second.starts_at < first.ends_at:
            raise Invalid(f"洽谈时段“{first}”与“{second}”重叠。", field="slots")


def _scores(
    guests: list[Organisation], hosts: list[Organisation]
) -> tuple[dict[tuple[int, int], int], dict[tuple[int, int], dict[str, str]]]:
    """Points by (firm, host): the best stored match, the best of all being 100; and projects that wait for a lender."""
    scores: dict[tuple[int, int], int] = {}
    sources: dict[tuple[int, int], dict[str, str]] = {}
    matches = (
        Match.objects.filter(
            demand__organisation__in=guests, demand__state=DemandState.PUBLISHED, patent__holder__in=hosts
        )
        .order_by("-score", "pk")
        .values_list("demand__organisation_id", "patent__holder_id", "score", "demand__ref", "patent__number")
    )
    top = Decimal(0)
    for firm, holder, score, demand, patent in matches.iterator():
        top = max(top, score)
        if (firm, holder) not in scores and top > 0:
            scores[firm, holder] = max(1, int(TOP_POINTS * score / top))
            sources[firm, holder] = {"demand": str(demand), "patent": str(patent)}
    waiting = Placement.objects.filter(project__organisation__in=guests, institution__in=hosts, state__in=ANSWERABLE)
    for firm, lender, project in waiting.order_by("pk").values_list(
        "project__organisation_id", "institution_id", "project__ref"
    ):
        scores[firm, lender] = LOAN_POINTS
        sources[firm, lender] = {"project": project}
    return scores, sources


def _pairs(event: Event, guests: set[int], hosts: set[int], scores: dict[tuple[int, int], int]) -> list[Pair]:
    guest_wishes: dict[tuple[int, int], Wish] = {}
    host_wishes: dict[tuple[int, int], Wish] = {}
    for by, about, wish in event.wishes.values_list("by_id", "about_id", "wish"):
        if by in guests and about in hosts:
            guest_wishes[by, about] = Wish(wish)
        elif by in hosts and about in guests:
            host_wishes[about, by] = Wish(wish)
    conflicts = {
        (guest, host): reason for guest, host, reason in event.conflicts.values_list("guest_id", "host_id", "reason")
    }
    known = sorted({*scores, *guest_wishes, *host_wishes, *(key for key in conflicts if _is_here(key, guests, hosts))})
    return [
        Pair(
            *key, scores.get(key, 0), guest_wishes.get(key), host_wishes.get(key), conflicts.get(key, "")
        )
        for key in known
    ]  # fmt: skip


def _is_here(key: tuple[int, int], guests: set[int], hosts: set[int]) -> bool:
    return key[0] in guests and key[1] in hosts


def _parties(event: Event) -> dict[int, PlanParty]:
    return {party.organisation_id: party for party in event.parties.prefetch_related("absent_slots")}


def _busy(event: Event, guests: list[Organisation], slots: list[AgendaSlot]) -> dict[int, frozenset[int]]:
    """The slots in which a firm sits at a table of another event."""
    found: dict[int, set[int]] = defaultdict(set)
    elsewhere = PlanMeeting.objects.filter(
        is_standing=True, guest__in=guests, starts_at__lt=event.ends_at, ends_at__gt=event.starts_at
    ).exclude(plan__event=event)
    for guest, starts_at, ends_at in elsewhere.values_list("guest_id", "starts_at", "ends_at"):
        found[guest] |= {slot.pk for slot in slots if slot.starts_at < ends_at and starts_at < slot.ends_at}
    return {one.pk: frozenset(found[one.pk]) for one in guests}


def _person(
    organisation: Organisation, party: PlanParty | None, places: dict[int, int], busy: frozenset[int]
) -> Person:
    absent = {slot.pk for slot in party.absent_slots.all()} if party else set()
    free = frozenset(place for pk, place in places.items() if pk not in absent and pk not in busy)
    return Person(organisation.pk, free, party.most_meetings if party else None)


def _pins(event: Event, places: dict[int, int], tables: list[MeetingTable], here: set[int]) -> tuple[Pin, ...]:
    numbers = {table.pk: place for place, table in enumerate(tables)}
    pinned = PlanMeeting.objects.filter(plan__event=event, is_pinned=True).select_related("guest", "host")
    pins = []
    for one in pinned.order_by("slot__starts_at", "table__number"):
        if not {one.guest_id, one.host_id} <= here:
            raise Invalid(f"固定的洽谈“{one}”中有一方已取消报名，请先取消固定。", field="pins")
        pins.append(Pin(one.guest_id, one.host_id, places[one.slot_id], numbers[one.table_id]))
    return tuple(pins)


def meetings_in(event: Event, slot_id: int | None = None) -> QuerySet[PlanMeeting]:
    """The event's meetings by time and table, of one slot or of all."""
    rows = PlanMeeting.objects.filter(plan__event=event).select_related("slot", "table", "guest", "host")
    if slot_id is not None:
        rows = rows.filter(slot_id=slot_id)
    return rows.order_by("starts_at", "table__number", "pk")


def meetings_of(event: Event, organisation: Organisation) -> QuerySet[PlanMeeting]:
    """One party's own meetings by time."""
    return meetings_in(event).filter(Q(guest=organisation) | Q(host=organisation))


@dataclass(frozen=True, slots=True)
class PlanCounts:
    """How large the plan is, and whom it leaves out."""

    guests: int
    hosts: int
    tables: int
    meetings: int
    pinned: int
    by_slot: dict[int, int]
    without: int
    """Parties that come and meet nobody."""


def counts_of(event: Event) -> PlanCounts:
    """The plan in figures. Four queries."""
    rows = list(
        PlanMeeting.objects.filter(plan__event=event).values_list("slot_id", "guest_id", "host_id", "is_pinned")
    )
    guests, hosts = (set(side.values_list("pk", flat=True)) for side in (guests_of(event), hosts_of(event)))
    by_slot: dict[int, int] = defaultdict(int)
    for slot, *_ in rows:
        by_slot[slot] += 1
    met = {key for _, guest, host, _ in rows for key in (guest, host)}
    return PlanCounts(
        len(guests), len(hosts), event.tables.count(), len(rows), sum(one[3] for one in rows), dict(by_slot),
        len((guests | hosts) - met),
    )  # fmt: skip


def left_meetings(event: Event) -> QuerySet[PlanMeeting]:
    """Meetings of which one side has no place any more."""
    coming = event.signups.confirmed().filter(organisation__isnull=False).values("organisation_id")
    return meetings_in(event).exclude(guest__in=coming, host__in=coming)


def party_rows(event: Event, *, hosts: bool) -> list[PartyRow]:
    """One side of the plan with what each wants and how often it meets. Three queries."""
    organisations = hosts_of(event) if hosts else guests_of(event)
    kept = _parties(event)
    counts: dict[int, int] = defaultdict(int)
    for side in PlanMeeting.objects.filter(plan__event=event).values_list("host_id" if hosts else "guest_id"):
        counts[side[0]] += 1
    return [
        PartyRow(
            one,
            hosts,
            kept[one.pk].most_meetings if one.pk in kept else None,
            frozenset(slot.pk for slot in kept[one.pk].absent_slots.all()) if one.pk in kept else frozenset(),
            counts[one.pk],
        )
        for one in organisations
    ]


def is_coming(event: Event, organisation: Organisation) -> bool:
    """Whether the organisation has a place at the event, on either side of the tables."""
    audiences = [Audience.FIRM, *HOST_AUDIENCES]
    return event.signups.confirmed().filter(organisation=organisation, audience__in=audiences).exists()


def other_side(event: Event, organisation: Organisation) -> QuerySet[Organisation]:
    """Whom the organisation can wish to meet at the event, each with its own wish as `own_wish`."""
    is_firm = event.signups.confirmed().filter(organisation=organisation, audience=Audience.FIRM).exists()
    wishes = PlanWish.objects.filter(event=event, by=organisation)
    rows = hosts_of(event) if is_firm else guests_of(event)
    own_wish = Subquery(wishes.filter(about=OuterRef("pk")).values("wish")[:1])
    return rows.annotate(own_wish=own_wish).order_by("name", "pk")


def has_meetings(event: Event) -> bool:
    """Whether the event has a plan that its time and agenda must not be moved under."""
    return PlanMeeting.objects.filter(plan__event=event).exists()


def is_published(event: Event) -> bool:
    return hasattr(event, "plan") and event.plan.state == PlanState.PUBLISHED


_WORDS = {
    Why.GUEST_LIKES: ("企业希望见", "guest"),
    Why.HOST_LIKES: ("对方希望见", "host"),
    Why.GUEST_MUST: ("企业一定要见", "guest"),
    Why.HOST_MUST: ("对方一定要见", "host"),
    Why.PINNED: ("由主办单位指定", ""),
}
_OWN_WORDS = {Why.GUEST_LIKES: "贵单位希望见", Why.HOST_LIKES: "贵单位希望见",
              Why.GUEST_MUST: "贵单位一定要见", Why.HOST_MUST: "贵单位一定要见"}  # fmt: skip
_WHY_NOT = {
    WhyNot.REFUSED: "有一方选择不见",
    WhyNot.CONFLICT: "存在利益冲突",
    WhyNot.NEVER_FREE: "没有双方都能参加的时段",
    WhyNot.NO_ROOM: "时段、场数或者桌位已满",
}


def reason_words(meeting: PlanMeeting, *, side: str = "") -> list[str]:
    """Why the two meet, in words. `side` is "guest" or "host" for a party, which never reads the other's wishes."""
    found = [
        words for reason in meeting.reasons if (words := _reason_words(reason, side))
    ]  # fmt: skip
    return found or ["由主办单位安排"]


def _reason_words(reason: dict[str, Any], side: str) -> str:
    code = Why(reason["code"])
    if code == Why.MATCH:
        if "project" in reason:
            return f"融资项目 {reason['project']} 待答复"
        points = "" if side else f"（{reason['points']} 分）"
        return f"需求 {reason['demand']} 与专利 {reason['patent']} 匹配{points}"
    words, whose = _WORDS[code]
    if not side or not whose:
        return words
    return _OWN_WORDS[code] if whose == side else ""


@dataclass(frozen=True, slots=True)
class UnmetRow:
    """A must that has no table, as the officials' page shows it."""

    guest: str
    host: str
    why: str


def unmet_rows(plan: TablePlan) -> list[UnmetRow]:
    """The musts without a table, with names. One query."""
    keys = {key for row in plan.unmet for key in (row["guest"], row["host"])}
    names = dict(Organisation.objects.filter(pk__in=keys).values_list("pk", "name"))
    return [
        UnmetRow(names.get(row["guest"], ""), names.get(row["host"], ""), _WHY_NOT[WhyNot(row["why"])])
        for row in plan.unmet
    ]


SHEET_HEADINGS = ("日期", "开始", "结束", "桌号", "企业", "对方", "对方类型", "得分", "理由", "固定")


def sheet_rows(event: Event) -> Iterator[list[Any]]:
    """The whole plan for a sheet, by time and table."""
    for one in meetings_in(event):
        starts_at, ends_at = (at.astimezone(clock.SHANGHAI) for at in (one.starts_at, one.ends_at))
        yield [
            starts_at.date(), f"{starts_at:%H:%M}", f"{ends_at:%H:%M}", one.table.number, one.guest.name, one.host.name,
            one.host.get_kind_display(), one.points, "；".join(reason_words(one)), "是" if one.is_pinned else "",
        ]  # fmt: skip
