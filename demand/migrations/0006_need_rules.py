"""Put the shipped parameters of needs in force."""

from django.db import migrations

from demand import loading


def load(apps, schema_editor):
    loading.load_rules(apps.get_model("policy", "RuleVersion"))


class Migration(migrations.Migration):
    dependencies = [("demand", "0005_typed_needs"), ("policy", "0003_submission_date")]

    operations = [migrations.RunPython(load, migrations.RunPython.noop)]
