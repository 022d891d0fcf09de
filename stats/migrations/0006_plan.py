"""Keep the plan's items and measures."""

from django.db import migrations

from stats import loading


def load(apps, schema_editor):
    loading.load_plan(apps.get_model("stats", "PlanItem"), apps.get_model("stats", "PlanMeasure"))


class Migration(migrations.Migration):
    dependencies = [("stats", "0005_workplan")]

    operations = [migrations.RunPython(load, migrations.RunPython.noop)]
