"""Comparing a pool sheet with the pool: what is new, what it adds, what contradicts. Reads only."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from patents.enums import ConflictState, FeeReduction, LegalStatus, SourceKind
from patents.imports.details import NOTHING, Details, KnownDetails
from patents.imports.sheet import COLUMN, Candidate, candidates
from patents.models import FieldConflict, Patent
from patents.queries.conflicts import as_words
from portal.accounts.models import Organisation
from portal.sheets.services import Outcome
from portal.sheets.table import Problem, Table, in_order

LOOKUP_BATCH = 5000
# Fields that a sheet may fill where the pool has nothing, with what "nothing" is. Filled fields are never replaced.
FILLABLE: dict[str, Any] = {
    "number": None, "check_digit": "", "publication_number": None, "publication_kind": "", "title": "", "abstract": "", "main_class": "", "applicant_names": "",
    "inventor_names": "", "filed_on": None, "granted_on": None, "legal_status": LegalStatus.UNKNOWN, "maturity": None,
    "transfer_way": "", "price_amount": None, "further_classes": [], "published_on": None, "first_claim": "",
    "claim_count": None, "priority_on": None, "priority_numbers": "", "agency_name": "", "agent_names": "",
    "fees_paid_through": None, "fee_reduction": FeeReduction.NONE,
}  # fmt: skip
_COLUMN_OF = {"check_digit": "number", "publication_number": "publication", "publication_kind": "publication"}
_READ = ("id", "holder_id", "holder__name", *FILLABLE)


class Disputed(NamedTuple):
    """A field of a patent in the pool for which the sheet has another value."""

    patent_id: int
    field: str
    current: str
    offered: str
    row: int
    column: str  # letters


@dataclass(slots=True)
class Plan:
    """What applying the sheet would do, row by row."""

    table: Table
    new: list[tuple[int, Candidate]] = field(default_factory=list)  # source row, candidate
    fills: dict[int, dict[str, Any]] = field(default_factory=dict)  # primary key to values
    fill_rows: dict[int, int] = field(default_factory=dict)  # primary key to source row
    details: dict[int, Details] = field(default_factory=dict)  # primary key to holders and family that are added
    unchanged: int = 0
    repeated: int = 0
    conflicts: list[Problem] = field(default_factory=list)
    decided_before: set[tuple[int, str, str]] = field(default_factory=set)  # asked, or answered, by an earlier sheet
    disputed: list[Disputed] = field(default_factory=list)  # those of them that somebody has to decide

    @property
    def changes_nothing(self) -> bool:
        return not self.new and not self.fills and not self.disputed

    def sources_of_fill(self, patent_id: int, import_id: int) -> dict[str, Any]:
        """Where each filled field of a patent comes from: file, row and column."""
        where = {"kind": SourceKind.SHEET.value, "import": import_id, "row": self.fill_rows[patent_id]}
        names = [*self.fills[patent_id], *self.details.get(patent_id, NOTHING).names]
        return {name: where | {"column": _letters(self.table, name)} for name in names}

    def outcome(self) -> Outcome:
        """The counts, and the problems: refusals, then conflicts, then warnings."""
        table = self.table
        conflict_rows = {problem.row for problem in self.conflicts}
        return Outcome(
            sheet_name=table.sheet_name,
            row=len(table.row_numbers),
            new=len(self.new),
            unchanged=self.unchanged,
            changed=len(self.fills),
            repeated=self.repeated,
            conflict=len(conflict_rows),
            refused=len(table.refused),
            blank=table.blank_count,
            warning=len(table.warnings),
            problems=in_order(table.problems, self.conflicts, table.warnings),
        )


def make_plan(table: Table, *, holder: Organisation | None) -> Plan:
    """Compare the sheet with itself and with the pool as it stands.

    A number that stands twice in the sheet: equal rows count as repeated, a different one is a conflict and the
    first wins. A patent that the pool has: empty fields are filled, differing ones are a conflict and stay.
    """
    plan = Plan(table)
    firsts = list(_first_of_each(plan))
    known = _Known([candidate for _, candidate in firsts])
    plan.decided_before = _asked_before([row["id"] for row in known.by_number.values()])
    plan.decided_before |= _asked_before([row["id"] for row in known.by_publication.values()])
    details = KnownDetails.read(
        existing["id"] for _, one in firsts if one.details != NOTHING and (existing := known.find(one))
    )
    for index, candidate in firsts:
        row = table.row_numbers[index]
        existing = known.find(candidate)
        if existing and known.publication_is_taken(candidate, existing):
            _add_conflict(
                plan,
                row,
                "publication_number",
                str(candidate.publication_number),
                "该公布（公告）号在库中属于另一件专利，未作改动。",
            )
        elif existing is None:
            plan.new.append((row, candidate))
            if holder and candidate.applicant_names and holder.name not in candidate.applicant_names:
                table.warn(
                    index, f"申请人中没有“{holder.name}”，请确认本单位是权利人。", column=COLUMN["applicant_names"]
                )
        else:
            _compare(plan, row, candidate, existing, holder, details)
    return plan


def _asked_before(patent_ids: list[int]) -> set[tuple[int, str, str]]:
    """What earlier sheets offered for these patents, open or kept: the same sheet again asks nothing anew."""
    asked: set[tuple[int, str, str]] = set()
    for start in range(0, len(patent_ids), LOOKUP_BATCH):
        rows = FieldConflict.objects.filter(
            patent__in=patent_ids[start : start + LOOKUP_BATCH], state__in=(ConflictState.OPEN, ConflictState.KEPT)
        )
        asked.update(rows.values_list("patent_id", "field", "offered_value"))
    return asked


def _first_of_each(plan: Plan) -> Iterator[tuple[int, Candidate]]:
    seen: dict[str, tuple[int, Candidate]] = {}
    for index, candidate in candidates(plan.table):
        keys = [
            key
            for key in (candidate.number, candidate.publication_number and f"CN{candidate.publication_number}")
            if key
        ]
        first = next((seen[key] for key in keys if key in seen), None)
        if first is None:
            seen.update(dict.fromkeys(keys, (index, candidate)))
            yield index, candidate
        elif first[1] == candidate:
            plan.repeated += 1
        else:
            _add_conflict(plan, plan.table.row_numbers[index], *_difference_in_sheet(plan.table, first, candidate))


def _difference_in_sheet(table: Table, first: tuple[int, Candidate], candidate: Candidate) -> tuple[str, str, str]:
    differing = next(name for name in Candidate._fields if getattr(first[1], name) != getattr(candidate, name))
    row = table.row_numbers[first[0]]
    message = f"与第 {row} 行是同一件专利，但“{_heading(differing)}”不同；已采用第 {row} 行。"
    return differing, str(getattr(candidate, differing) or ""), message


class _Known:
    """The pool's rows for the numbers of a sheet, read in batches."""

    def __init__(self, wanted: list[Candidate]) -> None:
        self.by_number = self._read("number", [one.number for one in wanted if one.number])
        self.by_publication = self._read(
            "publication_number", [one.publication_number for one in wanted if one.publication_number]
        )

    @staticmethod
    def _read(key: str, keys: list[str]) -> dict[str, dict[str, Any]]:
        found: dict[str, dict[str, Any]] = {}
        for start in range(0, len(keys), LOOKUP_BATCH):
            rows = Patent.objects.filter(**{f"{key}__in": keys[start : start + LOOKUP_BATCH]}).values(*_READ)
            found.update((row[key], row) for row in rows.order_by().iterator())
        return found

    def find(self, candidate: Candidate) -> dict[str, Any] | None:
        by_number = self.by_number.get(candidate.number or "")
        return by_number or self.by_publication.get(candidate.publication_number or "")

    def publication_is_taken(self, candidate: Candidate, existing: dict[str, Any]) -> bool:
        other = self.by_publication.get(candidate.publication_number or "")
        return other is not None and other["id"] != existing["id"]


