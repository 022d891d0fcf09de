"""Put the review of navigation projects in force."""

from django.db import migrations

from stats import loading


def load(apps, schema_editor):
    loading.load_rules(apps.get_model("policy", "RuleVersion"))


class Migration(migrations.Migration):
    dependencies = [("stats", "0008_navigation"), ("policy", "0001_initial")]

    operations = [migrations.RunPython(load, migrations.RunPython.noop)]
