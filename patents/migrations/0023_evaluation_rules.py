"""Put the shipped indicator table and the high-value test in force; keep the standard of 2023 as an empty draft."""

from django.db import migrations

from patents import loading


def load(apps, schema_editor):
    rules = apps.get_model("policy", "RuleVersion")
    loading.load_rules(rules, "evaluation")
    loading.load_drafts(rules)


class Migration(migrations.Migration):
    dependencies = [("patents", "0022_evaluations"), ("policy", "0004_more_choosing_dates")]

    # Not undone: evaluations refer to these rows.
    operations = [migrations.RunPython(load, migrations.RunPython.noop)]
