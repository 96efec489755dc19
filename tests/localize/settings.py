"""A site in two languages, whose pages are translated with wagtail-localize."""

from tests.settings import *  # noqa: F403
from tests.settings import HERE, INSTALLED_APPS

INSTALLED_APPS = ["wagtail_localize", "wagtail_localize.locales", *INSTALLED_APPS]
ROOT_URLCONF = "tests.public.i18n_urls"
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": HERE.parent / "build" / "localize.sqlite3"}}
