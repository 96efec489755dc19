"""Settings of the example site; what differs from place to place comes from the environment."""

import os
from pathlib import Path

import dj_database_url

HERE = Path(__file__).parent

PORT = os.environ.get("PORT", "8000")
KHALTI_MODE = os.environ.get("KHALTI_MODE", "simulator")
IS_LIVE = KHALTI_MODE == "live"
IS_SIMULATOR = KHALTI_MODE == "simulator"

DEBUG = os.environ.get("DEBUG", "0" if IS_LIVE else "1") == "1"
SECRET_KEY = os.environ["SECRET_KEY"] if IS_LIVE else os.environ.get("SECRET_KEY", "good enough for a demonstration")
ALLOWED_HOSTS = os.environ.get("ALLOWED_HOSTS", "127.0.0.1,localhost").split(",")
CSRF_TRUSTED_ORIGINS = os.environ.get("CSRF_TRUSTED_ORIGINS", "").split()

INSTALLED_APPS = [
    "example_site.home",
    "wagtail_khalti",
    *(["wagtail_khalti.simulator"] if IS_SIMULATOR else []),
    "wagtail.contrib.settings",
    "wagtail.contrib.simple_translation",
    "wagtail.locales",
    "wagtail.embeds",
    "wagtail.sites",
    "wagtail.users",
    "wagtail.snippets",
    "wagtail.documents",
    "wagtail.images",
    "wagtail.search",
    "wagtail.admin",
    "wagtail",
    "modelcluster",
    "taggit",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "example_site.security.content_security_policy",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

ROOT_URLCONF = "example_site.urls"
WSGI_APPLICATION = "example_site.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

DATABASES = {"default": dj_database_url.parse(os.environ.get("DATABASE_URL") or f"sqlite:///{HERE / 'demo.sqlite3'}")}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # Writers wait for each other instead of failing with "database is locked"; readers wait for nobody.
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL",
    }

USE_TZ = True
TIME_ZONE = "Asia/Kathmandu"
LANGUAGE_CODE = "en"
LANGUAGES = WAGTAIL_CONTENT_LANGUAGES = [("en", "English"), ("ne", "नेपाली")]
WAGTAILADMIN_PERMITTED_LANGUAGES = LANGUAGES  # Wagtail by itself offers only those of its own translations
WAGTAIL_I18N_ENABLED = True

STATIC_URL = "/static/"
STATIC_ROOT = HERE / "static_root"
WHITENOISE_USE_FINDERS = True  # no collectstatic before a demonstration
MEDIA_URL = "/media/"
MEDIA_ROOT = HERE / "media"

WAGTAIL_SITE_NAME = "Himal Community Library"
WAGTAIL_GRAVATAR_PROVIDER_URL = None  # no faces from elsewhere
WAGTAILADMIN_BASE_URL = os.environ.get("BASE_URL", f"http://127.0.0.1:{PORT}")

WAGTAIL_KHALTI = {
    "MODE": KHALTI_MODE,
    "SECRET_KEY": os.environ.get("KHALTI_SECRET_KEY", "any-key-will-do" if IS_SIMULATOR else ""),
    "API_URL": os.environ.get("KHALTI_API_URL")
    or (f"http://127.0.0.1:{PORT}/khalti-simulator" if IS_SIMULATOR else None),
    "BASE_URL": os.environ.get("BASE_URL", ""),
    "CONTACT": "accounts@library.example",
}
KHALTI_SIMULATOR = {"MERCHANT_NAME": "Himal Community Library", "DASHBOARD": True}
