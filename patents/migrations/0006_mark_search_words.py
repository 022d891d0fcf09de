"""Patents that were there before the lists of words: all are marked, so that the lists are written."""

from django.db import migrations

from patents.words.models import PART


def mark(apps, schema_editor):
    schema_editor.execute(
        f"INSERT INTO patents_wordchange (part) SELECT DISTINCT id / {PART} FROM patents_patent"  # noqa: S608
    )


class Migration(migrations.Migration):
    dependencies = [("patents", "0005_search_words")]

    operations = [migrations.RunPython(mark, migrations.RunPython.noop)]
