"""Put the shipped rule versions and reference rates in force."""

from django.db import migrations

from subsidies import loading


def load(apps, schema_editor):
    loading.load_rules(apps.get_model("policy", "RuleVersion"))
    loading.load_rates(loading.LPR, apps.get_model("subsidies", "ReferenceRate"))


class Migration(migrations.Migration):
    dependencies = [("subsidies", "0001_initial")]

    # Not undone: rows of the app refer to these.
    operations = [migrations.RunPython(load, migrations.RunPython.noop)]
