"""What reads the whole table, beside those who write to it."""

import django.contrib.postgres.indexes
from django.contrib.postgres.operations import AddIndexConcurrently, ValidateConstraint
from django.db import migrations, models


class Migration(migrations.Migration):

    atomic = False

    dependencies = [
        ('patents', '0005_class_fits_kind'),
    ]

    operations = [
        ValidateConstraint(model_name='patent', name='patent_class_fits_kind'),
        AddIndexConcurrently(
            model_name='patent',
            index=django.contrib.postgres.indexes.GinIndex(condition=models.Q(('overlays', []), _negated=True), fields=['overlays'], name='patent_overlays'),
        ),
    ]
