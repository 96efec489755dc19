"""Checks of the webhooks' endpoints."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error
from django.core.exceptions import ImproperlyConfigured

from wagtail_khalti.conf import Mode, configuration


def check_webhooks(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """Without encryption anybody on the way could read them; E001 reports everything else."""
    try:
        known = configuration()
    except ImproperlyConfigured:
        return []
    is_live = any(merchant.mode == Mode.LIVE for merchant in known.merchants.values())
    if settings.DEBUG or not is_live:
        return []
    return [
        Error(
            f"The webhook endpoint {endpoint.name!r} is not encrypted.",
            hint=f'WAGTAIL_KHALTI["WEBHOOKS"]["{endpoint.name}"]["URL"] must begin with "https://" in live mode.',
            id="wagtail_khalti.E028",
        )
        for endpoint in known.webhooks.values()
        if not endpoint.is_encrypted
    ]
