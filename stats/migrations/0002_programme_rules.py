"""Put the method of patent-intensive products in force."""

from django.db import migrations

from stats import loading


def load(apps, schema_editor):
    loading.load_rules(apps.get_model("policy", "RuleVersion"))


class Migration(migrations.Migration):
    dependencies = [("stats", "0001_products"), ("policy", "0001_initial")]

    operations = [migrations.RunPython(load, migrations.RunPython.noop)]
