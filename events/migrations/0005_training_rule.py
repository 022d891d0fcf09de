"""Put the parameters of training in force."""

from django.db import migrations

from events import loading


def load(apps, schema_editor):
    loading.load_rules(apps.get_model("policy", "RuleVersion"))


class Migration(migrations.Migration):
    dependencies = [("events", "0004_training"), ("policy", "0001_initial")]

    operations = [migrations.RunPython(load, migrations.RunPython.noop)]
