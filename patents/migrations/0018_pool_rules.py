"""Put the shipped rules of annual fees and listings in force."""

from django.db import migrations

from patents import loading


def load(apps, schema_editor):
    loading.load_rules(apps.get_model("policy", "RuleVersion"), "annual_fee", "listing")


class Migration(migrations.Migration):

    dependencies = [('patents', '0017_event_owners'), ('policy', '0002_chosen_by')]

    # Not undone: what has been computed refers to these rows.
    operations = [migrations.RunPython(load, migrations.RunPython.noop)]
