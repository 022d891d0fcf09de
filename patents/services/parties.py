"""Writing who owns a patent."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from patents.enums import PartyRole
from patents.models import Patent, PatentParty
from patents.models.pool import split_names
from portal.accounts.enums import RegistrationState
from portal.accounts.models import Organisation


@dataclass(slots=True)
class Roster:
    """The owners of one patent, changed in memory by one event after the other; `save_rosters` writes them."""

    patent: Patent
    owners: list[PatentParty]
    is_replaced: bool = False
    _links: list[tuple[PatentParty, str]] = field(default_factory=list)  # to the organisation of that name

    @property
    def names(self) -> list[str]:
        return [owner.name for owner in self.owners]

    @property
    def linked_names(self) -> list[str]:
        return [name for _, name in self._links]

    def transfer(self, names: str) -> None:
        """Make `names` the registered holders, in this order. Co-owners agree anew."""
        listed = split_names(names.replace(";", "；"))
        self.owners = [
            PatentParty(patent=self.patent, role=PartyRole.HOLDER, position=place, name=name[:200])
            for place, name in enumerate(listed, start=1)
        ]
        self._links = list(zip(self.owners, listed, strict=True))
        self.is_replaced = True

    def rename(self, old: str, new: str) -> None:
        """Give the holder called `old` its new name; with one holder `old` may be empty. Links and shares stay."""
        renamed = [one for one in self.owners if one.name == old] or (self.owners if len(self.owners) == 1 else [])
        if not renamed:
            return
        for owner in self.owners:
            if owner in renamed:
                owner.name = new[:200]
            if owner.role == PartyRole.APPLICANT:  # the applicants of the filing stay on record as they were
                owner.pk, owner.role = None, PartyRole.HOLDER

    def link(self, known: dict[str, Organisation]) -> None:
        """Link new holders to organisations here; the first that is one manages the patent, when none is nobody."""
        for owner, name in self._links:
            owner.organisation = known.get(name)
        if self.is_replaced:
            self.patent.holder = next((owner.organisation for owner in self.owners if owner.organisation), None)
            self.patent.city_code = self.patent.holder.city_code if self.patent.holder else self.patent.city_code


def save_rosters(rosters: Iterable[Roster]) -> None:
    """Write the owners, inside the transaction of the events that changed them; the caller saves the patents.

    Five queries at most, however many patents.
    """
    changed = list(rosters)
    if not changed:
        return
    known = organisations_named([name for roster in changed for name in roster.linked_names])
    for roster in changed:
        roster.link(known)
    replaced = [roster.patent for roster in changed if roster.is_replaced]
    PatentParty.objects.filter(patent__in=replaced, role=PartyRole.HOLDER).delete()
    owners = [owner for roster in changed for owner in roster.owners]
    PatentParty.objects.bulk_create([owner for owner in owners if owner.pk is None])
    PatentParty.objects.bulk_update([owner for owner in owners if owner.pk is not None], ["name"])


def organisations_named(names: list[str]) -> dict[str, Organisation]:
    """Approved organisations by name; a name that two bear names none."""
    found: dict[str, Organisation] = {}
    doubled: set[str] = set()
    rows = Organisation.objects.filter(name__in=names, state=RegistrationState.APPROVED)
    for organisation in rows.order_by("pk"):
        if organisation.name in found:
            doubled.add(organisation.name)
        found[organisation.name] = organisation
    return {name: organisation for name, organisation in found.items() if name not in doubled}
