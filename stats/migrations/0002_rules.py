"""Put the shipped definitions and rules in force; keep the plan's items and measures."""

from django.db import migrations

from stats import loading


def load(apps, schema_editor):
    loading.load_rules(apps.get_model("policy", "RuleVersion"))
    loading.load_plan(apps.get_model("stats", "PlanItem"), apps.get_model("stats", "PlanMeasure"))


class Migration(migrations.Migration):
    dependencies = [("stats", "0001_initial")]

    # Not undone: rows of the app refer to these.
    operations = [migrations.RunPython(load, migrations.RunPython.noop)]
