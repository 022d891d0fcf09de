"""What the pool holds in a need's field: who, since when, of which kind, and what happened to it."""

from dataclasses import dataclass

from django.db.models import Count, Q
from django.db.models.functions import Coalesce, ExtractYear

from demand.models import Demand
from demand.queries.disclosure import public_text
from demand.queries.drafting import suggest_fields
from patents.enums import IN_FORCE, EventCode, PatentKind
from patents.models import LegalEvent, Patent, PatentQuerySet

HOLDERS_SHOWN = 10
YEARS_SHOWN = 20
FIELDS_USED = 2

EVENT_GROUPS: tuple[tuple[str, tuple[EventCode, ...]], ...] = (
    ("转让（权利转移）", (EventCode.TR01,)),
    ("实施许可备案", (EventCode.EE01,)),
    ("质押登记", (EventCode.PE01,)),
    ("保全", (EventCode.PP01,)),
    ("无效（含部分无效、请求受理）", (EventCode.IW01, EventCode.IP01, EventCode.XIR1)),
    ("权属纠纷", (EventCode.XOD1,)),
)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a chart and of the table beside it."""

    name: str
    count: int


@dataclass(frozen=True, slots=True)
class FieldAnalysis:
    """The pool's patents in some IPC subclasses; `events` counts events, not patents."""

    codes: tuple[str, ...]
    is_confirmed: bool
    """Whether the firm named the field; otherwise it is the suggestion for its text."""
    total: int
    in_force: int
    holders: list[Line]
    years: list[Line]
    kinds: list[Line]
    events: list[Line]


def analysis_of(demand: Demand) -> FieldAnalysis:
    """The need's field in the pool. A need without a field takes the suggestion for its public text."""
    codes = tuple(demand.ipc_codes) or tuple(one.code for one in suggest_fields(public_text(demand))[:FIELDS_USED])
    patents = in_fields(codes)
    return FieldAnalysis(
        codes=codes,
        is_confirmed=bool(demand.ipc_codes),
        **_totals(patents),
        holders=_holders(patents),
        years=_years(patents),
        kinds=_kinds(patents),
        events=_events(patents) if codes else [],
    )


def _totals(patents: PatentQuerySet) -> dict[str, int]:
    return patents.aggregate(total=Count("pk"), in_force=Count("pk", filter=Q(legal_status__in=IN_FORCE)))


def in_fields(codes: tuple[str, ...]) -> PatentQuerySet:
    """Patents whose main class is in any of the subclasses; none for no subclass."""
    if not codes:
        return Patent.objects.none()
    is_in = Q()
    for code in codes:
        # Upper-cased as the index is.
        is_in |= Q(main_class__istartswith=code)
    return Patent.objects.filter(is_in)


def _holders(patents: PatentQuerySet) -> list[Line]:
    name = Coalesce("holder__name", "applicant_names")
    named = patents.order_by().annotate(shown=name).exclude(shown="").values_list("shown").annotate(count=Count("pk"))
    return [Line(shown, count) for shown, count in named.order_by("-count", "shown")[:HOLDERS_SHOWN]]


def _years(patents: PatentQuerySet) -> list[Line]:
    rows = (
        patents.filter(filed_on__isnull=False)
        .order_by()
        .annotate(year=ExtractYear("filed_on"))
        .values_list("year")
        .annotate(count=Count("pk"))
        .order_by("-year")[:YEARS_SHOWN]
    )
    counts = dict(rows)
    # A year without filings is part of the picture.
    years = range(max(min(counts), max(counts) - YEARS_SHOWN + 1), max(counts) + 1) if counts else ()
    return [Line(f"{year}", counts.get(year, 0)) for year in years]


def _kinds(patents: PatentQuerySet) -> list[Line]:
    counts = dict(patents.order_by().values_list("kind").annotate(count=Count("pk")))
    return [Line(kind.label, counts[kind]) for kind in PatentKind if counts.get(kind)]


def _events(patents: PatentQuerySet) -> list[Line]:
    events = LegalEvent.objects.standing().filter(patent__in=patents.order_by().values("pk"))
    counts = dict(events.order_by().values_list("code").annotate(count=Count("pk")))
    return [Line(name, sum(counts.get(code, 0) for code in codes)) for name, codes in EVENT_GROUPS]
