"""Put the shipped rule of expert reviews in force."""

from django.db import migrations

from patents import loading


def load(apps, schema_editor):
    loading.load_rules(apps.get_model("policy", "RuleVersion"), "cultivation")


class Migration(migrations.Migration):
    dependencies = [("patents", "0011_cultivation_centres"), ("policy", "0003_submission_date")]

    # Not undone: calls refer to these rows.
    operations = [migrations.RunPython(load, migrations.RunPython.noop)]
