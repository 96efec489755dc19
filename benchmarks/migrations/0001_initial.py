from django.db import migrations


class Migration(migrations.Migration):
    initial = True

    dependencies = [("wagtail_khalti", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="PlainPayment",
            fields=[],
            options={"proxy": True, "indexes": [], "constraints": [], "default_permissions": ()},
            bases=("wagtail_khalti.khaltipayment",),
        ),
    ]
