"""Put the shipped parameters of needs in force."""

from django.db import migrations

from demand import loading


def load(apps, schema_editor):
    loading.load_rules(apps.get_model("policy", "RuleVersion"))


class Migration(migrations.Migration):
    dependencies = [("demand", "0001_initial"), ("policy", "0005_deal_dates")]

    operations = [migrations.RunPython(load, migrations.RunPython.noop)]
