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
                ('body', wagtail.fields.StreamField([('heading', 0), ('paragraph', 1), ('checkout', 10), ('cards', 14), ('links', 18), ('receipt', 19), ('appeal', 20)], blank=True, block_lookup={0: ('wagtail.blocks.CharBlock', (), {'icon': 'title', 'template': 'home/blocks/heading.html'}), 1: ('wagtail.blocks.RichTextBlock', (), {'features': ['bold', 'italic', 'link', 'ol', 'ul']}), 2: ('wagtail.blocks.CharBlock', (), {'default': '', 'label': 'Heading', 'max_length': 255, 'required': False}), 3: ('wagtail.blocks.TextBlock', (), {'default': '', 'label': 'Text', 'required': False}), 4: ('wagtail.blocks.CharBlock', (), {'default': '', 'help_text': 'Shown at Khalti and on the receipt, for example “Membership 2026”.', 'label': 'Description', 'max_length': 255}), 5: ('wagtail.blocks.DecimalBlock', (), {'decimal_places': 2, 'label': 'Price in rupees', 'max_digits': 12, 'validators': [django.core.validators.MinValueValidator(Decimal('10.00'), message="Khalti's minimum is Rs 10.")]}), 6: ('wagtail.blocks.IntegerBlock', (), {'help_text': 'Leave empty to sell one per order, without a quantity field.', 'label': 'Maximum quantity per order', 'max_value': 1000, 'min_value': 1, 'required': False}), 7: ('wagtail.blocks.MultipleChoiceBlock', [], {'choices': [('name', 'Name'), ('email', 'E-mail address'), ('phone', 'Mobile number')], 'help_text': 'What the visitor has to enter before paying.', 'label': 'Fields', 'required': False}), 8: ('wagtail_khalti.blocks.ThankYouPageBlock', (), {'help_text': 'After paying, visitors see their receipt, with a button to this page.', 'label': 'Thank-you page', 'required': False}), 9: ('wagtail.blocks.CharBlock', (), {'default': '', 'help_text': 'Pay with Khalti', 'label': 'Button text', 'max_length': 60, 'required': False}), 10: ('wagtail.blocks.StructBlock', [[('heading', 2), ('text', 3), ('item_name', 4), ('amount', 5), ('max_quantity', 6), ('fields', 7), ('thank_you_page', 8), ('button_text', 9)]], {}), 11: ('wagtail.blocks.CharBlock', (), {'max_length': 100}), 12: ('wagtail.blocks.TextBlock', (), {'required': False}), 13: ('wagtail.blocks.StructBlock', [[('title', 11), ('text', 12), ('checkout', 10)]], {}), 14: ('wagtail.blocks.ListBlock', (13,), {'icon': 'list-ul', 'template': 'home/blocks/tiles.html'}), 15: ('wagtail.blocks.PageChooserBlock', (), {}), 16: ('wagtail.blocks.CharBlock', (), {'max_length': 200}), 17: ('wagtail.blocks.StructBlock', [[('page', 15), ('text', 16)]], {}), 18: ('wagtail.blocks.ListBlock', (17,), {'icon': 'list-ul', 'template': 'home/blocks/tiles.html'}), 19: ('wagtail_khalti.blocks.KhaltiReceiptBlock', (), {}), 20: ('wagtail.snippets.blocks.SnippetChooserBlock', ('home.Appeal',), {'template': 'home/blocks/appeal.html'})})),
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
                ('body', wagtail.fields.StreamField([('heading', 0), ('paragraph', 1), ('checkout', 10), ('cards', 14), ('links', 18), ('receipt', 19), ('appeal', 20)], blank=True, block_lookup={0: ('wagtail.blocks.CharBlock', (), {'icon': 'title', 'template': 'home/blocks/heading.html'}), 1: ('wagtail.blocks.RichTextBlock', (), {'features': ['bold', 'italic', 'link', 'ol', 'ul']}), 2: ('wagtail.blocks.CharBlock', (), {'default': '', 'label': 'Heading', 'max_length': 255, 'required': False}), 3: ('wagtail.blocks.TextBlock', (), {'default': '', 'label': 'Text', 'required': False}), 4: ('wagtail.blocks.CharBlock', (), {'default': '', 'help_text': 'Shown at Khalti and on the receipt, for example “Membership 2026”.', 'label': 'Description', 'max_length': 255}), 5: ('wagtail.blocks.DecimalBlock', (), {'decimal_places': 2, 'label': 'Price in rupees', 'max_digits': 12, 'validators': [django.core.validators.MinValueValidator(Decimal('10.00'), message="Khalti's minimum is Rs 10.")]}), 6: ('wagtail.blocks.IntegerBlock', (), {'help_text': 'Leave empty to sell one per order, without a quantity field.', 'label': 'Maximum quantity per order', 'max_value': 1000, 'min_value': 1, 'required': False}), 7: ('wagtail.blocks.MultipleChoiceBlock', [], {'choices': [('name', 'Name'), ('email', 'E-mail address'), ('phone', 'Mobile number')], 'help_text': 'What the visitor has to enter before paying.', 'label': 'Fields', 'required': False}), 8: ('wagtail_khalti.blocks.ThankYouPageBlock', (), {'help_text': 'After paying, visitors see their receipt, with a button to this page.', 'label': 'Thank-you page', 'required': False}), 9: ('wagtail.blocks.CharBlock', (), {'default': '', 'help_text': 'Pay with Khalti', 'label': 'Button text', 'max_length': 60, 'required': False}), 10: ('wagtail.blocks.StructBlock', [[('heading', 2), ('text', 3), ('item_name', 4), ('amount', 5), ('max_quantity', 6), ('fields', 7), ('thank_you_page', 8), ('button_text', 9)]], {}), 11: ('wagtail.blocks.CharBlock', (), {'max_length': 100}), 12: ('wagtail.blocks.TextBlock', (), {'required': False}), 13: ('wagtail.blocks.StructBlock', [[('title', 11), ('text', 12), ('checkout', 10)]], {}), 14: ('wagtail.blocks.ListBlock', (13,), {'icon': 'list-ul', 'template': 'home/blocks/tiles.html'}), 15: ('wagtail.blocks.PageChooserBlock', (), {}), 16: ('wagtail.blocks.CharBlock', (), {'max_length': 200}), 17: ('wagtail.blocks.StructBlock', [[('page', 15), ('text', 16)]], {}), 18: ('wagtail.blocks.ListBlock', (17,), {'icon': 'list-ul', 'template': 'home/blocks/tiles.html'}), 19: ('wagtail_khalti.blocks.KhaltiReceiptBlock', (), {}), 20: ('wagtail.snippets.blocks.SnippetChooserBlock', ('home.Appeal',), {'template': 'home/blocks/appeal.html'})})),
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
                ('body', wagtail.fields.StreamField([('heading', 0), ('paragraph', 1), ('checkout', 10), ('cards', 14), ('links', 18), ('receipt', 19), ('appeal', 20)], blank=True, block_lookup={0: ('wagtail.blocks.CharBlock', (), {'icon': 'title', 'template': 'home/blocks/heading.html'}), 1: ('wagtail.blocks.RichTextBlock', (), {'features': ['bold', 'italic', 'link', 'ol', 'ul']}), 2: ('wagtail.blocks.CharBlock', (), {'default': '', 'label': 'Heading', 'max_length': 255, 'required': False}), 3: ('wagtail.blocks.TextBlock', (), {'default': '', 'label': 'Text', 'required': False}), 4: ('wagtail.blocks.CharBlock', (), {'default': '', 'help_text': 'Shown at Khalti and on the receipt, for example “Membership 2026”.', 'label': 'Description', 'max_length': 255}), 5: ('wagtail.blocks.DecimalBlock', (), {'decimal_places': 2, 'label': 'Price in rupees', 'max_digits': 12, 'validators': [django.core.validators.MinValueValidator(Decimal('10.00'), message="Khalti's minimum is Rs 10.")]}), 6: ('wagtail.blocks.IntegerBlock', (), {'help_text': 'Leave empty to sell one per order, without a quantity field.', 'label': 'Maximum quantity per order', 'max_value': 1000, 'min_value': 1, 'required': False}), 7: ('wagtail.blocks.MultipleChoiceBlock', [], {'choices': [('name', 'Name'), ('email', 'E-mail address'), ('phone', 'Mobile number')], 'help_text': 'What the visitor has to enter before paying.', 'label': 'Fields', 'required': False}), 8: ('wagtail_khalti.blocks.ThankYouPageBlock', (), {'help_text': 'After paying, visitors see their receipt, with a button to this page.', 'label': 'Thank-you page', 'required': False}), 9: ('wagtail.blocks.CharBlock', (), {'default': '', 'help_text': 'Pay with Khalti', 'label': 'Button text', 'max_length': 60, 'required': False}), 10: ('wagtail.blocks.StructBlock', [[('heading', 2), ('text', 3), ('item_name', 4), ('amount', 5), ('max_quantity', 6), ('fields', 7), ('thank_you_page', 8), ('button_text', 9)]], {}), 11: ('wagtail.blocks.CharBlock', (), {'max_length': 100}), 12: ('wagtail.blocks.TextBlock', (), {'required': False}), 13: ('wagtail.blocks.StructBlock', [[('title', 11), ('text', 12), ('checkout', 10)]], {}), 14: ('wagtail.blocks.ListBlock', (13,), {'icon': 'list-ul', 'template': 'home/blocks/tiles.html'}), 15: ('wagtail.blocks.PageChooserBlock', (), {}), 16: ('wagtail.blocks.CharBlock', (), {'max_length': 200}), 17: ('wagtail.blocks.StructBlock', [[('page', 15), ('text', 16)]], {}), 18: ('wagtail.blocks.ListBlock', (17,), {'icon': 'list-ul', 'template': 'home/blocks/tiles.html'}), 19: ('wagtail_khalti.blocks.KhaltiReceiptBlock', (), {}), 20: ('wagtail.snippets.blocks.SnippetChooserBlock', ('home.Appeal',), {'template': 'home/blocks/appeal.html'})})),
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
                ('body', wagtail.fields.StreamField([('checkout', 8)], block_lookup={0: ('wagtail.blocks.CharBlock', (), {'default': '', 'label': 'Heading', 'max_length': 255, 'required': False}), 1: ('wagtail.blocks.TextBlock', (), {'default': '', 'label': 'Text', 'required': False}), 2: ('wagtail.blocks.CharBlock', (), {'default': '', 'help_text': 'Shown at Khalti and on the receipt, for example “Membership 2026”.', 'label': 'Description', 'max_length': 255}), 3: ('wagtail.blocks.DecimalBlock', (), {'decimal_places': 2, 'label': 'Price in rupees', 'max_digits': 12, 'validators': [django.core.validators.MinValueValidator(Decimal('10.00'), message="Khalti's minimum is Rs 10.")]}), 4: ('wagtail.blocks.IntegerBlock', (), {'help_text': 'Leave empty to sell one per order, without a quantity field.', 'label': 'Maximum quantity per order', 'max_value': 1000, 'min_value': 1, 'required': False}), 5: ('wagtail.blocks.MultipleChoiceBlock', [], {'choices': [('name', 'Name'), ('email', 'E-mail address'), ('phone', 'Mobile number')], 'help_text': 'What the visitor has to enter before paying.', 'label': 'Fields', 'required': False}), 6: ('wagtail_khalti.blocks.ThankYouPageBlock', (), {'help_text': 'After paying, visitors see their receipt, with a button to this page.', 'label': 'Thank-you page', 'required': False}), 7: ('wagtail.blocks.CharBlock', (), {'default': '', 'help_text': 'Pay with Khalti', 'label': 'Button text', 'max_length': 60, 'required': False}), 8: ('wagtail.blocks.StructBlock', [[('heading', 0), ('text', 1), ('item_name', 2), ('amount', 3), ('max_quantity', 4), ('fields', 5), ('thank_you_page', 6), ('button_text', 7)]], {})})),
                ('locale', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='wagtailcore.locale', verbose_name='locale')),
            ],
            options={
                'abstract': False,
                'unique_together': {('translation_key', 'locale')},
            },
            bases=(wagtail.models.preview.PreviewableMixin, models.Model),
        ),
    ]
