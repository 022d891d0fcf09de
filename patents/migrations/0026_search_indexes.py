"""Indexes of the admin's filters, built beside those who write."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):

    atomic = False

    dependencies = [
        ('patents', '0025_coarse_industries'),
    ]

    operations = [
        AddIndexConcurrently(
            model_name='patent',
            index=models.Index(fields=['legal_status', '-id'], name='patent_legal_status'),
        ),
        AddIndexConcurrently(
            model_name='patent',
            index=models.Index(condition=models.Q(('transfer_way', ''), _negated=True), fields=['transfer_way', '-id'], name='patent_transfer_way'),
        ),
    ]
