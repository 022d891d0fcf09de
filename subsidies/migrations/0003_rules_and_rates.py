"""Put the shipped rule versions and reference rates in force."""

from django.db import migrations

from subsidies import loading


def load(apps, schema_editor):
    loading.load_rules(apps.get_model("policy", "RuleVersion"))
    loading.load_rates(loading.LPR, apps.get_model("subsidies", "ReferenceRate"))


class Migration(migrations.Migration):
    dependencies = [("subsidies", "0002_known_rates"), ("policy", "0002_chosen_by")]

    # Not undone: what has been computed refers to these rows.
    operations = [migrations.RunPython(load, migrations.RunPython.noop)]
