"""Deciding what a sheet says differently from the pool."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from patents.enums import OPEN_LISTINGS, ConflictState, PartyRole, SourceKind
from patents.models import FieldConflict, Patent, PatentParty
from patents.models.pool import split_names
from patents.numbers import check_digit
from patents.queries.conflicts import as_words
from patents.services.parties import organisations_named
from patents.services.record import note_source
from patents.text import search_vector
from portal import clock
from portal.accounts.models import User
from portal.audit.services import record
from portal.errors import Conflict, Invalid, NotAllowed
from portal.outbox.services import publish

BY_OFFICIALS = frozenset({"legal_status", "holder", "number", "publication_number"})
"""What only officials may take from a sheet: a holder must not restate its own right."""
MAX_BULK = 500
HOLDER = "holder"


@dataclass(slots=True)
class Decided:
    """How many were decided, and how many no longer fitted the pool."""

    decided: int = 0
    outdated: int = 0


@transaction.atomic
def decide_conflicts(*, conflict_ids: Sequence[int], by: User, take: bool, note: str = "") -> Decided:
    """Keep the pool's value or take the sheet's, for each open conflict that `by` may decide.

    A conflict whose pool value changed since is closed as outdated and changes nothing. Conflicts that are decided
    already are passed over, so that pressing twice is harmless.

    Raises NotAllowed when a holder wants to take what only officials may; then none is decided.
    """
    if len(conflict_ids) > MAX_BULK:
        raise Invalid(f"一次最多处理 {MAX_BULK} 条。")
    visible = FieldConflict.objects.visible_to(by).open().filter(pk__in=conflict_ids)
    patents = Patent.objects.select_for_update(of=("self",)).filter(pk__in=visible.values("patent_id")).order_by("pk")
    by_id = {patent.pk: patent for patent in patents}
    done = Decided()
    rows = FieldConflict.objects.select_for_update(of=("self",)).select_related("source_import__organisation")
    for conflict in rows.filter(pk__in=conflict_ids, patent__in=by_id, state=ConflictState.OPEN).order_by("pk"):
        _decide(conflict, by_id[conflict.patent_id], by, take=take, note=note, done=done)
    return done


def _decide(conflict: FieldConflict, patent: Patent, by: User, *, take: bool, note: str, done: Decided) -> None:
    if take and conflict.field in BY_OFFICIALS and not by.is_official:
        raise NotAllowed(f"{patent.display_number}：这一项须由管理人员核实后采用。")
    if value_of(patent, conflict.field) != conflict.current_value:
        state, done.outdated = ConflictState.OUTDATED, done.outdated + 1
    else:
        state, done.decided = (ConflictState.TAKEN if take else ConflictState.KEPT), done.decided + 1
    if state == ConflictState.TAKEN:
        _take(conflict, patent, by)
    conflict.state, conflict.note = state, note.strip()[:300]
    conflict.decided_by, conflict.decided_at = by, clock.now()
    conflict.save(update_fields=["state", "note", "decided_by", "decided_at"])
    facts = {"field": conflict.field, "current": conflict.current_value, "offered": conflict.offered_value}
    record(by=by, verb=f"数据冲突：{ConflictState(state).label}", target=patent, note=note, **facts)


def value_of(patent: Patent, field: str) -> str:
    """The field's present value as a conflict keeps it."""
    if field == HOLDER:
        return patent.holder.name if patent.holder else ""
    return as_words(getattr(patent, field))


def _take(conflict: FieldConflict, patent: Patent, by: User) -> None:
    field = conflict.field
    if field == HOLDER:
        organisation = conflict.source_import.organisation if conflict.source_import else None
        if organisation is None:
            raise Conflict("来源文件没有对应的单位，不能变更权利人。")
        patent.holder, patent.city_code = organisation, organisation.city_code
        changed = ["holder", "city_code"]
    else:
        setattr(patent, field, _typed(patent, field, conflict.offered_value))
        changed = [field, *_AFTER.get(field, _nothing_else)(patent)]
    where = {"import": conflict.source_import_id, "row": conflict.source_row, "column": conflict.source_column}
    note_source(patent, [field], kind=SourceKind.SHEET, by=by, **where)
    try:
        with transaction.atomic():
            patent.save(update_fields=[*changed, "field_sources", "updated_at"])
    except IntegrityError as error:
        raise Conflict(f"{patent.display_number}：“{conflict.offered_value}”与库中其他数据抵触，不能采用。") from error
    publish("patents.record.updated", key=f"patent:{patent.pk}", patent_number=patent.address, fields=[field])


def _typed(patent: Patent, field: str, text: str) -> Any:
    column = patent._meta.get_field(field)
    if isinstance(column, ArrayField):
        return split_names(text)
    try:
        return column.to_python(text)  # type: ignore[union-attr]
    except ValidationError as error:
        raise Invalid(f"“{text[:40]}”不能作为“{column.verbose_name}”。") from error  # type: ignore[union-attr]


def _nothing_else(_patent: Patent) -> list[str]:
    return []


def _number(patent: Patent) -> list[str]:
    patent.check_digit = check_digit(str(patent.number))
    return ["check_digit"]


def _texts(patent: Patent) -> list[str]:
    patent.search_tokens = search_vector(patent.title, patent.abstract)
    return ["search_tokens"]


def _applicants(patent: Patent) -> list[str]:
    names = split_names(patent.applicant_names)
    known = organisations_named(names)
    PatentParty.objects.filter(patent=patent, role=PartyRole.APPLICANT).delete()
    PatentParty.objects.bulk_create(
        PatentParty(patent=patent, role=PartyRole.APPLICANT, position=place, name=name, organisation=known.get(name))
        for place, name in enumerate(names, start=1)
    )
    return []


def _offer(patent: Patent) -> list[str]:
    listing = patent.listings.filter(state__in=OPEN_LISTINGS).select_for_update().first()
    if listing is not None:
        listing.maturity = patent.maturity
        if patent.transfer_way and patent.transfer_way not in listing.transfer_ways:
            listing.transfer_ways = [patent.transfer_way, *listing.transfer_ways]
        listing.price_low_amount = patent.price_amount
        high, low = listing.price_high_amount, patent.price_amount
        listing.price_high_amount = max(high, low) if high is not None and low is not None else low
        listing.save()
    return []


_AFTER: dict[str, Callable[[Patent], list[str]]] = {
    "number": _number,
    "title": _texts,
    "abstract": _texts,
    "applicant_names": _applicants,
    "maturity": _offer,
    "transfer_way": _offer,
    "price_amount": _offer,
}
