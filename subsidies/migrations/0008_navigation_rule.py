"""Put the rule of navigation projects' support in force: it states no amount yet."""

from django.db import migrations

from subsidies import loading


def load(apps, schema_editor):
    loading.load_rules(apps.get_model("policy", "RuleVersion"))


class Migration(migrations.Migration):
    dependencies = [("subsidies", "0007_navigation"), ("policy", "0001_initial")]

    operations = [migrations.RunPython(load, migrations.RunPython.noop)]
