"""Writing who owns a patent."""

from patents.enums import PartyRole
from patents.models import Patent, PatentParty
from patents.models.pool import split_names
from patents.queries.parties import owners_of
from portal.accounts.enums import RegistrationState
from portal.accounts.models import Organisation


def register_holders(*, patent: Patent, names: str) -> list[PatentParty]:
    """Make `names` the registered holders, in this order; inside the transaction of the event that says so.

    The first that is an organisation here manages the patent; when none is, nobody here does. Co-owners agree anew.
    """
    PatentParty.objects.filter(patent=patent, role=PartyRole.HOLDER).delete()
    listed = split_names(names.replace(";", "；"))
    known = organisations_named(listed)
    rows = [
        PatentParty(patent=patent, role=PartyRole.HOLDER, position=place, name=name[:200], organisation=known.get(name))
        for place, name in enumerate(listed, start=1)
    ]
    PatentParty.objects.bulk_create(rows)
    holder = next((row.organisation for row in rows if row.organisation), None)
    patent.holder = holder
    patent.city_code = holder.city_code if holder else patent.city_code
    patent.save(update_fields=["holder", "city_code", "updated_at"])
    return rows


def rename_holder(*, patent: Patent, old: str, new: str) -> None:
    """Give the holder called `old` its new name; with one holder `old` may be empty. Links and shares stay."""
    owners = owners_of(patent)
    renamed = [owner for owner in owners if owner.name == old] or (owners if len(owners) == 1 else [])
    if not renamed:
        return
    for owner in owners:
        if owner in renamed:
            owner.name = new[:200]
        if owner.role == PartyRole.APPLICANT:  # the applicants of the filing stay on record as they were
            owner.pk, owner.role = None, PartyRole.HOLDER
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