def _compare(
    plan: Plan,
    row: int,
    candidate: Candidate,
    existing: dict[str, Any],
    holder: Organisation | None,
    details: KnownDetails,
) -> None:
    fills: dict[str, Any] = {}
    if holder is not None and existing["holder_id"] != holder.pk:
        # Only a patent nobody holds here, whose recorded applicant is the holder, becomes the holder's own.
        if existing["holder_id"] is not None or holder.name not in existing["applicant_names"]:
            _add_conflict(
                plan, row, "applicant_names", candidate.applicant_names, "库中该专利属于其他权利人，未作改动。"
            )
            _dispute(plan, row, existing, "holder", existing["holder__name"] or "", holder.name)
            return
        fills |= {"holder_id": holder.pk, "city_code": holder.city_code}
    conflicts = []
    for name, nothing in FILLABLE.items():
        given, kept = getattr(candidate, name), existing[name]
        if given in (kept, nothing):
            continue
        if kept == nothing:
            fills[name] = given
        else:
            conflicts.append((name, as_words(given), f"库中为“{as_words(kept)[:40]}”，未作改动。"))
            _dispute(plan, row, existing, name, as_words(kept), as_words(given))
    added, differing = details.compare(existing["id"], candidate.details)
    conflicts += differing
    for conflict in conflicts:
        _add_conflict(plan, row, *conflict)
    if conflicts:
        return
    if fills or added != NOTHING:
        plan.fills[existing["id"]] = fills
        plan.details[existing["id"]] = added
        plan.fill_rows[existing["id"]] = row
    else:
        plan.unchanged += 1


def _dispute(plan: Plan, row: int, existing: dict[str, Any], name: str, current: str, offered: str) -> None:
    if name == "check_digit" or (existing["id"], name, offered) in plan.decided_before:
        return
    plan.disputed.append(Disputed(existing["id"], name, current, offered, row, _letters(plan.table, name)))


def _add_conflict(plan: Plan, row: int, name: str, value: str, message: str) -> None:
    plan.conflicts.append(Problem(row, _letters(plan.table, name), _heading(name), value[:60], message))


def _letters(table: Table, name: str) -> str:
    return table.letters.get(_COLUMN_OF.get(name, name), "")


def _heading(name: str) -> str:
    column = COLUMN.get(_COLUMN_OF.get(name, name))
    return column.heading if column else "专利类型"
