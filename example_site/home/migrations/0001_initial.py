import django.core.validators
import django.db.models.deletion
import uuid
import wagtail.fields
import wagtail.models.preview
from decimal import Decimal
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('wagtail_khalti', '0001_initial'),
        ('wagtailcore', '0097_baselogentry_uuid_action_timestamp_indexes'),
    ]

    operations = [
        migrations.CreateModel(
            name='HomePage',
            fields=[
                ('page_ptr', models.OneToOneField(auto_created=True, on_delete=django.db.models.deletion.CASCADE, parent_link=True, primary_key=True, serialize=False, to='wagtailcore.page')),
                ('body', wagtail.fields.StreamField([('heading', 0), ('paragraph', 1), ('checkout', 11), ('cards', 15), ('links', 19), ('receipt', 20), ('appeal', 21)], blank=True, block_lookup={0: ('wagtail.blocks.CharBlock', (), {'icon': 'title', 'template': 'home/blocks/heading.html'}), 1: ('wagtail.blocks.RichTextBlock', (), {'features': ['bold', 'italic', 'link', 'ol', 'ul']}), 2: ('wagtail.blocks.CharBlock', (), {'default': '', 'label': 'Heading', 'max_length': 255, 'required': False}), 3: ('wagtail.blocks.TextBlock', (), {'default': '', 'label': 'Text', 'required': False}), 4: ('wagtail.blocks.CharBlock', (), {'default': '', 'help_text': 'Shown at Khalti and on the receipt, for example “Membership 2026”.', 'label': 'Description', 'max_length': 255}), 5: ('wagtail.blocks.DecimalBlock', (), {'decimal_places': 2, 'label': 'Price in rupees', 'max_digits': 12, 'validators': [django.core.validators.MinValueValidator(Decimal('10.00'), message="Khalti's minimum is Rs 10.")]}), 6: ('wagtail.blocks.IntegerBlock', (), {'help_text': 'Leave empty to sell one per order, without a quantity field.', 'label': 'Maximum quantity per order', 'max_value': 1000, 'min_value': 1, 'required': False}), 7: ('wagtail.blocks.MultipleChoiceBlock', [], {'choices': [('name', 'Name'), ('email', 'E-mail address'), ('phone', 'Mobile number')], 'help_text': 'What the visitor has to enter before paying.', 'label': 'Required fields', 'required': False}), 8: ('wagtail.blocks.MultipleChoiceBlock', [], {'choices': [('name', 'Name'), ('email', 'E-mail address'), ('phone', 'Mobile number')], 'help_text': 'What the visitor may enter, or leave empty.', 'label': 'Optional fields', 'required': False}), 9: ('wagtail_khalti.blocks.thank_you_page.ThankYouPageBlock', (), {'help_text': 'After paying, visitors see their receipt, with a button to this page.', 'label': 'Thank-you page', 'required': False}), 10: ('wagtail.blocks.CharBlock', (), {'default': '', 'help_text': 'Pay with Khalti', 'label': 'Button text', 'max_length': 60, 'required': False}), 11: ('wagtail.blocks.StructBlock', [[('heading', 2), ('text', 3), ('item_name', 4), ('amount', 5), ('max_quantity', 6), ('fields', 7), ('optional_fields', 8), ('thank_you_page', 9), ('button_text', 10)]], {}), 12: ('wagtail.blocks.CharBlock', (), {'max_length': 100}), 13: ('wagtail.blocks.TextBlock', (), {'required': False}), 14: ('wagtail.blocks.StructBlock', [[('title', 12), ('text', 13), ('checkout', 11)]], {}), 15: ('wagtail.blocks.ListBlock', (14,), {'icon': 'list-ul', 'template': 'home/blocks/tiles.html'}), 16: ('wagtail.blocks.PageChooserBlock', (), {}), 17: ('wagtail.blocks.CharBlock', (), {'max_length': 200}), 18: ('wagtail.blocks.StructBlock', [[('page', 16), ('text', 17)]], {}), 19: ('wagtail.blocks.ListBlock', (18,), {'icon': 'list-ul', 'template': 'home/blocks/tiles.html'}), 20: ('wagtail_khalti.blocks.receipt.KhaltiReceiptBlock', (), {}), 21: ('wagtail.snippets.blocks.SnippetChooserBlock', ('home.Appeal',), {'template': 'home/blocks/appeal.html'})})),
            ],
            options={
                'abstract': False,
            },
            bases=('wagtailcore.page',),
        ),
        migrations.CreateModel(
            name='MembershipPage',
            fields=[
                ('page_ptr', models.OneToOneField(auto_created=True, on_delete=django.db.models.deletion.CASCADE, parent_link=True, primary_key=True, serialize=False, to='wagtailcore.page')),
                ('body', wagtail.fields.StreamField([('heading', 0), ('paragraph', 1), ('checkout', 11), ('cards', 15), ('links', 19), ('receipt', 20), ('appeal', 21)], blank=True, block_lookup={0: ('wagtail.blocks.CharBlock', (), {'icon': 'title', 'template': 'home/blocks/heading.html'}), 1: ('wagtail.blocks.RichTextBlock', (), {'features': ['bold', 'italic', 'link', 'ol', 'ul']}), 2: ('wagtail.blocks.CharBlock', (), {'default': '', 'label': 'Heading', 'max_length': 255, 'required': False}), 3: ('wagtail.blocks.TextBlock', (), {'default': '', 'label': 'Text', 'required': False}), 4: ('wagtail.blocks.CharBlock', (), {'default': '', 'help_text': 'Shown at Khalti and on the receipt, for example “Membership 2026”.', 'label': 'Description', 'max_length': 255}), 5: ('wagtail.blocks.DecimalBlock', (), {'decimal_places': 2, 'label': 'Price in rupees', 'max_digits': 12, 'validators': [django.core.validators.MinValueValidator(Decimal('10.00'), message="Khalti's minimum is Rs 10.")]}), 6: ('wagtail.blocks.IntegerBlock', (), {'help_text': 'Leave empty to sell one per order, without a quantity field.', 'label': 'Maximum quantity per order', 'max_value': 1000, 'min_value': 1, 'required': False}), 7: ('wagtail.blocks.MultipleChoiceBlock', [], {'choices': [('name', 'Name'), ('email', 'E-mail address'), ('phone', 'Mobile number')], 'help_text': 'What the visitor has to enter before paying.', 'label': 'Required fields', 'required': False}), 8: ('wagtail.blocks.MultipleChoiceBlock', [], {'choices': [('name', 'Name'), ('email', 'E-mail address'), ('phone', 'Mobile number')], 'help_text': 'What the visitor may enter, or leave empty.', 'label': 'Optional fields', 'required': False}), 9: ('wagtail_khalti.blocks.thank_you_page.ThankYouPageBlock', (), {'help_text': 'After paying, visitors see their receipt, with a button to this page.', 'label': 'Thank-you page', 'required': False}), 10: ('wagtail.blocks.CharBlock', (), {'default': '', 'help_text': 'Pay with Khalti', 'label': 'Button text', 'max_length': 60, 'required': False}), 11: ('wagtail.blocks.StructBlock', [[('heading', 2), ('text', 3), ('item_name', 4), ('amount', 5), ('max_quantity', 6), ('fields', 7), ('optional_fields', 8), ('thank_you_page', 9), ('button_text', 10)]], {}), 12: ('wagtail.blocks.CharBlock', (), {'max_length': 100}), 13: ('wagtail.blocks.TextBlock', (), {'required': False}), 14: ('wagtail.blocks.StructBlock', [[('title', 12), ('text', 13), ('checkout', 11)]], {}), 15: ('wagtail.blocks.ListBlock', (14,), {'icon': 'list-ul', 'template': 'home/blocks/tiles.html'}), 16: ('wagtail.blocks.PageChooserBlock', (), {}), 17: ('wagtail.blocks.CharBlock', (), {'max_length': 200}), 18: ('wagtail.blocks.StructBlock', [[('page', 16), ('text', 17)]], {}), 19: ('wagtail.blocks.ListBlock', (18,), {'icon': 'list-ul', 'template': 'home/blocks/tiles.html'}), 20: ('wagtail_khalti.blocks.receipt.KhaltiReceiptBlock', (), {}), 21: ('wagtail.snippets.blocks.SnippetChooserBlock', ('home.Appeal',), {'template': 'home/blocks/appeal.html'})})),
            ],
            options={
                'abstract': False,
            },
            bases=('wagtailcore.page',),
        ),
        migrations.CreateModel(
            name='StandardPage',
            fields=[
                ('page_ptr', models.OneToOneField(auto_created=True, on_delete=django.db.models.deletion.CASCADE, parent_link=True, primary_key=True, serialize=False, to='wagtailcore.page')),
                ('body', wagtail.fields.StreamField([('heading', 0), ('paragraph', 1), ('checkout', 11), ('cards', 15), ('links', 19), ('receipt', 20), ('appeal', 21)], blank=True, block_lookup={0: ('wagtail.blocks.CharBlock', (), {'icon': 'title', 'template': 'home/blocks/heading.html'}), 1: ('wagtail.blocks.RichTextBlock', (), {'features': ['bold', 'italic', 'link', 'ol', 'ul']}), 2: ('wagtail.blocks.CharBlock', (), {'default': '', 'label': 'Heading', 'max_length': 255, 'required': False}), 3: ('wagtail.blocks.TextBlock', (), {'default': '', 'label': 'Text', 'required': False}), 4: ('wagtail.blocks.CharBlock', (), {'default': '', 'help_text': 'Shown at Khalti and on the receipt, for example “Membership 2026”.', 'label': 'Description', 'max_length': 255}), 5: ('wagtail.blocks.DecimalBlock', (), {'decimal_places': 2, 'label': 'Price in rupees', 'max_digits': 12, 'validators': [django.core.validators.MinValueValidator(Decimal('10.00'), message="Khalti's minimum is Rs 10.")]}), 6: ('wagtail.blocks.IntegerBlock', (), {'help_text': 'Leave empty to sell one per order, without a quantity field.', 'label': 'Maximum quantity per order', 'max_value': 1000, 'min_value': 1, 'required': False}), 7: ('wagtail.blocks.MultipleChoiceBlock', [], {'choices': [('name', 'Name'), ('email', 'E-mail address'), ('phone', 'Mobile number')], 'help_text': 'What the visitor has to enter before paying.', 'label': 'Required fields', 'required': False}), 8: ('wagtail.blocks.MultipleChoiceBlock', [], {'choices': [('name', 'Name'), ('email', 'E-mail address'), ('phone', 'Mobile number')], 'help_text': 'What the visitor may enter, or leave empty.', 'label': 'Optional fields', 'required': False}), 9: ('wagtail_khalti.blocks.thank_you_page.ThankYouPageBlock', (), {'help_text': 'After paying, visitors see their receipt, with a button to this page.', 'label': 'Thank-you page', 'required': False}), 10: ('wagtail.blocks.CharBlock', (), {'default': '', 'help_text': 'Pay with Khalti', 'label': 'Button text', 'max_length': 60, 'required': False}), 11: ('wagtail.blocks.StructBlock', [[('heading', 2), ('text', 3), ('item_name', 4), ('amount', 5), ('max_quantity', 6), ('fields', 7), ('optional_fields', 8), ('thank_you_page', 9), ('button_text', 10)]], {}), 12: ('wagtail.blocks.CharBlock', (), {'max_length': 100}), 13: ('wagtail.blocks.TextBlock', (), {'required': False}), 14: ('wagtail.blocks.StructBlock', [[('title', 12), ('text', 13), ('checkout', 11)]], {}), 15: ('wagtail.blocks.ListBlock', (14,), {'icon': 'list-ul', 'template': 'home/blocks/tiles.html'}), 16: ('wagtail.blocks.PageChooserBlock', (), {}), 17: ('wagtail.blocks.CharBlock', (), {'max_length': 200}), 18: ('wagtail.blocks.StructBlock', [[('page', 16), ('text', 17)]], {}), 19: ('wagtail.blocks.ListBlock', (18,), {'icon': 'list-ul', 'template': 'home/blocks/tiles.html'}), 20: ('wagtail_khalti.blocks.receipt.KhaltiReceiptBlock', (), {}), 21: ('wagtail.snippets.blocks.SnippetChooserBlock', ('home.Appeal',), {'template': 'home/blocks/appeal.html'})})),
            ],
            options={
                'abstract': False,
            },
            bases=('wagtailcore.page',),
        ),
        migrations.CreateModel(
            name='Membership',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=255)),
                ('email', models.EmailField(blank=True, max_length=254)),
                ('phone', models.CharField(blank=True, max_length=20, verbose_name='mobile number')),
                ('begins_on', models.DateField()),
                ('payment', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='membership', to='wagtail_khalti.khaltipayment')),
            ],
            options={
                'ordering': ['-begins_on', '-pk'],
            },
        ),
        migrations.CreateModel(
            name='Appeal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('translation_key', models.UUIDField(default=uuid.uuid4, editable=False)),
                ('name', models.CharField(max_length=100)),
                ('body', wagtail.fields.StreamField([('checkout', 9)], block_lookup={0: ('wagtail.blocks.CharBlock', (), {'default': '', 'label': 'Heading', 'max_length': 255, 'required': False}), 1: ('wagtail.blocks.TextBlock', (), {'default': '', 'label': 'Text', 'required': False}), 2: ('wagtail.blocks.CharBlock', (), {'default': '', 'help_text': 'Shown at Khalti and on the receipt, for example “Membership 2026”.', 'label': 'Description', 'max_length': 255}), 3: ('wagtail.blocks.DecimalBlock', (), {'decimal_places': 2, 'label': 'Price in rupees', 'max_digits': 12, 'validators': [django.core.validators.MinValueValidator(Decimal('10.00'), message="Khalti's minimum is Rs 10.")]}), 4: ('wagtail.blocks.IntegerBlock', (), {'help_text': 'Leave empty to sell one per order, without a quantity field.', 'label': 'Maximum quantity per order', 'max_value': 1000, 'min_value': 1, 'required': False}), 5: ('wagtail.blocks.MultipleChoiceBlock', [], {'choices': [('name', 'Name'), ('email', 'E-mail address'), ('phone', 'Mobile number')], 'help_text': 'What the visitor has to enter before paying.', 'label': 'Required fields', 'required': False}), 6: ('wagtail.blocks.MultipleChoiceBlock', [], {'choices': [('name', 'Name'), ('email', 'E-mail address'), ('phone', 'Mobile number')], 'help_text': 'What the visitor may enter, or leave empty.', 'label': 'Optional fields', 'required': False}), 7: ('wagtail_khalti.blocks.thank_you_page.ThankYouPageBlock', (), {'help_text': 'After paying, visitors see their receipt, with a button to this page.', 'label': 'Thank-you page', 'required': False}), 8: ('wagtail.blocks.CharBlock', (), {'default': '', 'help_text': 'Pay with Khalti', 'label': 'Button text', 'max_length': 60, 'required': False}), 9: ('wagtail.blocks.StructBlock', [[('heading', 0), ('text', 1), ('item_name', 2), ('amount', 3), ('max_quantity', 4), ('fields', 5), ('optional_fields', 6), ('thank_you_page', 7), ('button_text', 8)]], {})})),
                ('locale', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='wagtailcore.locale', verbose_name='locale')),
            ],
            options={
                'abstract': False,
                'unique_together': {('translation_key', 'locale')},
            },
            bases=(wagtail.models.preview.PreviewableMixin, models.Model),
        ),
    ]
