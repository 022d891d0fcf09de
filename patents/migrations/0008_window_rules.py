"""Put the shipped rule of the registration window in force."""

from django.db import migrations

from patents import loading


def load(apps, schema_editor):
    loading.load_rules(apps.get_model("policy", "RuleVersion"), "window")


class Migration(migrations.Migration):
    dependencies = [("patents", "0007_registration_window"), ("policy", "0003_submission_date")]

    # Not undone: cases refer to these rows.
    operations = [migrations.RunPython(load, migrations.RunPython.noop)]
