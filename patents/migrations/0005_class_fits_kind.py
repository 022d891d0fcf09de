"""Refuse classes that contradict the kind from now on, without reading the table under a lock."""

from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('patents', '0004_fill_parties_and_listings'),
    ]

    operations = [
        AddConstraintNotValid(
            model_name='patent',
            constraint=models.CheckConstraint(condition=models.Q(('main_class', ''), models.Q(('kind', 'design'), ('main_class__regex', '^\\d')), models.Q(models.Q(('kind', 'design'), _negated=True), ('main_class__regex', '^\\D')), _connector='OR'), name='patent_class_fits_kind'),
        ),
    ]
