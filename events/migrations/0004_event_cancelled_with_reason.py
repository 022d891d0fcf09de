from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [("events", "0003_fill_cancel_reasons")]

    operations = [
        migrations.AddConstraint(
            model_name='event',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'cancelled'), _negated=True), models.Q(('cancel_reason', ''), _negated=True), _connector='OR'), name='event_cancelled_with_reason'),
        ),
    ]
