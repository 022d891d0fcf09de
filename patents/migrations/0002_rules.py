"""Put every rule that ships with the app in force, keep drafts and the portal's own coarse mapping of IPC places to industries."""

from django.db import migrations

from patents import loading


def load(apps, schema_editor):
    rules = apps.get_model("policy", "RuleVersion")
    loading.load_rules(rules)
    loading.load_drafts(rules)
    loading.load_coarse_industries(apps.get_model("patents", "ReferenceTable"), apps.get_model("patents", "ReferenceRow"))


class Migration(migrations.Migration):
    dependencies = [("patents", "0001_initial")]

    # Not undone: rows of the app refer to these.
    operations = [migrations.RunPython(load, migrations.RunPython.noop)]
