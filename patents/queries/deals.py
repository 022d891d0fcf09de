"""Reads of deals that services, pages and the admin share."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from decimal import Decimal
from typing import Any

from django.db.models import Count, F, Prefetch, Q, QuerySet, Sum, Window
from django.db.models.functions import RowNumber

from patents.enums import IN_FORCE, EventCode, LegalStatus, OpenLicenceState, Overlay
from patents.enums.deals import LICENCES, SIGNED_STATES, ConsentKind, DealKind, DealState, ObjectionOutcome, Side
from patents.models import (
    Deal,
    DealContract,
    DealParty,
    DealPatent,
    DealQuerySet,
    MoneyReceived,
    OpenLicence,
    Patent,
    PatentParty,
    PricePublicity,
)
from patents.policy.deal_terms import ContractTerms
from patents.policy.deals import (
    Finding,
    Overlays,
    PatentFacts,
    PublicityFacts,
    RunningLicence,
    TermsFacts,
    findings,
)
from patents.policy.terms import last_day_of_protection
from patents.queries import deal_rules, legal
from patents.queries.deal_clocks import with_late
from patents.queries.parties import is_party, owners_by_patent
from portal import clock
from portal.accounts.models import User

COLUMN_LIMIT = 20
_LICENSED = {
    Overlay.LICENSED_EXCLUSIVE: DealKind.EXCLUSIVE,
    Overlay.LICENSED_SOLE: DealKind.SOLE,
    Overlay.LICENSED_ORDINARY: DealKind.ORDINARY,
}
_EXCLUDING = {DealKind.EXCLUSIVE: Overlay.LICENSED_EXCLUSIVE, DealKind.SOLE: Overlay.LICENSED_SOLE}


def deals_of(user: User, *, state: str = "") -> DealQuerySet:
    """The deals that `user` may see, the newest first, narrowed to one state where given."""
    rows = Deal.objects.visible_to(user)
    return rows.filter(state=state) if state in DealState.values else rows


def board(user: User) -> list[dict[str, Any]]:
    """One column per state: how many deals stand there, and the newest COLUMN_LIMIT of them."""
    visible = Deal.objects.visible_to(user)
    counts = dict(visible.order_by().values_list("state").annotate(number=Count("pk")))
    place = Window(RowNumber(), partition_by=F("state"), order_by=F("pk").desc())
    newest = visible.annotate(place=place).filter(place__lte=COLUMN_LIMIT).order_by("-pk").values("pk")
    by_state: dict[str, list[Deal]] = defaultdict(list)
    shown = with_received(Deal.objects.filter(pk__in=[row["pk"] for row in newest]).order_by("-pk"))
    for deal in with_late(shown):
        by_state[deal.state].append(deal)
    return [
        {"state": state.value, "label": state.label, "count": counts.get(state, 0), "deals": by_state[state]}
        for state in DealState
    ]


def with_received(rows: Iterable[Any]) -> list[Any]:
    """The deals with parties, patents and `received_amount`, each from one query of its own for all of them.

    A sum joined to other relations would count money once per patent.
    """
    deals = list(
        rows.select_related("contract").prefetch_related(  # type: ignore[attr-defined]
            Prefetch("parties", DealParty.objects.order_by("side", "-is_lead", "id")),
            Prefetch("items", DealPatent.objects.select_related("patent").order_by("id")),
        )
    )
    sums = Deal.objects.filter(pk__in=[deal.pk for deal in deals]).order_by().annotate(total=Sum("money__amount"))
    totals = dict(sums.values_list("pk", "total"))
    for deal in deals:
        deal.received_amount = totals.get(deal.pk) or Decimal(0)
    return deals


def received_by_kind(deal: Deal) -> dict[str, Decimal]:
    """Money received less reversals, by kind, in yuan."""
    return dict(deal.money.order_by().values_list("kind").annotate(total=Sum("amount")))


def received_total(deal: Deal) -> Decimal:
    """All money received less reversals, in yuan."""
    return sum(received_by_kind(deal).values(), Decimal(0))


def money_rows(deal: Deal) -> list[MoneyReceived]:
    """Every row of money, with payer, evidence and reversal, in the order of its dates."""
    return list(deal.money.select_related("payer", "document", "reversal").order_by("received_on", "id"))


def parties_of(deal: Deal, side: str) -> list[DealParty]:
    """The members of one side, the leading one first."""
    return list(deal.parties.filter(side=side).order_by("-is_lead", "id"))


def side_of(deal: Deal, user: User) -> str:
    """Which side the user's organisation is on; empty for an official."""
    found = deal.parties.filter(organisation_id=user.organisation_id).first() if user.organisation_id else None
    return found.side if found else ""


