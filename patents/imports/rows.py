"""The rows that hang on imported patents: their applicants, and a draft of the offer where the sheet made one."""

from django.db import connection

from portal import clock

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


def add_rows_of_import(import_id: int) -> None:
    """Add them for the patents that this import brought; inside its transaction."""
    now = clock.now()
    with connection.cursor() as cursor:
        cursor.execute(_APPLICANTS, [import_id])
        cursor.execute(_LISTINGS, [now, now, import_id])
