"""Put the clocks of deals in force."""

from django.db import migrations

from patents import loading


def load(apps, schema_editor):
    loading.load_rules(apps.get_model("policy", "RuleVersion"), "deals")


class Migration(migrations.Migration):
    dependencies = [("patents", "0009_deal_changes"), ("policy", "0005_deal_dates")]

    # Not undone: rows of the app refer to these.
    operations = [migrations.RunPython(load, migrations.RunPython.noop)]
