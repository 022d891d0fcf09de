"""The portal's own coarse mapping of IPC places to strategic emerging industries, until an official table is imported."""

from django.db import migrations

from patents import loading


def load(apps, schema_editor):
    loading.load_coarse_industries(apps.get_model("patents", "ReferenceTable"), apps.get_model("patents", "ReferenceRow"))


def unload(apps, schema_editor):
    apps.get_model("patents", "ReferenceTable").objects.filter(is_own=True).delete()


class Migration(migrations.Migration):
    dependencies = [("patents", "0002_rules")]

    operations = [migrations.RunPython(load, unload)]
