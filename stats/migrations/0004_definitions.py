"""Put the shipped definitions of indicators and targets in force."""

from django.db import migrations

from stats import loading


def load(apps, schema_editor):
    loading.load_rules(apps.get_model("policy", "RuleVersion"))


class Migration(migrations.Migration):
    dependencies = [("stats", "0003_figures"), ("policy", "0005_deal_dates")]

    # Not undone: numbers refer to these rows.
    operations = [migrations.RunPython(load, migrations.RunPython.noop)]
