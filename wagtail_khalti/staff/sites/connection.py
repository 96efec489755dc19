"""Test whether Khalti accepts the API key of an account, with the same check and messages as ``khalti_doctor``."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.core.cache import cache
from django.utils import timezone
from django.utils.translation import get_language

from wagtail_khalti.conf import API_URLS, Merchant
from wagtail_khalti.doctor import Finding, Level
from wagtail_khalti.doctor.keys import examine_key
from wagtail_khalti.doctor.settings import system_checks
from wagtail_khalti.gateway.client import is_sendable
from wagtail_khalti.staff.timestamps import timestamp_text

MIN_INTERVAL = 10  # seconds between two tests of an account, whoever starts them
RESULT_TTL = 10 * 60  # seconds for which a result is shown
CONNECT_TIMEOUT, READ_TIMEOUT = 5.0, 10.0  # seconds: two lookups fit into a web server's timeout
STATUSES: Mapping[str, str] = {Level.OK: "info", Level.WARNING: "warning", Level.ERROR: "critical"}
"""Wagtail's, of a message in a box."""


def check_connection(merchant: Merchant) -> bool:
    """Store the result. False if a test was started a moment ago."""
    if not cache.add(_name(merchant, "tested"), True, timeout=MIN_INTERVAL):
        return False
    findings = [examine_key(_impatient(merchant), API_URLS)] if is_sendable(merchant.secret_key) else setup_problems()
    cache.set(_result_name(merchant), (timezone.now(), finding_context(findings)), timeout=RESULT_TTL)
    return True


def last_result(merchant: Merchant) -> dict[str, Any] | None:
    """The last result and its time."""
    stored: tuple[datetime, list[dict[str, str]]] | None = cache.get(_result_name(merchant))
    return {"at": timestamp_text(stored[0]), "findings": stored[1]} if stored else None


def finding_context(findings: Sequence[Finding]) -> list[dict[str, str]]:
    """For a template."""
    return [{"status": STATUSES[found.level], "sentence": found.sentence, "remedy": found.remedy} for found in findings]


def setup_problems() -> list[Finding]:
    """Problems with the settings that prevent a test."""
    return [finding for finding in system_checks() if finding.level != Level.OK]


def _impatient(merchant: Merchant) -> Merchant:
    connecting, answering = merchant.timeout
    return replace(merchant, timeout=(min(connecting, CONNECT_TIMEOUT), min(answering, READ_TIMEOUT)))


def _result_name(merchant: Merchant) -> str:
    return _name(merchant, "result", get_language() or "")


def _name(merchant: Merchant, *more: str) -> str:
    """The cache key, which changes with the account."""
    facts = (merchant.name, merchant.mode.value, merchant.api_url, merchant.key_fingerprint, *more)
    return f"wagtail_khalti.connection.{hashlib.sha256(repr(facts).encode()).hexdigest()}"
