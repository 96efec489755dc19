import django.utils.timezone
import wagtail_khalti.simulator.identifiers
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='SimulatedPayment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('pidx', models.CharField(default=wagtail_khalti.simulator.identifiers.new_id, editable=False, max_length=22, unique=True)),
                ('key_hash', models.CharField(max_length=64)),
                ('stored_status', models.CharField(choices=[('Initiated', 'Initiated'), ('Pending', 'Pending'), ('Completed', 'Completed'), ('Refunded', 'Refunded'), ('Partially Refunded', 'Partially refunded'), ('Expired', 'Expired'), ('User canceled', 'Canceled by the payer'), ('Failed', 'Failed')], default='Initiated', max_length=20)),
                ('amount', models.BigIntegerField()),
                ('return_url', models.TextField()),
                ('website_url', models.TextField()),
                ('purchase_order_id', models.TextField()),
                ('purchase_order_name', models.TextField()),
                ('amount_breakdown', models.JSONField(default=list)),
                ('merchant_extras', models.JSONField(default=list)),
                ('mobile', models.CharField(blank=True, max_length=20)),
                ('is_by_bank', models.BooleanField(default=False)),
                ('wrong_pins', models.PositiveSmallIntegerField(default=0)),
                ('transaction_id', models.CharField(blank=True, db_index=True, max_length=22)),
                ('fee', models.BigIntegerField(default=0)),
                ('refunded_amount', models.BigIntegerField(default=0)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('expires_at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='Call',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('endpoint', models.CharField(max_length=20)),
                ('subject', models.CharField(blank=True, max_length=100)),
            ],
            options={
                'indexes': [models.Index(fields=['endpoint', 'subject'], name='khalti_simulator_calls')],
            },
        ),
        migrations.CreateModel(
            name='Trouble',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('endpoint', models.CharField(max_length=20)),
                ('subject', models.CharField(blank=True, max_length=100)),
                ('fault', models.CharField(blank=True, max_length=30)),
                ('status', models.PositiveSmallIntegerField(default=200)),
                ('body', models.TextField(blank=True)),
                ('content_type', models.CharField(blank=True, max_length=100)),
                ('headers', models.JSONField(default=dict)),
                ('seconds', models.FloatField(default=0.0)),
                ('times_left', models.PositiveIntegerField()),
            ],
            options={
                'indexes': [models.Index(fields=['endpoint', 'subject', 'times_left'], name='khalti_simulator_waiting')],
            },
        ),
    ]
