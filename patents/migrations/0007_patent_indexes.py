from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("patents", "0006_mark_search_words")]

    operations = [
        RemoveIndexConcurrently(model_name="patent", name="patent_search_tokens"),
        AddIndexConcurrently(model_name="patent", index=models.Index(fields=["kind", "-id"], name="patent_kind")),
    ]
