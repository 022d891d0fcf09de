"""The portal's own coarse mapping of IPC places to strategic emerging industries, until an official table is imported."""

import csv
from hashlib import sha256
from pathlib import Path

from django.db import migrations

FILE = Path(__file__).resolve().parent.parent / "rules" / "coarse_ipc_to_sei.csv"


def load(apps, schema_editor):
    text = FILE.read_bytes()
    rows = list(csv.reader(text.decode().splitlines()))[1:]
    table = apps.get_model("patents", "ReferenceTable").objects.create(
        kind="ipc_sei",
        version="平台粗略对应",
        is_own=True,
        is_current=True,
        row_count=len(rows),
        sha256=sha256(text).hexdigest(),
    )
    apps.get_model("patents", "ReferenceRow").objects.bulk_create(
        apps.get_model("patents", "ReferenceRow")(table=table, place=place, code=code) for place, code in rows
    )


def unload(apps, schema_editor):
    apps.get_model("patents", "ReferenceTable").objects.filter(is_own=True).delete()


class Migration(migrations.Migration):

    dependencies = [
        ('patents', '0002_rules'),
    ]

    operations = [
        migrations.RunPython(load, unload),
    ]
