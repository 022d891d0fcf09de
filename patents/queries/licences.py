"""Reads of open licences."""

import datetime as dt
from collections.abc import Collection
from decimal import Decimal
from typing import Any

from django.db.models import Count, QuerySet

from patents.checks.licences import Declaration
from patents.enums import CnipaState, EventCode, LicenceRule, OpenLicenceState
from patents.models import Acceptance, CnipaStep, LegalEvent, OpenLicence, Patent
from patents.policy.licences import (
    Ceilings,
    FeeTerms,
    RightFacts,
    blocks,
    ceiling_warnings,
    due_at_acceptance,
    wording_warnings,
)
from patents.queries.deals import licensed_by_deals
from patents.queries.legal import overlays_of, status_of
from patents.queries.parties import is_party, owners_of
from patents.queries.search import PatentSearch, find
from portal.accounts.models import User
from portal.policy.facts import Facts
from portal.policy.models import RuleVersion
from portal.policy.queries import in_force_on
from portal.policy.results import Refusal


def rule_on(kind: str, day: dt.date) -> RuleVersion | None:
    """The version of these parameters in force on `day`."""
    return in_force_on(kind, day).first()


def terms_of(licence: OpenLicence) -> FeeTerms:
    """The licence's terms as the policy reads them."""
    return FeeTerms(
        kind=licence.payment_kind,
        fixed_amount=licence.fixed_amount,
        instalment_count=licence.instalment_count,
        royalty_rate=licence.royalty_rate,
        royalty_base=licence.royalty_base,
        minimum_year_amount=licence.minimum_year_amount,
        cap_total_amount=licence.cap_total_amount,
        settlement=licence.settlement,
    )


def declaration_of(licence: OpenLicence) -> Declaration:
    """A kept declaration as its holder wrote it."""
    names = [name for name in Declaration.__slots__ if name != "terms"]
    return Declaration(terms=terms_of(licence), **{name: getattr(licence, name) for name in names})


def others_of(licence: OpenLicence) -> list[str]:
    """Owners of the record other than the declarant; applicants where no holder was recorded apart."""
    parties = owners_of(licence.patent)
    if parties:
        return [party.name for party in parties if not is_party(licence.holder, party)]
    # A record that was typed in, or loaded before parties were rows, has the names in one cell.
    names = [name.strip() for name in licence.patent.applicant_names.replace(";", "；").split("；")]
    return [name for name in names if name not in ("", licence.holder.name, licence.owner_name)]


def blocks_against(licence: OpenLicence, day: dt.date) -> list[Refusal]:
    """What stands against the licence on `day`: asked when it is declared, published and accepted."""
    facts = RightFacts(
        legal_status=status_of(licence.patent, on=day),
        overlays=overlays_of(licence.patent) | licensed_by_deals(licence.patent) | frozenset(licence.stated_overlays),
        has_pledgee_consent=bool(licence.pledgee_consent.strip()),
        obstacle=licence.obstacle,
    )
    return blocks(facts)


def warnings_about(declaration: Declaration, day: dt.date) -> list[Refusal]:
    """Soft ceilings passed and advertising words used, by the parameters in force on `day`."""
    found = []
    if fees := rule_on(LicenceRule.FEES, day):
        found += ceiling_warnings(declaration.terms, Ceilings.read(fees.parameters))
    if text := rule_on(LicenceRule.TEXT, day):
        rule = Facts(text.parameters)
        found += wording_warnings(declaration.texts, rule.items("words"), rule.text("article"))
    return found


def accepted_terms(licence: OpenLicence) -> dict[str, Any]:
    """The terms as an acceptance freezes them: text and numbers as text, in the field's own names."""
    kept: dict[str, Any] = {
        name: None if getattr(licence, name) is None else str(getattr(licence, name))
        for name in (
            "ref", "owner_name", "payment_kind", "fixed_amount", "royalty_rate", "royalty_base", "minimum_year_amount",
            "cap_total_amount", "settlement", "payment_way", "licence_from", "licence_to", "other_matters",
        )
    }  # fmt: skip
    kept["patent"] = licence.patent.display_number
    kept["instalment_count"] = licence.instalment_count
    kept["due_at_acceptance"] = str(due_at_acceptance(terms_of(licence)))
    return kept


