"""The rows that hang on imported patents: applicants, drafts of offers, and what somebody has to decide."""

from decimal import Decimal

from django.db import connection

from patents.enums import PartyRole
from patents.imports.details import NOTHING
from patents.imports.plan import Plan
from patents.models import FamilyMember, FieldConflict, Patent, PatentParty
from patents.queries.parties import owners_by_patent
from patents.services.parties import organisations_named
from portal import clock
from portal.sheets.models import SheetImport

# One statement for the whole sheet: row by row it would double the time of an import.
_APPLICANTS = """
INSERT INTO patents_patentparty (patent_id, role, position, name)
SELECT patent.id, 'applicant', part.place, left(part.name, 200)
FROM patents_patent AS patent,
    LATERAL unnest(string_to_array(patent.applicant_names, '；')) WITH ORDINALITY AS part (name, place)
WHERE patent.source_import_id = %s
"""
_LISTINGS = """
INSERT INTO patents_listing
    (patent_id, organisation_id, state, maturity, transfer_ways, price_low_amount, price_high_amount,
     created_at, updated_at)
SELECT id, holder_id, 'draft', maturity, array_remove(ARRAY[transfer_way], ''), price_amount, price_amount, %s, %s
FROM patents_patent
WHERE source_import_id = %s AND (maturity IS NOT NULL OR transfer_way <> '' OR price_amount IS NOT NULL)
"""

_OFFER = ("maturity", "transfer_way", "price_amount")
_APPLICANTS_OF = """
INSERT INTO patents_patentparty (patent_id, role, position, name)
SELECT patent.id, 'applicant', part.place, left(part.name, 200)
FROM patents_patent AS patent,
    LATERAL unnest(string_to_array(patent.applicant_names, '；')) WITH ORDINALITY AS part (name, place)
WHERE patent.id = ANY(%s)
    AND NOT EXISTS (SELECT 1 FROM patents_patentparty AS party WHERE party.patent_id = patent.id)
"""
_OPEN_LISTINGS_OF = """
UPDATE patents_listing AS listing SET
    maturity = COALESCE(listing.maturity, patent.maturity),
    price_low_amount = COALESCE(listing.price_low_amount, patent.price_amount),
    price_high_amount = COALESCE(listing.price_high_amount, patent.price_amount),
    transfer_ways = CASE WHEN listing.transfer_ways = '{}' THEN array_remove(ARRAY[patent.transfer_way], '')
        ELSE listing.transfer_ways END,
    updated_at = %s
FROM patents_patent AS patent
WHERE listing.patent_id = patent.id AND patent.id = ANY(%s) AND listing.state IN ('draft', 'listed')
"""
_LISTINGS_OF = """
INSERT INTO patents_listing
    (patent_id, organisation_id, state, maturity, transfer_ways, price_low_amount, price_high_amount,
     created_at, updated_at)
SELECT id, holder_id, 'draft', maturity, array_remove(ARRAY[transfer_way], ''), price_amount, price_amount, %s, %s
FROM patents_patent AS patent
WHERE id = ANY(%s) AND NOT EXISTS (
    SELECT 1 FROM patents_listing AS listing
    WHERE listing.patent_id = patent.id AND listing.state IN ('draft', 'listed'))
"""
_BATCH = 1_000


def add_rows_of_import(import_id: int) -> None:
    """Add them for the patents that this import brought; inside its transaction."""
    now = clock.now()
    with connection.cursor() as cursor:
        cursor.execute(_APPLICANTS, [import_id])
        cursor.execute(_LISTINGS, [now, now, import_id])


def add_rows_of_fills(plan: Plan) -> None:
    """Add applicants and offers to patents that had none and were filled by this sheet; inside its transaction."""
    now = clock.now()
    named = [pk for pk, fill in plan.fills.items() if "applicant_names" in fill]
    offered = [pk for pk, fill in plan.fills.items() if any(name in fill for name in _OFFER)]
    with connection.cursor() as cursor:
        if named:
            cursor.execute(_APPLICANTS_OF, [named])
        if offered:
            cursor.execute(_OPEN_LISTINGS_OF, [now, offered])
            cursor.execute(_LISTINGS_OF, [now, now, offered])


def add_conflicts(plan: Plan, received: SheetImport) -> None:
    """Keep what the sheet says differently, for somebody to decide; inside its transaction."""
    FieldConflict.objects.bulk_create(
        (
            FieldConflict(
                patent_id=one.patent_id,
                field=one.field,
                current_value=one.current,
                offered_value=one.offered,
                source_import=received,
                source_row=one.row,
                source_column=one.column,
            )
            for one in plan.disputed
        ),
        batch_size=_BATCH,
    )


def add_details(plan: Plan, received: SheetImport) -> None:
    """Add holders with their shares and family members; inside the import's transaction."""
    by_row = {row: candidate.details for row, candidate in plan.new if candidate.details != NOTHING}
    rows = Patent.objects.filter(source_import=received, source_row__in=list(by_row)).values_list("pk", "source_row")
    told = {pk: by_row[row] for pk, row in rows if row is not None} | plan.details
    known = organisations_named([name for one in told.values() for name in one.holders])
    PatentParty.objects.bulk_create(
        (
            PatentParty(
                patent_id=pk, role=PartyRole.HOLDER, position=place, name=name[:200], organisation=known.get(name)
            )
            for pk, one in told.items()
            for place, name in enumerate(one.holders, start=1)
        ),
        batch_size=_BATCH,
    )
    FamilyMember.objects.bulk_create(
        (
            FamilyMember(patent_id=pk, country=country, number=number)
            for pk, one in told.items()
            for country, number in one.family
        ),
        batch_size=_BATCH,
    )
    _add_shares({pk: one.shares for pk, one in told.items() if one.shares})


def _add_shares(shares: dict[int, tuple[Decimal, ...]]) -> None:
    owners = [
        (owner, share)
        for pk, parties in owners_by_patent(list(shares)).items()
        for owner, share in zip(parties, shares[pk], strict=True)
    ]
    for owner, share in owners:
        owner.share = share
    PatentParty.objects.bulk_update([owner for owner, _ in owners], ["share"], batch_size=_BATCH)
