"""Put the shipped ladder of recognitions in force."""

from django.db import migrations

from patents import loading


def load(apps, schema_editor):
    loading.load_rules(apps.get_model("policy", "RuleVersion"), "recognition")


class Migration(migrations.Migration):
    dependencies = [("patents", "0015_recognitions_and_prefiling"), ("policy", "0003_submission_date")]

    # Not undone: what was recognised refers to it.
    operations = [migrations.RunPython(load, migrations.RunPython.noop)]
