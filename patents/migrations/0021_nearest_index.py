import pgvector.django.indexes
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations


class Migration(migrations.Migration):

    atomic = False

    dependencies = [
        ('patents', '0020_vectors'),
    ]

    operations = [
        AddIndexConcurrently(
            model_name='patentvector',
            index=pgvector.django.indexes.HnswIndex(ef_construction=64, fields=['embedding'], m=16, name='patent_vector_nearest', opclasses=['halfvec_ip_ops']),
        ),
    ]
