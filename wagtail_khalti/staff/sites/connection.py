"""Ask Khalti whether it takes the key of an account: the same question, and the same words, as ``khalti_doctor``."""

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

PAUSE = 10  # seconds from one question about an account to the next, whoever asks
LIFE = 10 * 60  # seconds that an answer is shown
CONNECT_TIMEOUT, READ_TIMEOUT = 5.0, 10.0  # seconds: with a second Khalti asked, too, a web server has patience left
STATUSES: Mapping[str, str] = {Level.OK: "info", Level.WARNING: "warning", Level.ERROR: "critical"}
"""Wagtail's, of a message in a box."""


def ask(merchant: Merchant) -> bool:
    """Keep what Khalti says. False where somebody asked a moment ago, or is asking."""
    if not cache.add(_name(merchant, "asked"), True, timeout=PAUSE):
        return False
    findings = [examine_key(_impatient(merchant), API_URLS)] if is_sendable(merchant.secret_key) else faults()
    cache.set(_answer_name(merchant), (timezone.now(), told(findings)), timeout=LIFE)
    return True


def answers(merchant: Merchant) -> dict[str, Any] | None:
    """What Khalti said last, and when."""
    kept: tuple[datetime, list[dict[str, str]]] | None = cache.get(_answer_name(merchant))
    return {"at": timestamp_text(kept[0]), "findings": kept[1]} if kept else None


def told(findings: Sequence[Finding]) -> list[dict[str, str]]:
    """For a page."""
    return [{"status": STATUSES[found.level], "sentence": found.sentence, "remedy": found.remedy} for found in findings]


def faults() -> list[Finding]:
    """What stands in the way before Khalti can be asked."""
    return [finding for finding in system_checks() if finding.level != Level.OK]


def _impatient(merchant: Merchant) -> Merchant:
    connecting, answering = merchant.timeout
    return replace(merchant, timeout=(min(connecting, CONNECT_TIMEOUT), min(answering, READ_TIMEOUT)))


def _answer_name(merchant: Merchant) -> str:
    return _name(merchant, "answer", get_language() or "")


def _name(merchant: Merchant, *more: str) -> str:
    """In the cache; another as soon as the account changes."""
    facts = (merchant.name, merchant.mode.value, merchant.api_url, merchant.key_fingerprint, *more)
    return f"wagtail_khalti.connection.{hashlib.sha256(repr(facts).encode()).hexdigest()}"