def overlays_of(patents: Sequence[Patent], *, besides: Iterable[int] = ()) -> dict[int, Overlays]:
    """What lies on each patent: by the legal events, and by the portal's own signed deals but for those of these keys.

    A licence that is both in the gazette and here is named once, with the deal's reference and end.
    """
    licences: dict[int, list[RunningLicence]] = defaultdict(list)
    given_away: dict[int, list[str]] = defaultdict(list)
    rows = (
        DealPatent.objects.filter(patent__in=patents, deal__state__in=SIGNED_STATES)
        .exclude(deal__in=list(besides))
        .select_related("deal__contract", "patent")
        .prefetch_related("deal__parties")
        .order_by("id")
    )
    for item in rows:
        deal = item.deal
        if deal.kind in LICENCES:
            licences[item.patent_id].append(RunningLicence(deal.kind, f"交易 {deal.ref}", deal.contract.valid_to))
        elif _is_given_by_holder(deal, item.patent):
            given_away[item.patent_id].append(deal.ref)
    declared = OpenLicence.objects.filter(patent__in=patents, state=OpenLicenceState.PUBLISHED)
    laid = {patent.pk: legal.overlays_of(patent) for patent in patents}
    for patent_id in declared.values_list("patent_id", flat=True):
        laid[patent_id] |= {Overlay.OPEN_LICENCE}
    return {
        patent.pk: _overlays(patent, laid[patent.pk], licences[patent.pk], given_away[patent.pk]) for patent in patents
    }


def licensed_by_deals(patent: Patent) -> frozenset[Overlay]:
    """The exclusive and sole licences on a patent that were signed on the portal and run today."""
    kinds = (
        Deal.objects.filter(items__patent=patent, kind__in=_EXCLUDING, state__in=SIGNED_STATES)
        .filter(Q(contract__valid_to__isnull=True) | Q(contract__valid_to__gte=clock.today()))
        .values_list("kind", flat=True)
    )
    return frozenset(_EXCLUDING[DealKind(kind)] for kind in kinds)


def _overlays(
    patent: Patent, laid: frozenset[Overlay], licences: list[RunningLicence], given_away: list[str]
) -> Overlays:
    here = {one.kind for one in licences}
    in_gazette = [
        RunningLicence(kind, "专利公报") for overlay, kind in _LICENSED.items() if overlay in laid and kind not in here
    ]
    pledgees: tuple[str, ...] = ()
    if Overlay.PLEDGED in laid:
        event = legal.latest_event(patent, EventCode.PE01, EventCode.PM01)
        pledgees = (str((event.facts if event else {}).get("pledgee") or "（公报所载质权人）"),)
    return Overlays(
        pledgees=pledgees,
        is_frozen=Overlay.FROZEN in laid,
        is_disputed=Overlay.OWNERSHIP_DISPUTE in laid,
        is_invalidation_pending=Overlay.INVALIDATION_PENDING in laid,
        is_open_licence=Overlay.OPEN_LICENCE in laid,
        licences=(*licences, *in_gazette),
        given_away_by=tuple(given_away),
    )


def _is_given_by_holder(deal: Deal, patent: Patent) -> bool:
    # Once the register names the new holder, that one may sell again.
    givers = [party.organisation_id for party in deal.parties.all() if party.side == Side.GIVER]
    return patent.holder_id in givers


def findings_for(deal: Deal, terms: ContractTerms, *, has_valuation_document: bool) -> list[Finding]:
    """The conditions that the deal does not meet, were it signed on these terms."""
    facts = TermsFacts(
        kind=deal.kind,
        signed_on=terms.signed_on,
        valid_to=terms.valid_to,
        price_way=terms.price_way,
        value_amount=terms.value_amount,
        valuation_amount=terms.valuation_amount,
        has_valuation_document=has_valuation_document,
        publicity=publicity_facts(deal),
    )
    extra = [line.name for line in terms.others if line.side == Side.GIVER]
    return findings(facts, patent_facts(deal, on=terms.signed_on, extra_givers=extra))


def conditions_of(deal: Deal) -> list[Finding]:
    """What can be said of the patents before any terms are known, as of today."""
    today = clock.today()
    facts = TermsFacts(
        kind=deal.kind,
        signed_on=today,
        valid_to=today if deal.kind in LICENCES else None,
        price_way="",
        value_amount=Decimal(0),
        valuation_amount=None,
        has_valuation_document=True,
        publicity=PublicityFacts(is_required=False),
    )
    return findings(facts, patent_facts(deal, on=today))


