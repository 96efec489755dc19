
import django.core.validators
import django.db.models.deletion
import wagtail.fields
from decimal import Decimal
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('basepage', '0003_finalize_basepage_model'),
    ]

    operations = [
        migrations.CreateModel(
            name='SalePage',
            fields=[
                ('basepage_ptr', models.OneToOneField(auto_created=True, on_delete=django.db.models.deletion.CASCADE, parent_link=True, primary_key=True, serialize=False, to=settings.WAGTAIL_PAGE_MODEL)),
                ('body', wagtail.fields.StreamField([('checkout', 27)], blank=True, block_lookup={0: ('wagtail.blocks.CharBlock', (), {'default': '', 'label': 'Heading', 'max_length': 255, 'required': False}), 1: ('wagtail.blocks.TextBlock', (), {'default': '', 'label': 'Text', 'required': False}), 2: ('wagtail.blocks.CharBlock', (), {'default': '', 'help_text': 'Shown at Khalti and on the receipt, for example “Membership 2026”.', 'label': 'Description', 'max_length': 255}), 3: ('wagtail.blocks.DecimalBlock', (), {'decimal_places': 2, 'label': 'Price in rupees', 'max_digits': 12, 'validators': [django.core.validators.MinValueValidator(Decimal('10.00'), message="Khalti's minimum is Rs 10.")]}), 4: ('wagtail.blocks.IntegerBlock', (), {'help_text': 'Leave empty to sell one per order, without a quantity field.', 'label': 'Maximum quantity per order', 'max_value': 1000, 'min_value': 1, 'required': False}), 5: ('wagtail.blocks.ChoiceBlock', [], {'choices': [('', 'No VAT'), ('included', 'Included in the price'), ('added', 'Added to the price')], 'help_text': 'The rate is in the Khalti settings of the site.', 'label': 'VAT', 'required': False}), 6: ('wagtail.blocks.MultipleChoiceBlock', [], {'choices': [('name', 'Name'), ('email', 'E-mail address'), ('phone', 'Mobile number')], 'help_text': 'What the visitor has to enter before paying.', 'label': 'Required fields', 'required': False}), 7: ('wagtail.blocks.MultipleChoiceBlock', [], {'choices': [('name', 'Name'), ('email', 'E-mail address'), ('phone', 'Mobile number')], 'help_text': 'What the visitor may enter, or leave empty.', 'label': 'Optional fields', 'required': False}), 8: ('wagtail.blocks.CharBlock', (), {'default': '', 'label': 'Label', 'max_length': 150}), 9: ('wagtail.blocks.CharBlock', (), {'default': '', 'help_text': 'Shown below the label, for example where to find the number.', 'label': 'Help text', 'max_length': 255, 'required': False}), 10: ('wagtail.blocks.BooleanBlock', (), {'default': True, 'label': 'Required', 'required': False}), 11: ('wagtail.blocks.BooleanBlock', (), {'default': False, 'help_text': 'Also in the e-mail with the receipt.', 'label': 'Show on the receipt', 'required': False}), 12: ('wagtail.blocks.StructBlock', [[('label', 8), ('help_text', 9), ('required', 10), ('on_receipt', 11)]], {}), 13: ('wagtail.blocks.TextBlock', (), {'default': '', 'help_text': 'One per line.', 'label': 'Choices', 'rows': 4}), 14: ('wagtail.blocks.StructBlock', [[('label', 8), ('choices', 13), ('help_text', 9), ('required', 10), ('on_receipt', 11)]], {}), 15: ('wagtail_khalti.blocks.thank_you_page.ThankYouPageBlock', (), {'help_text': 'Linked below the checkbox, such as your terms.', 'label': 'Page to read', 'required': False}), 16: ('wagtail.blocks.URLBlock', (), {'default': '', 'label': 'or an address', 'required': False}), 17: ('wagtail.blocks.StructBlock', [[('label', 8), ('link_page', 15), ('link_url', 16), ('help_text', 9), ('required', 10), ('on_receipt', 11)]], {}), 18: ('wagtail.blocks.StreamBlock', [[('text', 12), ('long_text', 12), ('number', 12), ('choice', 14), ('date', 12), ('checkbox', 17)]], {'help_text': 'What else the visitor is asked, in this order. The answers are stored with the payment.', 'label': 'Your own fields', 'required': False}), 19: ('wagtail.blocks.IntegerBlock', (), {'help_text': 'How many can be sold in total. Leave empty if there is no limit.', 'label': 'Number of units', 'required': False, 'validators': [django.core.validators.MinValueValidator(1, message='Enter a number of at least 1, or leave this empty.'), django.core.validators.MaxValueValidator(1000000)]}), 20: ('wagtail.blocks.BooleanBlock', (), {'help_text': 'Otherwise visitors see it at checkout only, when few are left.', 'label': 'Show how many are left', 'required': False}), 21: ('wagtail.blocks.DateTimeBlock', (), {'label': 'On sale from', 'required': False}), 22: ('wagtail.blocks.DateTimeBlock', (), {'label': 'On sale until', 'required': False}), 23: ('wagtail.blocks.CharBlock', (), {'default': '', 'help_text': 'Shown in place of the button. If empty: “Sold out”.', 'label': 'Sold-out text', 'max_length': 255, 'required': False}), 24: ('wagtail.blocks.StructBlock', [[('units', 19), ('shows_available', 20), ('sale_from', 21), ('sale_until', 22), ('sold_out_text', 23)]], {'label': 'Limits'}), 25: ('wagtail_khalti.blocks.thank_you_page.ThankYouPageBlock', (), {'help_text': 'After paying, visitors see their receipt, with a button to this page.', 'label': 'Thank-you page', 'required': False}), 26: ('wagtail.blocks.CharBlock', (), {'default': '', 'help_text': 'Pay with Khalti', 'label': 'Button text', 'max_length': 60, 'required': False}), 27: ('wagtail.blocks.StructBlock', [[('heading', 0), ('text', 1), ('item_name', 2), ('amount', 3), ('max_quantity', 4), ('vat', 5), ('fields', 6), ('optional_fields', 7), ('questions', 18), ('limit', 24), ('thank_you_page', 25), ('button_text', 26)]], {})})),
            ],
            options={
                'abstract': False,
            },
            bases=('basepage.basepage',),
        ),
    ]
