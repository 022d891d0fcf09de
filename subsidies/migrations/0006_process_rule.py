"""Put the rule of the review's terms in force."""

from django.db import migrations

from subsidies import loading


def load(apps, schema_editor):
    loading.load_rules(apps.get_model("policy", "RuleVersion"))


class Migration(migrations.Migration):
    dependencies = [("subsidies", "0005_claims"), ("policy", "0001_initial")]

    operations = [migrations.RunPython(load, migrations.RunPython.noop)]