def patent_facts(deal: Deal, *, on: dt.date, extra_givers: Iterable[str] = ()) -> list[PatentFacts]:
    """The facts of each of the deal's patents on a day, in their order."""
    patents = [item.patent for item in deal.items.select_related("patent__holder").order_by("id")]
    givers = parties_of(deal, Side.GIVER)
    consents: dict[tuple[int, str], set[str]] = defaultdict(set)
    for consent in deal.consents.all():
        consents[consent.patent_id, consent.kind].add(consent.given_by)
    owners = owners_by_patent([patent.pk for patent in patents])
    overlays = overlays_of(patents, besides=[deal.pk])
    names = {giver.name for giver in givers} | {name.strip() for name in extra_givers}
    facts = []
    for patent in patents:
        status = legal.status_of(patent, on=on)
        agreed = names | consents[patent.pk, ConsentKind.CO_OWNER]
        facts.append(
            PatentFacts(
                number=patent.display_number,
                is_in_force=status in IN_FORCE,
                is_in_grace=status == LegalStatus.VALID_FEE_GRACE,
                status_label=status.label,
                filed_on=patent.filed_on,
                last_day=last_day_of_protection(patent.kind, patent.filed_on) if patent.filed_on else None,
                is_held_by_giver=patent.holder_id in {giver.organisation_id for giver in givers},
                missing_co_owners=_missing(patent, owners.get(patent.pk, []), agreed),
                has_pledgee_consent=bool(consents[patent.pk, ConsentKind.PLEDGEE]),
                overlays=overlays[patent.pk],
            )
        )
    return facts


def _missing(patent: Patent, owners: list[PatentParty], agreed: set[str]) -> tuple[str, ...]:
    """The owners beside the holder who neither give nor agreed. A holder renamed since is still the holder."""
    others = [owner for owner in owners if patent.holder is None or not is_party(patent.holder, owner)]
    return tuple(owner.name for owner in others if owner.name not in agreed) if len(owners) > 1 else ()


def publicity_facts(deal: Deal) -> PublicityFacts:
    """Where the publicity of the deal's price stands."""
    standing = standing_publicity(deal)
    lead = parties_of(deal, Side.GIVER)[0]
    day = standing.starts_on if standing else clock.today()
    asked = deal_rules.publicity_rule(day, lead.kind)
    if asked is None:
        return PublicityFacts(is_required=False)
    _, _, article = asked
    if standing is None:
        return PublicityFacts(is_required=True, article=article)
    outcomes = list(standing.objections.values_list("outcome", flat=True))
    return PublicityFacts(
        is_required=True,
        article=article,
        ends_on=standing.ends_on,
        price_amount=standing.price_amount,
        open_objections=outcomes.count(ObjectionOutcome.OPEN),
        upheld_objections=outcomes.count(ObjectionOutcome.UPHELD),
    )


def standing_publicity(deal: Deal) -> PricePublicity | None:
    """The publicity that was not withdrawn, if any."""
    return deal.publicities.filter(withdrawn_at__isnull=True).first()


def public_publicities() -> QuerySet[PricePublicity]:
    """Prices that were made public, the newest first."""
    return PricePublicity.objects.filter(withdrawn_at__isnull=True).prefetch_related("objections").order_by("-id")


def as_stored(found: Iterable[Finding]) -> list[dict[str, str]]:
    """Findings as the contract keeps them."""
    return [asdict(finding) | {"level": finding.level.value} for finding in found]


def contract_of(deal: Deal) -> DealContract | None:
    """The deal's contract, None before it is signed."""
    return DealContract.objects.filter(deal=deal).select_related("document", "confirmed_by").first()


def unanswered(day: dt.date) -> QuerySet[Deal]:
    """Enquiries whose time to answer is over and that nobody was reminded of yet."""
    return Deal.objects.filter(state=DealState.ENQUIRY, answer_by__lt=day, chased_on__isnull=True).order_by("pk")


def open_enquiry(patent_ids: Iterable[int], organisation_id: int) -> Deal | None:
    """An open deal of the firm on one of these patents."""
    return (
        Deal.objects.filter(items__patent__in=patent_ids, parties__organisation=organisation_id)
        .filter(Q(state=DealState.ENQUIRY) | Q(state=DealState.TALKS), parties__side=Side.RECEIVER)
        .first()
    )
