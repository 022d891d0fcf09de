from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("finance", "0002_initial")]

    operations = [
        migrations.RemoveConstraint(model_name="project", name="project_shared_with_consent"),
        migrations.AddConstraint(
            model_name="project",
            constraint=models.CheckConstraint(
                condition=models.Q(state__in=["draft", "returned", "closed"]) | models.Q(consented_at__isnull=False),
                name="project_shared_with_consent",
            ),
        ),
    ]
