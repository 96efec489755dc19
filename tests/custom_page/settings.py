"""A site whose pages don't descend from Wagtail's own Page, which Wagtail 8 allows."""

from tests.settings import *  # noqa: F403
from tests.settings import INSTALLED_APPS

INSTALLED_APPS = ["wagtail.test.basepage", "tests.custom_page", *INSTALLED_APPS]
INSTALLED_APPS.remove("tests.shop")
WAGTAIL_PAGE_MODEL = "basepage.BasePage"
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}}
