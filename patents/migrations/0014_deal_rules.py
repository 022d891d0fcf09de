"""Put the shipped rules about deals in force."""

from django.db import migrations

from patents import loading


def load(apps, schema_editor):
    loading.load_rules(apps.get_model("policy", "RuleVersion"), "deals")


class Migration(migrations.Migration):
    dependencies = [("patents", "0013_deals"), ("policy", "0005_deal_dates")]

    # Not undone: what has been decided refers to these rows.
    operations = [migrations.RunPython(load, migrations.RunPython.noop)]
