"""Rate limits per visitor and per network: counters in Django's cache, one for each minute.

Without a shared cache each process counts separately. If the cache fails, nobody is limited: no limit is worth losing
a payment.
"""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Callable
from typing import Any

from django.core.cache import cache
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import ngettext

from wagtail_khalti.conf import Configuration, configuration, own_function
from wagtail_khalti.formatting import format_number
from wagtail_khalti.public.client_address import Client
from wagtail_khalti.rate_limits import Limited

logger = logging.getLogger(__name__)

WINDOW = 60  # seconds
NETWORK_FACTOR = 10  # limit of a network, in limits of a visitor: many people share a mobile carrier's network
CACHE_PAUSE = 30.0  # seconds without using the cache after it failed, since it may fail slowly

_not_before = 0.0


def seconds_to_wait(request: HttpRequest, kind: Limited) -> int:
    """Count this request. Return 0 if it is within the limits, otherwise the seconds to wait. Never raises."""
    try:
        known, own = configuration(), own_function("RATE_LIMITER")
    except ImproperlyConfigured:
        return 0  # the system checks report it
    return _own_wait(own, request, kind) if own else _wait(known, request, kind)


def _own_wait(own: Callable[..., Any], request: HttpRequest, kind: Limited) -> int:
    """That of the site's own limiter."""
    try:
        return max(0, math.ceil(own(request, kind) or 0))
    except Exception:  # it is anybody's, and no limit is worth losing a payment
        logger.exception("RATE_LIMITER failed, so this request is not limited")
        return 0


def _wait(known: Configuration, request: HttpRequest, kind: Limited) -> int:
    limit = known.rate_limits.get(kind)
    client = Client.of(request, proxies=known.trusted_proxies) if limit else None
    if not limit or not client:
        return 0
    now = time.time()
    limits = {client.visitor: limit, client.network: limit * NETWORK_FACTOR}
    window = int(now // WINDOW)
    counts = [(_count(f"wagtail_khalti:{kind}:{key}:{window}"), maximum) for key, maximum in limits.items()]
    return int(WINDOW - now % WINDOW) + 1 if any(count > maximum for count, maximum in counts) else 0


def with_retry_after(response: HttpResponse, wait: int) -> HttpResponse:
    """Mark the response as "429 Too Many Requests", for programs."""
    response.status_code = 429
    response["Retry-After"] = str(wait)
    return response


def rate_limit_message(wait: int) -> str:
    """The same for people."""
    return ngettext(
        "There are too many requests from your network. Please try again in %(seconds)s second.",
        "There are too many requests from your network. Please try again in %(seconds)s seconds.",
        wait,
    ) % {"seconds": format_number(wait)}


def rate_limited_page(request: HttpRequest, wait: int) -> HttpResponse:
    """A page that makes no query and links to the requested page."""
    context = {
        "merchant": request.get_host(),
        "message": rate_limit_message(wait),
        "retry_url": request.get_full_path(),
    }
    return with_retry_after(render(request, "wagtail_khalti/public/rate_limited.html", context), wait)


def _count(name: str) -> int:
    """Requests so far, including this one; 0 if the cache fails."""
    global _not_before
    if time.monotonic() < _not_before:
        return 0
    try:
        return _add_one(name)
    except Exception:  # cache backends raise errors of their own
        _not_before = time.monotonic() + CACHE_PAUSE
        logger.warning("The cache failed, so rate limits are off for a moment", exc_info=True)
        return 0


def _add_one(name: str) -> int:
    try:
        return int(cache.incr(name))
    except ValueError:  # no such key yet
        cache.add(name, 0, timeout=2 * WINDOW)
    try:
        return int(cache.incr(name))
    except ValueError:  # the cache stores nothing, such as Django's dummy cache
        return 0
