"""Checks of the database, the time zone and the schedule."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning  # noqa: A004 - Django's own name
from django.core.exceptions import ImproperlyConfigured
from django.db import DEFAULT_DB_ALIAS, DatabaseError, router

from wagtail_khalti.dates.days import is_in_nepal
from wagtail_khalti.doctor import Level
from wagtail_khalti.doctor.last_run import schedule
from wagtail_khalti.models import KhaltiPayment


def check_database(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """Rows must be in the database of their transactions."""
    written = router.db_for_write(KhaltiPayment)
    if written == DEFAULT_DB_ALIAS:
        return []
    return [
        Error(
            f"The tables of wagtail_khalti are written to the database {written!r}, outside of its transactions.",
            hint=f"Let db_for_write of DATABASE_ROUTERS send them to {DEFAULT_DB_ALIAS!r}, which Wagtail needs, too.",
            id="wagtail_khalti.E013",
        )
    ]


def check_time_zone(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """Days of Bikram Sambat are days in Nepal; the site's should be, too."""
    if is_in_nepal():
        return []
    return [
        Warning(
            f"The site's days are not those of Nepal: TIME_ZONE is {settings.TIME_ZONE!r}.",
            hint='Set TIME_ZONE = "Asia/Kathmandu". Without it times, and filters by days in AD, are in that zone, '
            "while days in Bikram Sambat, fiscal years and daily figures are those of Nepal.",
            id="wagtail_khalti.W015",
        )
    ]


def check_schedule(
    app_configs: Sequence[AppConfig] | None, databases: Collection[str] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    """In live mode reconcile must run also while nobody visits the site. Reads the database."""
    if DEFAULT_DB_ALIAS not in (databases or ()):
        return []
    try:
        findings = [finding for finding in schedule() if finding.level != Level.OK]
    except (DatabaseError, ImproperlyConfigured):  # before the first migration; or other checks report it
        return []
    return [Warning(finding.sentence, hint=finding.remedy, id="wagtail_khalti.W014") for finding in findings]
