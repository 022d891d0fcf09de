"""Ranking the pool for needs, and telling both sides."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import numpy as np
import structlog
from django.db import transaction
from kombu.exceptions import OperationalError

from demand.enums import DemandState, MatchState
from demand.models import Demand, DemandVector, Match
from demand.queries.disclosure import public_figures, public_text
from demand.queries.drafting import patents_named
from demand.ranking import RANKING_VERSION, NeedFacts, NeedText, RankedPatent, need_vector, rank, text_digest
from demand.services.invitations import invite_inventors
from patents.index.services import refresh_index
from patents.index.store import pool_corpus
from patents.models import Patent
from patents.vectors.encoders import EncoderUnavailable, TextVector, encoder
from patents.vectors.models import PatentVector
from portal import clock
from portal.accounts.models import Organisation
from portal.notices.models import Notice
from portal.notices.services import notify
from portal.outbox.services import publish

log = structlog.get_logger(__name__)

KEPT = 20
"""Matches stored for each need."""
TOLD = 10
"""Holders of patents up to this rank get a message; further down it would be noise."""


@transaction.atomic
def match_demand(*, demand_id: int) -> Demand | None:
    """Rank the pool for one published need and keep the best; None when it is not published (any more).

    Runs twice, or at the same time, with the effect of once: the row is locked, an unchanged result leaves the
    stored rows as they are, and nobody is told again.
    """
    rows = Demand.objects.select_for_update(of=("self",)).select_related("organisation")
    demand = rows.filter(pk=demand_id, state=DemandState.PUBLISHED).first()
    if demand is not None:
        _match(demand)
    return demand


def match_waiting(*, limit: int = 100) -> int:
    """Match needs that wait, each in a transaction of its own, past those another worker holds; says how many.

    The index is brought up to date first, so that a need is never matched against the pool of before an import.
    One need that cannot be matched is logged and does not hold up the others; it is tried again the next time.
    """
    waiting = Demand.objects.filter(state=DemandState.PUBLISHED, match_state=MatchState.WAITING)
    if not waiting.exists():
        return 0
    refresh_index()
    last = done = 0
    while done < limit:
        with transaction.atomic():
            rows = waiting.filter(pk__gt=last).select_for_update(of=("self",), skip_locked=True)
            demand = rows.select_related("organisation").order_by("pk").first()
            if demand is None:
                break
            last, done = demand.pk, done + 1
            try:
                with transaction.atomic():
                    _match(demand)
            except Exception:
                log.exception("demand_match_failed", demand_ref=demand.ref)
    return done


def rematch_published() -> int:
    """Let every published need wait for matching again; says how many."""
    return Demand.objects.filter(state=DemandState.PUBLISHED).update(match_state=MatchState.WAITING)


def queue_match(demand_id: int) -> None:
    """Ask a worker to match one need once the transaction is over.

    A broker that is down costs only time: beat looks for waiting needs.
    """
    from demand.tasks import match_demand as task  # leaf: imported late on purpose

    def send() -> None:
        try:
            task.apply_async(kwargs={"demand_id": demand_id}, retry=False)
        except OperationalError:
            log.warning("match_queue_failed", demand_id=demand_id)

    transaction.on_commit(send)


def _match(demand: Demand) -> None:
    need = public_text(demand)
    facts = _facts_of(demand)
    vector = _vector_of(demand, need)
    named = [patent.pk for patent in patents_named(need)]
    ranking = rank(need, pool_corpus(), top=KEPT, vector=vector, facts=facts, named=named)
    best = ranking.patents if ranking.has_good_match else ()
    state = MatchState.MATCHED if best else MatchState.NO_GOOD_MATCH
    is_first = demand.matched_at is None
    is_found_at_last = bool(best) and not demand.matches.exists()
    is_changed = _replace_matches(demand, best, _inputs(facts, vector)) or is_first
    demand.match_state, demand.matched_at, demand.matcher_version = state, clock.now(), RANKING_VERSION
    demand.good_match_since = (demand.good_match_since or demand.matched_at) if best else None
    demand.save(update_fields=["match_state", "matched_at", "matcher_version", "good_match_since"])
    if not best:
        invite_inventors(demand, ranking.patents)
    if is_changed:
        publish(
            "demand.demand.matched", key=demand.ref, demand_ref=demand.ref, match_state=state.value, count=len(best)
        )
        _tell_holders(demand, best)
    if is_first or is_found_at_last:
        _tell_firm(demand, len(best))


def _facts_of(demand: Demand) -> NeedFacts:
    return NeedFacts(
        cooperation_way=demand.cooperation_way,
        budget_amount=demand.budget_amount,
        city_code=demand.city_code,
        target_figures=public_figures(demand),
    )


def _vector_of(demand: Demand, need: NeedText) -> TextVector | None:
    """The need's vector, made when its text or the model changed; None while there is nothing to compare it with.

    A need is never left unmatched for want of a model server: words alone rank well enough until it is back.
    """
    model = encoder()
    if model is None or not PatentVector.objects.filter(model=model.name).exists():
        return None
    digest = text_digest(need)
    stored = DemandVector.objects.filter(demand=demand, model=model.name, text_digest=digest).first()
    if stored is not None:
        return TextVector(model.name, np.array(stored.embedding, np.float32))
    try:
        vector = need_vector(need, model)
    except EncoderUnavailable:
        log.warning("need_vector_failed", demand_ref=demand.ref, exc_info=True)
        return None
    DemandVector.objects.update_or_create(
        demand=demand, defaults={"model": model.name, "text_digest": digest, "embedding": vector.values}
    )
    return vector


def _replace_matches(demand: Demand, best: Sequence[RankedPatent], inputs: dict[str, Any]) -> bool:
    """Store `best` in place of what is stored; False when it is stored already."""
    fresh = [_as_match(demand, place, patent, inputs) for place, patent in enumerate(best, start=1)]
    columns = ("patent_id", "score", "parts", "words", "missing", "version", "inputs")
    stored = demand.matches.order_by("rank").values_list(*columns)
    if list(stored) == [tuple(getattr(match, column) for column in columns) for match in fresh]:
        return False
    demand.matches.all().delete()
    Match.objects.bulk_create(fresh)
    return True


def _as_match(demand: Demand, place: int, patent: RankedPatent, inputs: dict[str, Any]) -> Match:
    words: list[dict[str, Any]] = [
        {"text": word.text, "part": word.part, "amount": str(word.amount)} for word in patent.words
    ]
    parts = {name: str(amount) for name, amount in patent.parts.items()}
    return Match(
        demand=demand,
        patent_id=patent.patent_id,
        rank=place,
        score=patent.score,
        parts=parts,
        words=words,
        missing=list(patent.missing),
        version=RANKING_VERSION,
        inputs=inputs | {"patent": _as_json(patent.listing._asdict())},
    )


def _inputs(facts: NeedFacts, vector: TextVector | None) -> dict[str, Any]:
    """What was counted of the need, as it was then; texts are kept by the history of need and patent."""
    stated = {
        "cooperation_way": facts.cooperation_way,
        "budget_amount": facts.budget_amount,
        "city_code": facts.city_code,
        "target_figures": facts.target_figures,
    }
    return {"model": vector.model if vector else "", "need": _as_json(stated)}


def _as_json(stated: dict[str, Any]) -> dict[str, Any]:
    return {name: str(value) if isinstance(value, Decimal) else value for name, value in stated.items()}


def _tell_firm(demand: Demand, count: int) -> None:
    if demand.organisation is None:
        return
    result = f"匹配到 {count} 件专利" if count else "暂未匹配到合适的专利"
    notify(
        recipient=demand.organisation,
        kind="demand.matched",
        title=f"需求 {demand.ref} {result}",
        body=demand.title,
        link=demand.get_absolute_url(),
    )


def _tell_holders(demand: Demand, best: Sequence[RankedPatent]) -> None:
    """One message to each holder of a patent near the top, once for each need however often it is matched."""
    link = demand.get_absolute_url()
    patents = Patent.objects.filter(pk__in=[patent.patent_id for patent in best[:TOLD]])
    told = Notice.objects.filter(kind="demand.matched_to_patent", link=link).values("recipient_id")
    holders = Organisation.objects.filter(patents__in=patents).exclude(pk__in=told)
    if demand.organisation is not None:
        holders = holders.exclude(pk=demand.organisation.pk)
    for holder in holders.distinct().order_by("pk"):
        notify(
            recipient=holder,
            kind="demand.matched_to_patent",
            title=f"有企业需求与贵单位的专利匹配：{demand.title}",
            link=link,
        )
