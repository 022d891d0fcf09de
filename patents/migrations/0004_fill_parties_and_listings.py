"""Give the patents that are here their rows of applicants and listings, and take out classes that contradict the kind."""

from django.db import migrations

# A design with an IPC class (or the reverse) is a data error: the class moves to a conflict for somebody to decide.
TAKE_OUT = """
INSERT INTO patents_fieldconflict
    (patent_id, field, current_value, offered_value, source_import_id, source_row, source_column, state, note, created_at)
SELECT id, 'main_class', '', main_class, source_import_id, source_row, '', 'open', '分类号与专利类型不符', now()
FROM patents_patent WHERE main_class <> '' AND (kind = 'design') <> (main_class ~ '^[0-9]');
UPDATE patents_patent SET main_class = ''
WHERE main_class <> '' AND (kind = 'design') <> (main_class ~ '^[0-9]');
"""
APPLICANTS = """
INSERT INTO patents_patentparty (patent_id, role, position, name)
SELECT patent.id, 'applicant', part.place, left(part.name, 200)
FROM patents_patent AS patent,
    LATERAL unnest(string_to_array(patent.applicant_names, '；')) WITH ORDINALITY AS part (name, place)
WHERE part.name <> '';
"""
LISTINGS = """
INSERT INTO patents_listing
    (patent_id, organisation_id, state, maturity, transfer_ways, price_low_amount, price_high_amount, created_at, updated_at)
SELECT id, holder_id, 'draft', maturity, array_remove(ARRAY[transfer_way], ''), price_amount, price_amount, now(), now()
FROM patents_patent WHERE maturity IS NOT NULL OR transfer_way <> '' OR price_amount IS NOT NULL;
"""
EMPTY = "TRUNCATE patents_patentparty, patents_listing;"


class Migration(migrations.Migration):

    dependencies = [
        ('patents', '0003_record_events_listings'),
    ]

    operations = [
        migrations.RunSQL(TAKE_OUT, migrations.RunSQL.noop),
        migrations.RunSQL(APPLICANTS, EMPTY),
        migrations.RunSQL(LISTINGS, migrations.RunSQL.noop),
    ]
