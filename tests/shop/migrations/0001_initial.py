
import swapper
import django.core.validators
import django.db.models.deletion
import tests.shop.models
import wagtail.fields
import wagtail.models.preview
from decimal import Decimal

from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('wagtailcore', '0097_baselogentry_uuid_action_timestamp_indexes'),
    ]

    operations = [
        migrations.CreateModel(
            name='Order',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('note', models.CharField(blank=True, max_length=100)),
                ('times_paid', models.IntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name='Teaser',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('live', models.BooleanField(default=True, editable=False, verbose_name='live')),
                ('has_unpublished_changes', models.BooleanField(default=False, editable=False, verbose_name='has unpublished changes')),
                ('first_published_at', models.DateTimeField(blank=True, db_index=True, null=True, verbose_name='first published at')),
                ('last_published_at', models.DateTimeField(editable=False, null=True, verbose_name='last published at')),
                ('go_live_at', models.DateTimeField(blank=True, null=True, verbose_name='go live date/time')),
                ('expire_at', models.DateTimeField(blank=True, null=True, verbose_name='expiry date/time')),
                ('expired', models.BooleanField(default=False, editable=False, verbose_name='expired')),
                ('name', models.CharField(max_length=100)),
                ('body', wagtail.fields.StreamField([('checkout', 9)], blank=True, block_lookup={0: ('wagtail.blocks.CharBlock', (), {'default': '', 'label': 'Heading', 'max_length': 255, 'required': False}), 1: ('wagtail.blocks.TextBlock', (), {'default': '', 'label': 'Text', 'required': False}), 2: ('wagtail.blocks.CharBlock', (), {'default': '', 'help_text': 'Shown at Khalti and on the receipt, for example “Membership 2026”.', 'label': 'Description', 'max_length': 255}), 3: ('wagtail.blocks.DecimalBlock', (), {'decimal_places': 2, 'label': 'Price in rupees', 'max_digits': 12, 'validators': [django.core.validators.MinValueValidator(Decimal('10.00'), message="Khalti's minimum is Rs 10.")]}), 4: ('wagtail.blocks.IntegerBlock', (), {'help_text': 'Leave empty to sell one per order, without a quantity field.', 'label': 'Maximum quantity per order', 'max_value': 1000, 'min_value': 1, 'required': False}), 5: ('wagtail.blocks.MultipleChoiceBlock', [], {'choices': [('name', 'Name'), ('email', 'E-mail address'), ('phone', 'Mobile number')], 'help_text': 'What the visitor has to enter before paying.', 'label': 'Required fields', 'required': False}), 6: ('wagtail.blocks.MultipleChoiceBlock', [], {'choices': [('name', 'Name'), ('email', 'E-mail address'), ('phone', 'Mobile number')], 'help_text': 'What the visitor may enter, or leave empty.', 'label': 'Optional fields', 'required': False}), 7: ('wagtail_khalti.blocks.thank_you_page.ThankYouPageBlock', (), {'help_text': 'After paying, visitors see their receipt, with a button to this page.', 'label': 'Thank-you page', 'required': False}), 8: ('wagtail.blocks.CharBlock', (), {'default': '', 'help_text': 'Pay with Khalti', 'label': 'Button text', 'max_length': 60, 'required': False}), 9: ('wagtail.blocks.StructBlock', [[('heading', 0), ('text', 1), ('item_name', 2), ('amount', 3), ('max_quantity', 4), ('fields', 5), ('optional_fields', 6), ('thank_you_page', 7), ('button_text', 8)]], {})})),
                ('latest_revision', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='wagtailcore.revision', verbose_name='latest revision')),
                ('live_revision', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='wagtailcore.revision', verbose_name='live revision')),
            ],
            options={
                'abstract': False,
            },
            bases=(wagtail.models.preview.PreviewableMixin, models.Model),
        ),
        migrations.CreateModel(
            name='ShopPage',
            fields=[
                ('page_ptr', models.OneToOneField(auto_created=True, on_delete=django.db.models.deletion.CASCADE, parent_link=True, primary_key=True, serialize=False, to=swapper.get_model_name("wagtailcore", "Page"))),
                ('intro', models.CharField(blank=True, max_length=200)),
                ('body', wagtail.fields.StreamField([('paragraph', 0), ('picture', 1), ('checkout', 11), ('card', 14), ('cards', 15), ('columns', 17), ('teaser', 18)], blank=True, block_lookup={0: ('wagtail.blocks.TextBlock', (), {}), 1: ('wagtail.images.blocks.ImageChooserBlock', (), {}), 2: ('wagtail.blocks.CharBlock', (), {'default': '', 'label': 'Heading', 'max_length': 255, 'required': False}), 3: ('wagtail.blocks.TextBlock', (), {'default': '', 'label': 'Text', 'required': False}), 4: ('wagtail.blocks.CharBlock', (), {'default': '', 'help_text': 'Shown at Khalti and on the receipt, for example “Membership 2026”.', 'label': 'Description', 'max_length': 255}), 5: ('wagtail.blocks.DecimalBlock', (), {'decimal_places': 2, 'label': 'Price in rupees', 'max_digits': 12, 'validators': [django.core.validators.MinValueValidator(Decimal('10.00'), message="Khalti's minimum is Rs 10.")]}), 6: ('wagtail.blocks.IntegerBlock', (), {'help_text': 'Leave empty to sell one per order, without a quantity field.', 'label': 'Maximum quantity per order', 'max_value': 1000, 'min_value': 1, 'required': False}), 7: ('wagtail.blocks.MultipleChoiceBlock', [], {'choices': [('name', 'Name'), ('email', 'E-mail address'), ('phone', 'Mobile number')], 'help_text': 'What the visitor has to enter before paying.', 'label': 'Required fields', 'required': False}), 8: ('wagtail.blocks.MultipleChoiceBlock', [], {'choices': [('name', 'Name'), ('email', 'E-mail address'), ('phone', 'Mobile number')], 'help_text': 'What the visitor may enter, or leave empty.', 'label': 'Optional fields', 'required': False}), 9: ('wagtail_khalti.blocks.thank_you_page.ThankYouPageBlock', (), {'help_text': 'After paying, visitors see their receipt, with a button to this page.', 'label': 'Thank-you page', 'required': False}), 10: ('wagtail.blocks.CharBlock', (), {'default': '', 'help_text': 'Pay with Khalti', 'label': 'Button text', 'max_length': 60, 'required': False}), 11: ('wagtail.blocks.StructBlock', [[('heading', 2), ('text', 3), ('item_name', 4), ('amount', 5), ('max_quantity', 6), ('fields', 7), ('optional_fields', 8), ('thank_you_page', 9), ('button_text', 10)]], {}), 12: ('wagtail.blocks.CharBlock', (), {'required': False}), 13: ('wagtail.images.blocks.ImageChooserBlock', (), {'required': False}), 14: ('wagtail.blocks.StructBlock', [[('title', 12), ('picture', 13), ('checkout', 11)]], {}), 15: ('wagtail.blocks.ListBlock', (14,), {}), 16: ('wagtail.blocks.StreamBlock', [[('card', 14), ('checkout', 11)]], {}), 17: ('wagtail.blocks.ListBlock', (16,), {}), 18: ('wagtail.snippets.blocks.SnippetChooserBlock', (tests.shop.models.Teaser,), {})})),
                ('sidebar', wagtail.fields.StreamField([('paragraph', 0), ('picture', 1), ('checkout', 11), ('card', 14), ('cards', 15), ('columns', 17), ('teaser', 18)], blank=True, block_lookup={0: ('wagtail.blocks.TextBlock', (), {}), 1: ('wagtail.images.blocks.ImageChooserBlock', (), {}), 2: ('wagtail.blocks.CharBlock', (), {'default': '', 'label': 'Heading', 'max_length': 255, 'required': False}), 3: ('wagtail.blocks.TextBlock', (), {'default': '', 'label': 'Text', 'required': False}), 4: ('wagtail.blocks.CharBlock', (), {'default': '', 'help_text': 'Shown at Khalti and on the receipt, for example “Membership 2026”.', 'label': 'Description', 'max_length': 255}), 5: ('wagtail.blocks.DecimalBlock', (), {'decimal_places': 2, 'label': 'Price in rupees', 'max_digits': 12, 'validators': [django.core.validators.MinValueValidator(Decimal('10.00'), message="Khalti's minimum is Rs 10.")]}), 6: ('wagtail.blocks.IntegerBlock', (), {'help_text': 'Leave empty to sell one per order, without a quantity field.', 'label': 'Maximum quantity per order', 'max_value': 1000, 'min_value': 1, 'required': False}), 7: ('wagtail.blocks.MultipleChoiceBlock', [], {'choices': [('name', 'Name'), ('email', 'E-mail address'), ('phone', 'Mobile number')], 'help_text': 'What the visitor has to enter before paying.', 'label': 'Required fields', 'required': False}), 8: ('wagtail.blocks.MultipleChoiceBlock', [], {'choices': [('name', 'Name'), ('email', 'E-mail address'), ('phone', 'Mobile number')], 'help_text': 'What the visitor may enter, or leave empty.', 'label': 'Optional fields', 'required': False}), 9: ('wagtail_khalti.blocks.thank_you_page.ThankYouPageBlock', (), {'help_text': 'After paying, visitors see their receipt, with a button to this page.', 'label': 'Thank-you page', 'required': False}), 10: ('wagtail.blocks.CharBlock', (), {'default': '', 'help_text': 'Pay with Khalti', 'label': 'Button text', 'max_length': 60, 'required': False}), 11: ('wagtail.blocks.StructBlock', [[('heading', 2), ('text', 3), ('item_name', 4), ('amount', 5), ('max_quantity', 6), ('fields', 7), ('optional_fields', 8), ('thank_you_page', 9), ('button_text', 10)]], {}), 12: ('wagtail.blocks.CharBlock', (), {'required': False}), 13: ('wagtail.images.blocks.ImageChooserBlock', (), {'required': False}), 14: ('wagtail.blocks.StructBlock', [[('title', 12), ('picture', 13), ('checkout', 11)]], {}), 15: ('wagtail.blocks.ListBlock', (14,), {}), 16: ('wagtail.blocks.StreamBlock', [[('card', 14), ('checkout', 11)]], {}), 17: ('wagtail.blocks.ListBlock', (16,), {}), 18: ('wagtail.snippets.blocks.SnippetChooserBlock', (tests.shop.models.Teaser,), {})})),
                ('teaser', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='shop.teaser')),
            ],
            options={
                'abstract': False,
            },
            bases=('wagtailcore.page',),
        ),
    ]