def terms_as_accepted(acceptance: Acceptance) -> FeeTerms:
    """The frozen terms as the policy reads them."""
    kept = acceptance.terms

    def amount(name: str) -> Decimal | None:
        return None if kept[name] is None else Decimal(kept[name])

    return FeeTerms(
        kind=kept["payment_kind"],
        fixed_amount=amount("fixed_amount"),
        instalment_count=kept["instalment_count"],
        royalty_rate=amount("royalty_rate"),
        royalty_base=kept["royalty_base"],
        minimum_year_amount=amount("minimum_year_amount"),
        cap_total_amount=amount("cap_total_amount"),
        settlement=kept["settlement"],
    )


def public_licences(*, words: str = "", city_code: str = "", payment_kind: str = "") -> QuerySet[OpenLicence]:
    """The licences anybody can take now, newest first, with the number of firms that took each.

    `words` are looked up as the public search does, in the patents' titles and abstracts or as a number.
    """
    rows = OpenLicence.objects.filter(state=OpenLicenceState.PUBLISHED)
    if words:
        wanted = PatentSearch(words=words, has_open_licence=True)
        rows = rows.filter(patent__in=find(wanted).ids().tolist())
    if city_code:
        rows = rows.filter(holder__city_code=city_code)
    if payment_kind:
        rows = rows.filter(payment_kind=payment_kind)
    return with_counts(rows).order_by("-id")


def with_counts(rows: QuerySet[OpenLicence]) -> QuerySet[OpenLicence]:
    """The rows with patent, holder and how many firms accepted."""
    return rows.select_related("patent", "holder").annotate(acceptance_count=Count("acceptances"))


def acceptances_for(user: User) -> QuerySet[Acceptance]:
    """The acceptances that `user` may see, newest first."""
    rows = Acceptance.objects.visible_to(user)
    return rows.select_related("open_licence__patent", "open_licence__holder", "firm", "deal").order_by("-id")


def open_licence_of(patent: Patent) -> OpenLicence | None:
    """The licence of the patent that is public and open now."""
    return OpenLicence.objects.filter(patent=patent, state=OpenLicenceState.PUBLISHED).first()


def has_open_licence(patent: Patent, on: dt.date) -> bool:
    """Whether the annual fee due on that day is cut for an open licence (notice of 2024-07-24)."""
    return patent.pk in with_open_licence([patent.pk], on)


def with_open_licence(patent_ids: Collection[int], on: dt.date) -> set[int]:
    """The patents whose annual fee due on that day is cut for an open licence, in a fixed number of queries.

    It must have been announced by then and not withdrawn, by the gazette or by a step recorded here. Whether a licence
    must have come about as well is not settled: the parameters in force on the day say `announcement` or `licence`;
    without parameters nothing is cut.
    """
    rule = rule_on(LicenceRule.ANNUITY, on)
    if rule is None or not patent_ids:
        return set()
    announced = _announced(patent_ids, on)
    if Facts(rule.parameters).word("needs", ("announcement", "licence")) == "announcement":
        return announced
    taken = Acceptance.objects.filter(open_licence__patent__in=announced, effective_on__lte=on, licence_to__gte=on)
    return set(taken.values_list("open_licence__patent_id", flat=True))


def _announced(patent_ids: Collection[int], on: dt.date) -> set[int]:
    """By the gazette's own last event, or, where it has none, by a step that was recorded here."""
    codes = (EventCode.OL01, EventCode.XOL2)
    events = (
        LegalEvent.objects.standing().filter(patent__in=patent_ids, code__in=codes, on__lte=on).order_by("on", "id")
    )
    last = dict(events.values_list("patent_id", "code"))
    withdrawn = CnipaStep.objects.filter(state=CnipaState.WITHDRAWN, done_on__lte=on).values("open_licence_id")
    steps = CnipaStep.objects.filter(
        state=CnipaState.ANNOUNCED, done_on__lte=on, open_licence__patent__in=patent_ids
    ).exclude(open_licence__in=withdrawn)
    here = set(steps.values_list("open_licence__patent_id", flat=True)) - last.keys()
    return here | {key for key, code in last.items() if code == EventCode.OL01}
