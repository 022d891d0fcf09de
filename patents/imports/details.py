"""What a pool sheet says beside the patent's own columns: registered holders with shares, and the family."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from patents.models import FamilyMember, PatentParty
from patents.models.pool import split_names
from patents.policy.shares import parse_shares
from patents.queries.parties import owners_by_patent
from patents.services.record import read_family
from portal.sheets import cells
from portal.sheets.table import Column, Table

Family = tuple[tuple[str, str], ...]
"""Country and number of each member."""


class Details(NamedTuple):
    """Holders in the order of the register with their shares (fractions, or none), and the family."""

    holders: tuple[str, ...]
    shares: tuple[Decimal, ...]
    family: Family

    @property
    def names(self) -> list[str]:
        """The parts that say something."""
        return [name for name in self._fields if getattr(self, name)]


LOOKUP = 5_000
NOTHING = Details((), (), ())


def _family(cell: object) -> Family:
    return tuple(read_family(cells.as_text(cell).replace("；", "\n").replace(";", "\n").replace("、", "\n")))


def _shares(cell: object) -> tuple[Decimal, ...]:
    return parse_shares(cells.as_text(cell))


COLUMNS: tuple[Column, ...] = (
    Column(
        "holders",
        "专利权人",
        cells.names(600),
        aliases=("权利人", "当前权利人", "当前专利权人"),
        example="与申请人相同的可不填",
        empty="",
    ),
    Column("shares", "权利份额", _shares, aliases=("份额", "共有份额"), example="70%；30%", empty=()),
    Column(
        "family",
        "同族专利",
        _family,
        aliases=("同族", "海外同族", "同族专利号"),
        example="US10123456B2；EP1234567",
        empty=(),
    ),
)
SHARES = COLUMNS[1]


def details_of(
    table: Table, index: int, applicants: str, holders: str, shares: tuple[Decimal, ...], family: Family
) -> tuple[str, Details | None]:
    """The applicants and the details of a row; None when it is refused.

    A sheet that names the holders only means the applicants as well, as far as it knows.
    """
    applicants = applicants or holders
    owners = tuple(split_names(holders or applicants))
    if shares and len(shares) != len(owners):
        table.refuse(index, f"权利份额有 {len(shares)} 项，专利权人有 {len(owners)} 人，须一一对应。", column=SHARES)
        return applicants, None
    if not shares and holders in ("", applicants) and not family:
        return applicants, NOTHING
    is_told = bool(shares) or holders not in ("", applicants)
    return applicants, Details(owners if is_told else (), shares, family)


@dataclass(slots=True)
class KnownDetails:
    """Holders and family of the pool's patents that a sheet says something about."""

    family: dict[int, set[tuple[str, str]]]
    owners: dict[int, list[PatentParty]]

    @classmethod
    def read(cls, patent_ids: Iterable[int]) -> "KnownDetails":
        """Two queries for each LOOKUP patents."""
        found, keys = cls({}, {}), list(patent_ids)
        for start in range(0, len(keys), LOOKUP):
            part = keys[start : start + LOOKUP]
            rows = FamilyMember.objects.filter(patent__in=part).values_list("patent_id", "country", "number")
            for patent_id, country, number in rows:
                found.family.setdefault(patent_id, set()).add((country, number))
            found.owners |= owners_by_patent(part)
        return found

    def compare(self, patent_id: int, told: Details) -> tuple[Details, list[tuple[str, str, str]]]:
        """What the pool lacks, and what it has otherwise: field, value and message of each."""
        conflicts = []
        family = self.family.get(patent_id, set())
        if family and not set(told.family) <= family:
            shown = "、".join(f"{country}{number}" for country, number in told.family)
            conflicts.append(("family", shown, "库中已登记的同族专利不同，未作改动。"))
        owners = self.owners.get(patent_id, [])
        names, shares = tuple(owner.name for owner in owners), [owner.share for owner in owners]
        if told.holders and names and names != told.holders:
            message = f"库中权利人为“{'；'.join(names)[:60]}”，变更须登记法律事件，未作改动。"
            conflicts.append(("holders", "；".join(told.holders), message))
        elif any(shares) and told.shares and tuple(shares) != told.shares:
            conflicts.append(("shares", "；".join(map(str, told.shares)), "库中已登记的份额不同，未作改动。"))
        return Details(
            () if names else told.holders,
            () if any(shares) else told.shares,
            () if family else told.family,
        ), conflicts
