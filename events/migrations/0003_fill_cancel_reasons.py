from django.db import migrations

# Events that were cancelled before a reason was asked for.
FILL = "UPDATE events_event SET cancel_reason = '未说明' WHERE state = 'cancelled' AND cancel_reason = ''"


class Migration(migrations.Migration):
    dependencies = [("events", "0002_cancel_reason_and_version")]

    operations = [migrations.RunSQL(FILL, migrations.RunSQL.noop)]
