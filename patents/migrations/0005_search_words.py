import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('patents', '0004_void_legal_events'),
    ]

    operations = [
        migrations.CreateModel(
            name='WordBucket',
            fields=[
                ('pk', models.CompositePrimaryKey('block', 'bucket', blank=True, editable=False, primary_key=True, serialize=False)),
                ('block', models.PositiveIntegerField()),
                ('bucket', models.PositiveSmallIntegerField()),
                ('data', models.BinaryField()),
            ],
        ),
        migrations.CreateModel(
            name='WordChange',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('part', models.IntegerField(db_index=True)),
            ],
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='patent',
            trigger=pgtrigger.compiler.Trigger(name='words_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO patents_wordchange (part) SELECT DISTINCT id / 1024 FROM new_rows; RETURN NULL;', hash='2b28a6b457750c0cbdb93fe3442fab9fcd474c89', level='STATEMENT', operation='INSERT', pgid='pgtrigger_words_insert_2a582', referencing='REFERENCING NEW TABLE AS new_rows ', table='patents_patent', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='patent',
            trigger=pgtrigger.compiler.Trigger(name='words_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO patents_wordchange (part) SELECT DISTINCT id / 1024 FROM new_rows JOIN old_rows USING (id) WHERE new_rows.search_tokens IS DISTINCT FROM old_rows.search_tokens; RETURN NULL;', hash='daac9cabfbd5c8859f604a78d89aeb54c3c82765', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_words_update_9000a', referencing='REFERENCING OLD TABLE AS old_rows  NEW TABLE AS new_rows ', table='patents_patent', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='patent',
            trigger=pgtrigger.compiler.Trigger(name='words_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO patents_wordchange (part) SELECT DISTINCT id / 1024 FROM old_rows; RETURN NULL;', hash='bd2718b9f076738daa7d5b3246db979b07cb0234', level='STATEMENT', operation='DELETE', pgid='pgtrigger_words_delete_83f41', referencing='REFERENCING OLD TABLE AS old_rows ', table='patents_patent', when='AFTER')),
        ),
    ]
