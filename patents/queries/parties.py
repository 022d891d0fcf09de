"""Who owns a patent."""

from collections.abc import Collection, Iterable
from itertools import groupby

from patents.enums import PartyRole
from patents.models import Patent, PatentParty
from portal.accounts.models import Organisation


def owners_of(patent: Patent) -> list[PatentParty]:
    """The registered holders in order; where no holder was recorded apart, the applicants."""
    return owners_by_patent([patent.pk]).get(patent.pk, [])


def owners_by_patent(patent_ids: Collection[int]) -> dict[int, list[PatentParty]]:
    """`owners_of` for many patents in one query."""
    rows = PatentParty.objects.filter(patent__in=patent_ids).select_related("organisation")
    grouped = groupby(rows.order_by("patent_id", "role", "position"), key=lambda row: row.patent_id)
    return {patent_id: _owners(list(parties)) for patent_id, parties in grouped}


def _owners(parties: list[PatentParty]) -> list[PatentParty]:
    holders = [party for party in parties if party.role == PartyRole.HOLDER]
    return holders or [party for party in parties if party.role == PartyRole.APPLICANT]


def is_owner(organisation: Organisation, owners: Iterable[PatentParty]) -> bool:
    """Whether the organisation is among the owners, by link, credit code or name."""
    return any(is_party(organisation, owner) for owner in owners)


def is_party(organisation: Organisation, party: PatentParty) -> bool:
    """Whether the row names this organisation; a name counts only where no credit code says more."""
    if party.organisation_id is not None:
        return party.organisation_id == organisation.pk
    if party.uscc and organisation.uscc:
        return party.uscc == organisation.uscc
    return party.name == organisation.name
