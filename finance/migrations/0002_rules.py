"""Put the shipped haircut table, clocks, screening conditions and splits of losses in force."""

from django.db import migrations

from finance import loading


def load(apps, schema_editor):
    loading.load_rules(apps.get_model("policy", "RuleVersion"))


class Migration(migrations.Migration):
    dependencies = [("finance", "0001_initial")]

    # Not undone: rows of the app refer to these.
    operations = [migrations.RunPython(load, migrations.RunPython.noop)]
