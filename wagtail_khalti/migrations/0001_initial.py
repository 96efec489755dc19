import django.db.models.deletion
import django.utils.timezone
import swapper
import wagtail_khalti.models.delivery
import wagtail_khalti.models.references
from django.conf import settings
from django.db import migrations, models

swapper.set_app_prefix('wagtailcore', 'wagtail')


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('contenttypes', '0002_remove_content_type_name'),
        # The first with a Site; later ones differ between the versions of Wagtail that we support.
        ('wagtailcore', '0001_squashed_0016_change_page_url_path_to_text_field'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        migrations.swappable_dependency(swapper.get_model_name('wagtailcore', 'Page')),
    ]

    operations = [
        migrations.CreateModel(
            name='KhaltiRun',
            fields=[
                ('work', models.CharField(choices=[('reconcile', 'Reconcile'), ('scheduled', 'Scheduled reconcile')], max_length=32, primary_key=True, serialize=False, verbose_name='work')),
                ('begun_at', models.DateTimeField(verbose_name='started at')),
                ('finished_at', models.DateTimeField(blank=True, null=True, verbose_name='finished at')),
                ('summary', models.JSONField(blank=True, default=dict, verbose_name='summary')),
            ],
            options={
                'verbose_name': 'run',
                'verbose_name_plural': 'runs',
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='KhaltiSnapshot',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('day', models.DateField(unique=True, verbose_name='day')),
                ('version', models.CharField(max_length=32, verbose_name='version')),
                ('is_current', models.BooleanField(default=False, verbose_name='current')),
            ],
            options={
                'verbose_name': 'daily snapshot',
                'verbose_name_plural': 'daily snapshots',
                'ordering': ['day'],
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='KhaltiPayment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reference', models.CharField(default=wagtail_khalti.models.references.new_reference, editable=False, max_length=32, verbose_name='reference')),
                ('idempotency_key', models.CharField(blank=True, editable=False, max_length=128, null=True, verbose_name='idempotency key')),
                ('status', models.CharField(choices=[('created', 'Created'), ('initiated', 'Sent to Khalti'), ('pending', 'Pending at Khalti'), ('completed', 'Completed'), ('partially_refunded', 'Partially refunded'), ('refunded', 'Refunded'), ('canceled', 'Cancelled'), ('expired', 'Expired'), ('failed', 'Failed')], default='created', max_length=20, verbose_name='status')),
                ('is_late', models.BooleanField(default=False, verbose_name='late payment')),
                ('amount', models.BigIntegerField(verbose_name='amount (paisa)')),
                ('fee', models.BigIntegerField(blank=True, null=True, verbose_name='fee (paisa)')),
                ('refund_total', models.BigIntegerField(default=0, editable=False, verbose_name='refunded (paisa)')),
                ('purpose', models.CharField(max_length=255, verbose_name='description')),
                ('breakdown', models.JSONField(blank=True, default=list, verbose_name='breakdown')),
                ('products', models.JSONField(blank=True, default=list, verbose_name='products')),
                ('merchant_extra', models.JSONField(blank=True, default=dict, verbose_name='extra values for Khalti')),
                ('metadata', models.JSONField(blank=True, default=dict, verbose_name='metadata')),
                ('answers', models.JSONField(blank=True, default=list, verbose_name='answers')),
                ('merchant', models.CharField(max_length=64, verbose_name='Khalti account')),
                ('mode', models.CharField(choices=[('simulator', 'Test (simulator)'), ('sandbox', 'Test (sandbox)'), ('live', 'Live')], max_length=16, verbose_name='mode')),
                ('key_fingerprint', models.CharField(max_length=16, verbose_name='key fingerprint')),
                ('purchase_order_id', models.CharField(max_length=64, verbose_name='Khalti order ID')),
                ('pidx', models.CharField(blank=True, max_length=64, null=True, verbose_name='pidx')),
                ('transaction_id', models.CharField(blank=True, max_length=64, verbose_name='Khalti transaction ID')),
                ('khalti_status', models.CharField(blank=True, max_length=200, verbose_name='Khalti status')),
                ('payment_url', models.CharField(blank=True, max_length=2000, verbose_name='payment link')),
                ('return_url', models.CharField(max_length=500, verbose_name='return URL')),
                ('website_url', models.CharField(max_length=500, verbose_name='website URL')),
                ('customer_name', models.CharField(blank=True, max_length=255, verbose_name='name')),
                ('customer_email', models.EmailField(blank=True, max_length=254, verbose_name='e-mail')),
                ('customer_phone', models.CharField(blank=True, max_length=20, verbose_name='mobile number')),
                ('language', models.CharField(blank=True, max_length=20, verbose_name='language')),
                ('source_id', models.CharField(blank=True, max_length=64, verbose_name='source id')),
                ('source_title', models.CharField(blank=True, max_length=255, verbose_name='source')),
                ('block_path', models.CharField(blank=True, max_length=1000, verbose_name='block')),
                ('offer', models.TextField(blank=True, verbose_name='offer')),
                ('back_url', models.CharField(blank=True, max_length=2000, verbose_name='back URL')),
                ('success_url', models.CharField(blank=True, max_length=2000, verbose_name='success URL')),
                ('thank_you_page', models.CharField(blank=True, max_length=64, verbose_name='thank-you page')),
                ('payable_id', models.CharField(blank=True, max_length=64, verbose_name='payable id')),
                ('is_repeat', models.BooleanField(default=False, editable=False, verbose_name='repeat purchase')),
                ('may_be_duplicate', models.BooleanField(default=False, editable=False, verbose_name='possible duplicate')),
                ('is_primary', models.BooleanField(blank=True, editable=False, null=True, verbose_name='primary payment')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created at')),
                ('initiating_at', models.DateTimeField(blank=True, null=True, verbose_name='initiation started at')),
                ('initiated_at', models.DateTimeField(blank=True, null=True, verbose_name='sent at')),
                ('expires_at', models.DateTimeField(blank=True, null=True, verbose_name='link expires at')),
                ('completed_at', models.DateTimeField(blank=True, null=True, verbose_name='completed at')),
                ('ended_at', models.DateTimeField(blank=True, null=True, verbose_name='ended at')),
                ('looked_up_at', models.DateTimeField(blank=True, null=True, verbose_name='looked up at')),
                ('confirmed_at', models.DateTimeField(blank=True, null=True, verbose_name='payment confirmed at')),
                ('returned_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='last returned at')),
                ('checked_at', models.DateTimeField(blank=True, null=True, verbose_name='last checked at')),
                ('next_check_at', models.DateTimeField(blank=True, null=True, verbose_name='next check at')),
                ('is_urgent', models.BooleanField(default=False, editable=False, verbose_name='urgent')),
                ('leased_until', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='leased until')),
                ('refunding_since', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='refund in progress since')),
                ('duplicate_of', models.ForeignKey(blank=True, db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='wagtail_khalti.khaltipayment', verbose_name='duplicate of')),
                ('payable_class', models.ForeignKey(blank=True, db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='contenttypes.contenttype', verbose_name='payable class')),
                ('payable_type', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='contenttypes.contenttype', verbose_name='payable type')),
                ('site', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='wagtailcore.site', verbose_name='site')),
                ('source_type', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='contenttypes.contenttype', verbose_name='source type')),
            ],
            options={
                'verbose_name': 'payment',
                'verbose_name_plural': 'payments',
                'ordering': ['-created_at', '-pk'],
                'permissions': [('view_personal_khaltipayment', 'Can view personal data'), ('check_khaltipayment', 'Can check payment with Khalti'), ('refund_khaltipayment', 'Can refund payment'), ('export_khaltipayment', 'Can export payment'), ('view_page_khaltipayment', 'Can view payments of own pages')],
                'default_permissions': ('view',),
            },
        ),
        migrations.CreateModel(
            name='KhaltiIssue',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('amount_mismatch', 'Amount mismatch'), ('pidx_mismatch', "Response doesn't match this payment"), ('unknown_status', 'Unknown status from Khalti'), ('unexpected_status', 'Payment reversed by Khalti'), ('conflicting_status', 'Conflicting status from Khalti'), ('not_found', 'Payment not found at Khalti'), ('key_rejected', 'API key rejected'), ('late_payment', 'Late payment'), ('duplicate_payment', 'Duplicate payment'), ('possible_duplicate', 'Possible duplicate payment'), ('payable_deleted', 'Purchased item was deleted'), ('refund_unconfirmed', 'Refund unconfirmed'), ('refund_amount_missing', 'Refund amount unknown'), ('refund_contradicted', 'Late response contradicts a refund'), ('over_refunded', 'Over-refunded'), ('delivery_failing', 'Site integration error')], max_length=32, verbose_name='kind')),
                ('risk', models.PositiveSmallIntegerField(choices=[(1, 'Site not updated'), (2, 'Unexpected payment or refund'), (3, 'Payment status unclear')], default=3, editable=False, verbose_name='risk')),
                ('merchant', models.CharField(blank=True, max_length=64, null=True, verbose_name='merchant')),
                ('details', models.JSONField(blank=True, default=dict, verbose_name='details')),
                ('opened_at', models.DateTimeField(auto_now_add=True, verbose_name='opened at')),
                ('resolved_at', models.DateTimeField(blank=True, null=True, verbose_name='resolved at')),
                ('resolution', models.CharField(blank=True, choices=[('resolved', 'Resolved'), ('no_action_needed', 'No action needed'), ('resolved_automatically', 'Resolved automatically')], max_length=32, verbose_name='resolution')),
                ('note', models.TextField(blank=True, verbose_name='internal note')),
                ('is_open', models.BooleanField(blank=True, default=True, editable=False, null=True, verbose_name='open')),
                ('resolved_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='resolved by')),
                ('payment', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='issues', to='wagtail_khalti.khaltipayment', verbose_name='payment')),
            ],
            options={
                'verbose_name': 'issue',
                'verbose_name_plural': 'issues',
                'ordering': ['-opened_at', '-pk'],
                'default_permissions': ('view',),
            },
        ),
        migrations.CreateModel(
            name='KhaltiEvent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('created', 'Payment created'), ('initiate_sent', 'Sent to Khalti'), ('initiated', 'Payment link created'), ('initiate_rejected', 'Rejected by Khalti'), ('no_answer', 'No usable response from Khalti'), ('returned', 'Visitor returned'), ('looked_up', 'Checked with Khalti'), ('status_changed', 'Status changed'), ('outdated', 'Outdated response ignored'), ('contradiction', 'Contradictory response from Khalti'), ('refund_requested', 'Refund requested'), ('refund_sent', 'Refund sent to Khalti'), ('refund_accepted', 'Refund accepted by Khalti'), ('refund_succeeded', 'Refund succeeded'), ('refund_failed', 'Refund failed'), ('refund_recorded', 'Refund recorded'), ('delivery_failed', 'Site integration error'), ('delivery_retried', 'Delivery retried'), ('issue_resolved', 'Issue resolved'), ('receipt_sent', 'Receipt sent by e-mail'), ('refund_notice_sent', 'Refund notice sent by e-mail'), ('note_added', 'Note')], max_length=32, verbose_name='kind')),
                ('at', models.DateTimeField(verbose_name='at')),
                ('actor', models.CharField(choices=[('visitor', 'Visitor'), ('system', 'System'), ('staff', 'Staff')], max_length=16, verbose_name='actor')),
                ('data', models.JSONField(blank=True, default=dict, verbose_name='data')),
                ('count', models.PositiveIntegerField(default=1, editable=False, verbose_name='count')),
                ('last_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='last at')),
                ('user', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='user')),
                ('payment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='events', to='wagtail_khalti.khaltipayment', verbose_name='payment')),
            ],
            options={
                'verbose_name': 'payment event',
                'verbose_name_plural': 'payment events',
                'ordering': ['at', 'pk'],
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='KhaltiRefund',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reference', models.CharField(default=wagtail_khalti.models.references.new_reference, editable=False, max_length=32, verbose_name='reference')),
                ('idempotency_key', models.CharField(blank=True, editable=False, max_length=128, null=True, verbose_name='idempotency key')),
                ('state', models.CharField(choices=[('requested', 'Requested'), ('processing', 'Processing'), ('succeeded', 'Succeeded'), ('failed', 'Failed'), ('unconfirmed', 'Unconfirmed'), ('external', 'Manual')], default='requested', max_length=16, verbose_name='state')),
                ('method', models.CharField(choices=[('khalti', 'Khalti'), ('dashboard', "Khalti's dashboard"), ('bank_transfer', 'Bank transfer'), ('cash', 'Cash')], default='khalti', max_length=16, verbose_name='method')),
                ('amount', models.BigIntegerField(blank=True, null=True, verbose_name='amount (paisa)')),
                ('refundable', models.BigIntegerField(blank=True, null=True, verbose_name='refundable balance (paisa)')),
                ('mobile', models.CharField(blank=True, max_length=20, verbose_name='mobile number')),
                ('reason', models.CharField(blank=True, max_length=255, verbose_name='reason')),
                ('answer', models.CharField(blank=True, max_length=500, verbose_name='response from Khalti')),
                ('is_accepted', models.BooleanField(default=False, verbose_name='accepted by Khalti')),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='created at')),
                ('sent_at', models.DateTimeField(blank=True, null=True, verbose_name='sent at')),
                ('not_seen_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='not found at Khalti at')),
                ('resolved_at', models.DateTimeField(blank=True, null=True, verbose_name='resolved at')),
                ('notice_due_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='notice due at')),
                ('payment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='refunds', to='wagtail_khalti.khaltipayment', verbose_name='payment')),
                ('requested_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='requested by')),
            ],
            options={
                'verbose_name': 'refund',
                'verbose_name_plural': 'refunds',
                'ordering': ['pk'],
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='KhaltiDelivery',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('event_type', models.CharField(choices=[('completed', 'Payment completed'), ('refunded', 'Payment refunded'), ('ended', 'Payment ended'), ('needs_attention', 'Payment needs attention')], max_length=32, verbose_name='event')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created at')),
                ('delivered_at', models.DateTimeField(blank=True, null=True, verbose_name='delivered at')),
                ('next_try_at', models.DateTimeField(blank=True, default=wagtail_khalti.models.delivery.first_retry, null=True, verbose_name='next attempt at')),
                ('attempts', models.PositiveIntegerField(default=0, verbose_name='attempts')),
                ('last_error', models.CharField(blank=True, max_length=500, verbose_name='last error')),
                ('issue', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='wagtail_khalti.khaltiissue', verbose_name='issue')),
                ('payment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='deliveries', to='wagtail_khalti.khaltipayment', verbose_name='payment')),
                ('refund', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='wagtail_khalti.khaltirefund', verbose_name='refund')),
            ],
            options={
                'verbose_name': 'delivery',
                'verbose_name_plural': 'deliveries',
                'ordering': ['pk'],
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='KhaltiSearchEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('is_personal', models.BooleanField(verbose_name='personal data')),
                ('text', models.CharField(max_length=80, verbose_name='text')),
                ('site_key', models.BigIntegerField(blank=True, null=True, verbose_name='site key')),
                ('payment', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='search_entries', to='wagtail_khalti.khaltipayment', verbose_name='payment')),
            ],
            options={
                'verbose_name': 'search entry',
                'verbose_name_plural': 'search entries',
                'ordering': ['pk'],
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='KhaltiSettings',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('merchant', models.CharField(blank=True, help_text='The account that receives the payments of this site. Developers set up the accounts.', max_length=64, verbose_name='Khalti account')),
                ('checkout_message', models.TextField(blank=True, help_text='Shown above the payment button, for example your terms. Plain text.', max_length=1000, verbose_name='checkout message')),
                ('contact', models.CharField(blank=True, help_text='Shown to visitors with questions: an e-mail address, a phone number or a web address.', max_length=200, verbose_name='contact')),
                ('sends_receipts', models.BooleanField(default=False, help_text='Send a receipt when a payment completes, if the visitor gave an e-mail address.', verbose_name='send receipts')),
                ('receipt_text', models.TextField(blank=True, help_text='Shown on the receipt below your name, for example your address and PAN. Plain text.', max_length=1000, verbose_name='receipt text')),
                ('notification_recipients', models.TextField(blank=True, help_text='E-mail addresses to notify when a payment needs attention. One address per line.', max_length=1000, verbose_name='notification recipients')),
                ('return_page', models.ForeignKey(blank=True, help_text='Where “Back” leads if the payment did not start on a page, or that page was deleted.', null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.WAGTAIL_PAGE_MODEL, verbose_name='return page')),
                ('site', models.OneToOneField(editable=False, on_delete=django.db.models.deletion.CASCADE, to='wagtailcore.site')),
                ('thank_you_page', models.ForeignKey(blank=True, help_text='After payment, the receipt has a button to this page. A block can choose another page.', null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.WAGTAIL_PAGE_MODEL, verbose_name='thank-you page')),
            ],
            options={
                'verbose_name': 'Khalti settings',
                'verbose_name_plural': 'Khalti settings',
                'default_permissions': ('change',),
            },
        ),
        migrations.CreateModel(
            name='KhaltiCheckoutView',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('mode', models.CharField(choices=[('simulator', 'Test (simulator)'), ('sandbox', 'Test (sandbox)'), ('live', 'Live')], max_length=16, verbose_name='mode')),
                ('merchant', models.CharField(max_length=64, verbose_name='Khalti account')),
                ('source_id', models.CharField(blank=True, max_length=64, verbose_name='source id')),
                ('source_title', models.CharField(blank=True, max_length=255, verbose_name='source')),
                ('block_path', models.CharField(blank=True, max_length=1000, verbose_name='block')),
                ('day', models.DateField(verbose_name='day')),
                ('dimensions', models.CharField(max_length=64, verbose_name='dimensions')),
                ('count', models.PositiveIntegerField(default=0, verbose_name='times opened')),
                ('site', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='wagtailcore.site', verbose_name='site')),
                ('source_type', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='contenttypes.contenttype', verbose_name='source type')),
            ],
            options={
                'verbose_name': 'checkout view',
                'verbose_name_plural': 'checkout views',
                'ordering': ['day', 'pk'],
                'default_permissions': (),
                'indexes': [models.Index(fields=['mode', 'day'], name='khalti_checkout_view_day')],
                'constraints': [models.UniqueConstraint(fields=('day', 'dimensions'), name='khalti_checkout_view_once')],
            },
        ),
        migrations.CreateModel(
            name='KhaltiDailyTotal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('mode', models.CharField(choices=[('simulator', 'Test (simulator)'), ('sandbox', 'Test (sandbox)'), ('live', 'Live')], max_length=16, verbose_name='mode')),
                ('merchant', models.CharField(max_length=64, verbose_name='Khalti account')),
                ('source_id', models.CharField(blank=True, max_length=64, verbose_name='source id')),
                ('source_title', models.CharField(blank=True, max_length=255, verbose_name='source')),
                ('block_path', models.CharField(blank=True, max_length=1000, verbose_name='block')),
                ('day', models.DateField(verbose_name='day')),
                ('started', models.PositiveIntegerField(default=0, verbose_name='started')),
                ('sent', models.PositiveIntegerField(default=0, verbose_name='sent to Khalti')),
                ('paid', models.PositiveIntegerField(default=0, verbose_name='paid')),
                ('canceled', models.PositiveIntegerField(default=0, verbose_name='cancelled')),
                ('expired', models.PositiveIntegerField(default=0, verbose_name='expired')),
                ('failed', models.PositiveIntegerField(default=0, verbose_name='failed')),
                ('times_to_pay', models.JSONField(default=dict, verbose_name='times to pay')),
                ('payments', models.PositiveIntegerField(default=0, verbose_name='payments')),
                ('gross', models.BigIntegerField(default=0, verbose_name='gross (paisa)')),
                ('fee', models.BigIntegerField(default=0, verbose_name='fee (paisa)')),
                ('refund_count', models.PositiveIntegerField(default=0, verbose_name='refunds')),
                ('refunded', models.BigIntegerField(default=0, verbose_name='refunded (paisa)')),
                ('site', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='wagtailcore.site', verbose_name='site')),
                ('source_type', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='contenttypes.contenttype', verbose_name='source type')),
            ],
            options={
                'verbose_name': 'daily total',
                'verbose_name_plural': 'daily totals',
                'ordering': ['day', 'pk'],
                'default_permissions': (),
                'indexes': [models.Index(fields=['mode', 'day'], name='khalti_daily_total_day')],
            },
        ),
        migrations.AddIndex(
            model_name='khaltipayment',
            index=models.Index(fields=['merchant', 'mode', 'next_check_at', 'id'], name='khalti_payment_due'),
        ),
        migrations.AddIndex(
            model_name='khaltipayment',
            index=models.Index(fields=['is_urgent', 'merchant', 'mode', 'next_check_at', 'id'], name='khalti_payment_urgent'),
        ),
        migrations.AddIndex(
            model_name='khaltipayment',
            index=models.Index(fields=['mode', 'created_at', 'id'], name='khalti_payment_started'),
        ),
        migrations.AddIndex(
            model_name='khaltipayment',
            index=models.Index(fields=['mode', 'status', 'created_at', 'id'], name='khalti_payment_status'),
        ),
        migrations.AddIndex(
            model_name='khaltipayment',
            index=models.Index(fields=['mode', 'completed_at', 'id'], name='khalti_payment_paid'),
        ),
        migrations.AddIndex(
            model_name='khaltipayment',
            index=models.Index(fields=['mode', 'amount', 'id'], name='khalti_payment_amount'),
        ),
        migrations.AddIndex(
            model_name='khaltipayment',
            index=models.Index(fields=['site', 'mode', 'created_at', 'id'], name='khalti_payment_site'),
        ),
        migrations.AddIndex(
            model_name='khaltipayment',
            index=models.Index(fields=['source_type', 'source_id', 'mode', 'created_at'], name='khalti_payment_source'),
        ),
        migrations.AddIndex(
            model_name='khaltipayment',
            index=models.Index(condition=models.Q(('duplicate_of__isnull', False)), fields=['duplicate_of'], name='khalti_payment_duplicate'),
        ),
        migrations.AddIndex(
            model_name='khaltipayment',
            index=models.Index(condition=models.Q(('payable_class__isnull', False)), fields=['payable_class'], name='khalti_payment_payable_class'),
        ),
        migrations.AddIndex(
            model_name='khaltipayment',
            index=models.Index(fields=['transaction_id'], name='khalti_payment_transaction', opclasses=['varchar_pattern_ops']),
        ),
        migrations.AddIndex(
            model_name='khaltipayment',
            index=models.Index(fields=['customer_email'], name='khalti_payment_email', opclasses=['varchar_pattern_ops']),
        ),
        migrations.AddIndex(
            model_name='khaltipayment',
            index=models.Index(fields=['customer_phone'], name='khalti_payment_phone', opclasses=['varchar_pattern_ops']),
        ),
        migrations.AddConstraint(
            model_name='khaltipayment',
            constraint=models.CheckConstraint(condition=models.Q(('amount__gt', 0)), name='khalti_payment_amount_positive'),
        ),
        migrations.AddConstraint(
            model_name='khaltipayment',
            constraint=models.CheckConstraint(condition=models.Q(('refund_total__gte', 0), ('refund_total__lte', models.F('amount'))), name='khalti_payment_refunds_within_amount'),
        ),
        migrations.AddConstraint(
            model_name='khaltipayment',
            constraint=models.CheckConstraint(condition=models.Q(('fee__isnull', True), ('fee__gte', 0), _connector='OR'), name='khalti_payment_fee_not_negative'),
        ),
        migrations.AddConstraint(
            model_name='khaltipayment',
            constraint=models.CheckConstraint(condition=models.Q(('status__in', ['created', 'initiated', 'pending', 'completed', 'partially_refunded', 'refunded', 'canceled', 'expired', 'failed'])), name='khalti_payment_status_known'),
        ),
        migrations.AddConstraint(
            model_name='khaltipayment',
            constraint=models.CheckConstraint(condition=models.Q(('pidx', ''), _negated=True), name='khalti_payment_pidx_not_blank'),
        ),
        migrations.AddConstraint(
            model_name='khaltipayment',
            constraint=models.UniqueConstraint(fields=('reference',), name='khalti_payment_reference_unique', opclasses=['varchar_pattern_ops']),
        ),
        migrations.AddConstraint(
            model_name='khaltipayment',
            constraint=models.UniqueConstraint(fields=('idempotency_key',), name='khalti_payment_idempotency_unique'),
        ),
        migrations.AddConstraint(
            model_name='khaltipayment',
            constraint=models.UniqueConstraint(fields=('purchase_order_id',), name='khalti_payment_order_unique', opclasses=['varchar_pattern_ops']),
        ),
        migrations.AddConstraint(
            model_name='khaltipayment',
            constraint=models.UniqueConstraint(fields=('pidx',), name='khalti_payment_pidx_unique', opclasses=['varchar_pattern_ops']),
        ),
        migrations.AddConstraint(
            model_name='khaltipayment',
            constraint=models.UniqueConstraint(fields=('payable_type', 'payable_id', 'mode', 'is_primary'), name='khalti_payment_one_primary'),
        ),
        migrations.AddIndex(
            model_name='khaltiissue',
            index=models.Index(fields=['is_open', 'kind'], name='khalti_issue_open'),
        ),
        migrations.AddIndex(
            model_name='khaltiissue',
            index=models.Index(fields=['is_open', 'risk', 'opened_at', 'id'], name='khalti_issue_risk'),
        ),
        migrations.AddConstraint(
            model_name='khaltiissue',
            constraint=models.UniqueConstraint(fields=('payment', 'kind', 'is_open'), name='khalti_issue_one_open'),
        ),
        migrations.AddConstraint(
            model_name='khaltiissue',
            constraint=models.UniqueConstraint(fields=('merchant', 'kind', 'is_open'), name='khalti_issue_one_for_merchant'),
        ),
        migrations.AddIndex(
            model_name='khaltirefund',
            index=models.Index(fields=['resolved_at', 'state'], name='khalti_refund_resolved'),
        ),
        migrations.AddIndex(
            model_name='khaltirefund',
            index=models.Index(fields=['notice_due_at', 'id'], name='khalti_refund_notice'),
        ),
        migrations.AddConstraint(
            model_name='khaltirefund',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('amount__gt', 0), ('amount__isnull', False)), models.Q(('amount__isnull', True), ('state', 'external')), _connector='OR'), name='khalti_refund_amount_positive'),
        ),
        migrations.AddConstraint(
            model_name='khaltirefund',
            constraint=models.CheckConstraint(condition=models.Q(('refundable', None), ('refundable__gte', 0), _connector='OR'), name='khalti_refund_refundable'),
        ),
        migrations.AddConstraint(
            model_name='khaltirefund',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['requested', 'processing', 'succeeded', 'failed', 'unconfirmed', 'external'])), name='khalti_refund_state_known'),
        ),
        migrations.AddConstraint(
            model_name='khaltirefund',
            constraint=models.CheckConstraint(condition=models.Q(('method__in', ['khalti', 'dashboard', 'bank_transfer', 'cash'])), name='khalti_refund_method_known'),
        ),
        migrations.AddConstraint(
            model_name='khaltirefund',
            constraint=models.UniqueConstraint(fields=('reference',), name='khalti_refund_reference_unique'),
        ),
        migrations.AddConstraint(
            model_name='khaltirefund',
            constraint=models.UniqueConstraint(fields=('idempotency_key',), name='khalti_refund_idempotency_unique'),
        ),
        migrations.AddIndex(
            model_name='khaltidelivery',
            index=models.Index(fields=['next_try_at', 'id'], name='khalti_delivery_due'),
        ),
        migrations.AddIndex(
            model_name='khaltisearchentry',
            index=models.Index(fields=['is_personal', 'text', 'site_key', 'payment'], name='khalti_search_entry_text', opclasses=['bool_ops', 'varchar_pattern_ops', 'int8_ops', 'int8_ops']),
        ),
    ]
