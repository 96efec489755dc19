"""Checks of the integration into the site: URLs, settings pages, blocks."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any, TypeGuard

from django.apps import AppConfig, apps
from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning  # noqa: A004 - Django's own name
from django.db import DatabaseError
from django.db.models import Field
from django.urls import NoReverseMatch, reverse
from wagtail.fields import StreamField
from wagtail.models import Site

from wagtail_khalti.checks.settings import merchants
from wagtail_khalti.conf import Mode, configuration
from wagtail_khalti.models.site_settings import DEFAULT_HOSTNAME
from wagtail_khalti.public.block_templates import blocks_without_template

SETTINGS_APP = "wagtail.contrib.settings"


def check_addresses(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """Khalti must be able to send visitors back."""
    if not getattr(settings, "ROOT_URLCONF", None):
        return []
    try:
        reverse("wagtail_khalti:return", args=["REFERENCE"])
    except NoReverseMatch:
        return [
            Error(
                "The URLs of wagtail_khalti are not included in this site.",
                hint='Add path("khalti/", include("wagtail_khalti.urls")) to your urls.py, before wagtail_urls.',
                id="wagtail_khalti.E009",
            )
        ]
    return []


def check_settings_page(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """The settings of a site are edited among Wagtail's settings."""
    if apps.is_installed(SETTINGS_APP):
        return []
    return [
        Warning(
            f"There is no page for the Khalti settings of a site: {SETTINGS_APP} is not installed.",
            hint=f'Add "{SETTINGS_APP}" to INSTALLED_APPS.',
            id="wagtail_khalti.W010",
        )
    ]


def check_site_address(
    app_configs: Sequence[AppConfig] | None, databases: Collection[str] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    """Code without a request uses the URL of a Wagtail site as return URL. Reads the database."""
    is_live = any(merchant.mode == Mode.LIVE for merchant in merchants())
    if not databases or not is_live or configuration().base_url:
        return []
    try:
        has_default = Site.objects.filter(hostname=DEFAULT_HOSTNAME).exists()
    except DatabaseError:
        return []  # before the first migrate
    if not has_default:
        return []
    return [
        Warning(
            "A Wagtail site still has the hostname localhost, so Khalti can't send visitors back to it.",
            hint="Give it its real hostname and port under Settings, Sites, and set "
            'WAGTAIL_KHALTI["BASE_URL"] = "https://shop.example".',
            id="wagtail_khalti.W012",
        )
    ]


def check_allowed_hosts(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """A payment keeps the host of its visitor's request, and mails that are sent later link to it."""
    if "*" not in settings.ALLOWED_HOSTS or not merchants() or configuration().base_url:
        return []
    return [
        Warning(
            'ALLOWED_HOSTS is ["*"], so whoever starts a payment chooses the host of the links in its e-mails.',
            hint='List your hosts in ALLOWED_HOSTS, or set WAGTAIL_KHALTI["BASE_URL"] = "https://shop.example".',
            id="wagtail_khalti.W027",
        )
    ]


def check_blocks(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """A checkout block must know its page, which a ``StructBlock`` without a template doesn't pass on."""
    fields = [field for model in apps.get_models() for field in model._meta.local_fields if _is_stream(field)]
    return [
        Warning(
            f"Checkout blocks inside the block {block.name!r} of {field} don't work: it has no template.",
            hint="Wagtail passes the page to the children of a StructBlock only if it has a template.",
            id="wagtail_khalti.W020",
        )
        for field in fields
        for block in blocks_without_template(field.stream_block)
    ]


def _is_stream(field: Field[Any, Any]) -> TypeGuard[StreamField]:
    return isinstance(field, StreamField)
