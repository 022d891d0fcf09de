"""Put every rule that ships with the app in force; keep the evaluation standard of 2023 as an empty draft."""

from django.db import migrations

from patents import loading


def load(apps, schema_editor):
    rules = apps.get_model("policy", "RuleVersion")
    loading.load_rules(rules)
    loading.load_drafts(rules)


class Migration(migrations.Migration):
    dependencies = [("patents", "0001_initial"), ("policy", "0005_deal_dates")]

    # Not undone: rows of the app refer to these.
    operations = [migrations.RunPython(load, migrations.RunPython.noop)]
