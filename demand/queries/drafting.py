"""What a firm is shown while it writes: fields that fit, patents that it names, needs that are nearly the same."""

from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal

from django.contrib.postgres.search import SearchQuery, SearchRank
from django.db.models import F, Q

from demand.enums import DemandState
from demand.models import Demand, DemandQuerySet
from demand.policy.drafting import Draft, Hint, hints_for, likeness, patent_numbers
from demand.queries.disclosure import public_text
from demand.ranking import NeedText, rank
from demand.ranking.fields import subclass
from patents.index.store import pool_corpus
from patents.models import Patent
from patents.text import normalise, ranking_words
from portal.accounts.models import Organisation

SUGGESTED_FIELDS = 3
SUGGESTION_WORDS = 6
SUGGESTION_DEPTH = 20
SMALLEST_SHARE = Decimal("0.1")
CANDIDATES = 50
QUERY_WORDS = 24
ALIKE = 0.6
SHOWN_ALIKE = 5


@dataclass(frozen=True, slots=True)
class FieldSuggestion:
    """An IPC subclass that the best patents for a text are in, and the words that led there."""

    code: str
    share: Decimal
    """Its share of the scores of the best patents, 0 to 1, two places."""
    patent_count: int
    words: list[str]


@dataclass(frozen=True, slots=True)
class Help:
    """Everything that the form says about a draft."""

    hints: list[Hint] = field(default_factory=list)
    fields: list[FieldSuggestion] = field(default_factory=list)
    patents: list[Patent] = field(default_factory=list)
    own_alike: list[Demand] = field(default_factory=list)
    others_alike_count: int = 0


def help_for(draft: Draft, text: NeedText, firm: Organisation, *, except_pk: int | None = None) -> Help:
    """Read a draft once; `text` are its public parts. Nothing is kept."""
    others = alike_needs(text, except_pk=except_pk)
    return Help(
        hints=hints_for(draft),
        fields=suggest_fields(text),
        patents=patents_named(text),
        own_alike=[need for need in others if need.organisation_id == firm.pk][:SHOWN_ALIKE],
        others_alike_count=sum(
            need.organisation_id != firm.pk and need.state == DemandState.PUBLISHED for need in others
        ),
    )


def suggest_fields(text: NeedText) -> list[FieldSuggestion]:
    """The subclasses of the pool's best patents for the text, weighted by score; none for an empty pool."""
    patents = rank(text, pool_corpus(), top=SUGGESTION_DEPTH).patents
    classes = dict(Patent.objects.filter(pk__in=[one.patent_id for one in patents]).values_list("pk", "main_class"))
    weights: defaultdict[str, Decimal] = defaultdict(Decimal)
    counts: defaultdict[str, int] = defaultdict(int)
    words: defaultdict[str, defaultdict[str, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    for patent in patents:
        code = subclass(classes.get(patent.patent_id, ""))
        if not code:
            continue
        weights[code] += patent.score
        counts[code] += 1
        for word in patent.words:
            words[code][word.text] += word.amount
    whole = sum(weights.values(), Decimal(0))
    best = sorted(weights, key=lambda code: (-weights[code], code))[:SUGGESTED_FIELDS]
    suggestions = [
        FieldSuggestion(code, (weights[code] / whole).quantize(Decimal("0.01")), counts[code], _heaviest(words[code]))
        for code in best
        if whole
    ]
    return [suggestion for suggestion in suggestions if suggestion.share >= SMALLEST_SHARE]


def _heaviest(words: dict[str, Decimal]) -> list[str]:
    return sorted(words, key=lambda word: (-words[word], word))[:SUGGESTION_WORDS]


def patents_named(text: NeedText) -> list[Patent]:
    """The pool's patents whose application numbers stand in the text, in its order."""
    numbers = [number.value for number in patent_numbers(text.title, text.description)]
    found = Patent.objects.filter(number__in=numbers).defer("abstract", "search_tokens").in_bulk(field_name="number")
    return [found[number] for number in numbers if number in found]


def alike_needs(text: NeedText, *, except_pk: int | None = None) -> list[Demand]:
    """Needs that say nearly the same in their public parts, the most alike first. For counting and the own firm."""
    candidates = sharing_words(Demand.objects.exclude(state=DemandState.CLOSED), text)[:CANDIDATES]
    written = f"{text.title}\n{text.description}"
    scored = []
    for need in candidates.select_related("organisation").prefetch_related("figures"):
        if need.pk == except_pk:
            continue
        other = public_text(need)
        share = likeness(written, f"{other.title}\n{other.description}")
        if share >= ALIKE:
            scored.append((-share, -need.pk, need))
    return [need for _, _, need in sorted(scored, key=lambda one: one[:2])]


def alike_for_review(need: Demand) -> list[Demand]:
    """Needs that say nearly the same, as its reviewer may see them: published ones, and those of its own city."""
    found = alike_needs(public_text(need), except_pk=need.pk)
    return [
        one
        for one in found
        if one.state == DemandState.PUBLISHED or (one.state != DemandState.DRAFT and one.city_code == need.city_code)
    ][:SHOWN_ALIKE]


def sharing_words(needs: DemandQuerySet, text: NeedText) -> DemandQuerySet:
    """Those of `needs` whose public parts share telling words with the text, those with most of them first."""
    words = ranking_words(normalise(text.title)) + ranking_words(normalise(text.description))
    wanted = [word for word in dict.fromkeys(words) if len(word) > 1][:QUERY_WORDS]
    if not wanted:
        return needs.none()
    # Words are letters, digits and characters only, so quoting is enough.
    query = SearchQuery(" | ".join(f"'{word}'" for word in wanted), search_type="raw", config="simple")
    found = needs.filter(Q(search_tokens=query)).annotate(nearness=SearchRank(F("search_tokens"), query))
    return found.order_by("-nearness", "-pk")
