"""Put the shipped sharing of losses in force."""

from django.db import migrations

from finance import loading


def load(apps, schema_editor):
    loading.load_rules(apps.get_model("policy", "RuleVersion"))


class Migration(migrations.Migration):
    dependencies = [("finance", "0012_risk_and_funds"), ("policy", "0005_deal_dates")]

    # Not undone: rows of the app refer to these.
    operations = [migrations.RunPython(load, migrations.RunPython.noop)]
