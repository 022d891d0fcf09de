"""Put the shipped parameters of open licences in force."""

from django.db import migrations

from patents import loading


def load(apps, schema_editor):
    loading.load_rules(apps.get_model("policy", "RuleVersion"), "open_licence")


class Migration(migrations.Migration):
    dependencies = [("patents", "0009_open_licences"), ("policy", "0004_more_choosing_dates")]

    # Not undone: what was declared refers to these rows.
    operations = [migrations.RunPython(load, migrations.RunPython.noop)]
