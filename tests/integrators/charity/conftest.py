from decimal import Decimal

import pytest
from wagtail.models import Locale, Page, Site

from charity.models import AppealPage
from wagtail_khalti.models import KhaltiSettings


@pytest.fixture
def make_site(db):
    """A site whose home page asks for gifts. Neither page is a translation of the other: each site has its own."""

    def make(hostname, language, title, merchant, **gift):
        locale, _ = Locale.objects.get_or_create(language_code=language)
        root = Page.objects.filter(depth=1).first() or Page.add_root(instance=Page(title="Root", locale=locale))
        page = root.add_child(instance=AppealPage(title=title, slug=language, locale=locale))
        page.body.append(("donation", {"presets": [Decimal("500"), Decimal("1000")], **gift}))
        page.save_revision().publish()
        site = Site.objects.create(hostname=hostname, root_page=page)
        KhaltiSettings.objects.create(site=site, merchant=merchant)

    return make


@pytest.fixture(autouse=True)
def sites(make_site):
    Site.objects.all().delete()
    make_site("charity.example", "en", "A roof", "", item_name="School roof")
    make_site("nepal.example", "ne", "छानो", "nepal", item_name="विद्यालयको छानो")


@pytest.fixture
def supporter(django_user_model):
    return django_user_model.objects.create_superuser("sita", "sita@example.com", phone="9800000001")
