"""Run as a process of its own, since it has apps of its own: a translated page follows the price, sells,
and takes its units from the same number.
"""

# ruff: noqa: E402 - Django has to be set up first

import os
import re
from decimal import Decimal

os.environ["DJANGO_SETTINGS_MODULE"] = "tests.localize.settings"

import django

django.setup()

from django.core.cache import cache
from django.test import Client
from wagtail.models import Locale, Site
from wagtail_localize.models import StringSegment, StringTranslation, Translation, TranslationSource

from tests.databases import copied_database
from tests.shop.models import ShopPage
from wagtail_khalti.models import KhaltiPayment
from wagtail_khalti.testing.fake import fake_khalti

WORDS = {"Membership": "सदस्यता", "Class": "कक्षा", "Full": "पुग्यो"}


def visit():
    nepali = Locale.objects.create(language_code="ne")
    home = Site.objects.get().root_page.specific
    home.copy_for_translation(nepali).save_revision().publish()
    page = home.add_child(instance=ShopPage(title="Shop"))
    question = ("text", {"label": "Class", "required": False})
    page.body.append(("checkout", {"item_name": "Membership", "amount": Decimal(1500), "questions": [question]}))
    publish(page, nepali)

    page.body[0].value["amount"] = Decimal(1800)
    publish(page, nepali)

    buy(shop := page.get_translation(nepali))
    payment = KhaltiPayment.objects.get()
    [answer] = payment.answers
    is_same_question = answer["name"] == page.body[0].value["questions"][0].id
    print(payment.purpose, payment.amount, payment.source == shop, answer["label"], is_same_question)

    page.body[0].value["limit"] = {"units": 1, "sold_out_text": "Full"}
    publish(page, nepali)
    buy(shop := page.get_translation(nepali))
    for one in (page, shop):
        print("पुग्यो" in see(one) or "Full" in see(one))


def see(page):
    """Not from the cache."""
    cache.clear()
    return Client().get(page.url).content.decode()


def publish(page, locale):
    """And its translation, as the buttons of wagtail-localize do."""
    page.save_revision().publish()
    source, _is_new = TranslationSource.update_or_create_from_instance(page)
    for segment in StringSegment.objects.filter(source=source):
        words = WORDS.get(segment.string.data, segment.string.data)
        StringTranslation.objects.get_or_create(
            translation_of=segment.string, locale=locale, context=segment.context, defaults={"data": words}
        )
    Translation.objects.get_or_create(source=source, target_locale=locale)[0].save_target(publish=True)


def buy(shop):
    client = Client()
    with fake_khalti():
        offer = re.search(r'href="(/khalti/checkout/[^"]+)"', client.get(shop.url).content.decode())[1]
        names = "key|total_seen|questions_seen"
        client.post(offer, dict(re.findall(rf'name="({names})" value="([^"]+)"', client.get(offer).content.decode())))


with copied_database("localize"):
    visit()
