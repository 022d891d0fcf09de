"""Evaluations of the demonstration: open and closed rounds, experts of other organisations, awards."""

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from itertools import cycle
from random import Random

from patents.enums import LegalStatus
from patents.models import Evaluation, Patent
from patents.policy.evaluation import required_codes
from patents.policy.indicators import computed_values
from patents.queries import evaluation as queries
from patents.services import evaluation as services
from portal import clock
from portal.accounts.demo import Cast, Member
from portal.accounts.enums import HOLDER_KINDS
from portal.accounts.models import User
from portal.demo.chance import stream
from portal.errors import Conflict

TABLE = "PVD-2012"
ROUNDS = 24
SCENES = ("licence_transfer", "finance", "graded")
STORIES = ("closed", "closed", "owner", "expert", "opened", "closed")
"""How far the rounds come: closed with two experts; only self-assessed; one expert asked; just opened."""
OPINIONS = (
    "技术方案可直接产业化，建议优先推介。",
    "权利要求布局合理，需补充中试数据。",
    "市场容量明确，替代方案较多。",
)
AWARDS = ("中国专利优秀奖（示例）", "中国专利银奖（示例）")


def load_evaluations(*, cast: Cast, seed: int) -> None:
    """Evaluate some of the holders' patents on days of the past, the account `university`'s first."""
    rng = stream(seed, "evaluations")
    members = {member.organisation.pk: member for member in cast.of(*HOLDER_KINDS)}
    experts = cycle(member.acting_user for member in cast.of(*HOLDER_KINDS))
    turns = zip(_patents(cast, members), cycle(STORIES), cycle(SCENES), strict=False)
    for place, (patent, story, scene) in enumerate(turns):
        holder = members[patent.holder_id or 0]
        with clock.told(clock.today() - dt.timedelta(days=rng.randrange(10, 160))):
            _round(rng, cast, (patent, holder), story, scene, experts)
            if place % 8 == 0:
                _award(rng, cast, patent, holder, is_confirmed=place % 16 == 0)


def _patents(cast: Cast, members: dict[int, Member]) -> list[Patent]:
    shown = cast.account("university").organisation.pk
    rows = Patent.objects.filter(legal_status=LegalStatus.VALID, kind="invention", holder__in=members).order_by("-pk")
    own = list(rows.filter(holder=shown)[: ROUNDS // 3])
    return [*own, *rows.exclude(holder=shown)[: ROUNDS - len(own)]]


def _round(
    rng: Random, cast: Cast, owned: tuple[Patent, Member], story: str, scene: str, experts: Iterator[User]
) -> None:
    patent, holder = owned
    by = holder.acting_user
    opened = services.open_evaluation(patent_id=patent.pk, by=by, table_code=TABLE, scene=scene)
    if story == "opened":
        return
    services.score_by_owner(ref=opened.ref, by=by, values=_values(rng, opened, 6, 9), opinion="已完成小试。")
    if story == "owner":
        return
    for _ in range(2 if story == "closed" else 1):
        _expert(rng, cast, opened, experts, is_done=story == "closed")
    if story == "closed":
        services.close_evaluation(ref=opened.ref, by=cast.province, note="评价完成。")


def _expert(rng: Random, cast: Cast, opened: Evaluation, experts: Iterator[User], *, is_done: bool) -> None:
    """The next expert whom nothing binds to the patent."""
    while True:
        expert = next(experts)
        try:
            services.ask_expert(ref=opened.ref, by=cast.province, username=expert.username)
        except Conflict:
            continue
        break
    if is_done:
        services.score_by_expert(
            ref=opened.ref,
            by=expert,
            values=_values(rng, opened, 4, 8),
            opinion=rng.choice(OPINIONS),
            has_no_conflict=True,
        )


def _values(rng: Random, opened: Evaluation, low: int, high: int) -> dict[str, Decimal]:
    table = queries.table_of(opened.table)
    filled = computed_values(table, queries.patent_facts(opened.patent, clock.today()))
    return {code: Decimal(rng.randint(low, high)) for code in required_codes(table, list(filled))}


def _award(rng: Random, cast: Cast, patent: Patent, holder: Member, *, is_confirmed: bool) -> None:
    award = services.add_award(
        patent_id=patent.pk,
        by=holder.acting_user,
        kind="china_patent_award",
        name=rng.choice(AWARDS),
        dated_on=clock.today(),
        document="授奖决定（示例）",
    )
    if is_confirmed:
        services.judge_evidence(evidence_id=award.pk, by=cast.province, is_right=True)
