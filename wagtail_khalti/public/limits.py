"""How often one visitor, or the network around them, asks in a minute: counters in Django's cache.

Where the cache is not shared, each process counts for itself. Where it fails, nobody is limited: no limit is worth a
payment.
"""

from __future__ import annotations

import logging
import time

from django.core.cache import cache
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import ngettext

from wagtail_khalti.conf import configuration
from wagtail_khalti.formatting import format_number
from wagtail_khalti.public.client_address import Client
from wagtail_khalti.rate_limits import Limited

logger = logging.getLogger(__name__)

WINDOW = 60  # seconds
VISITORS_OF_A_NETWORK = 10  # so many times what one of them may; a carrier's network is many people
PAUSE = 30.0  # seconds that a cache is left alone after it failed: it may fail slowly

_not_before = 0.0


def seconds_to_wait(request: HttpRequest, kind: Limited) -> int:
    """Count this request. 0 where it is within the limits, or else when to come again. Never raises."""
    try:
        known = configuration()
    except ImproperlyConfigured:
        return 0  # the system checks tell
    most = known.rate_limits.get(kind)
    client = Client.of(request, proxies=known.trusted_proxies) if most else None
    if not most or not client:
        return 0
    now = time.time()
    limits = {client.visitor: most, client.network: most * VISITORS_OF_A_NETWORK}
    window = int(now // WINDOW)
    counts = [(_count(f"wagtail_khalti:{kind}:{who}:{window}"), limit) for who, limit in limits.items()]
    return int(WINDOW - now % WINDOW) + 1 if any(count > limit for count, limit in counts) else 0


def asked_to_wait(response: HttpResponse, wait: int) -> HttpResponse:
    """The same page, with the status and the header that programs understand."""
    response.status_code = 429
    response["Retry-After"] = str(wait)
    return response


def please_wait(wait: int) -> str:
    """For people."""
    return ngettext(
        "There are very many requests from your network. Please try again in %(seconds)s second.",
        "There are very many requests from your network. Please try again in %(seconds)s seconds.",
        wait,
    ) % {"seconds": format_number(wait)}


def too_many(request: HttpRequest, wait: int) -> HttpResponse:
    """A page that asks no database, with the way to the page that was meant."""
    context = {"merchant": request.get_host(), "sentence": please_wait(wait), "again_url": request.get_full_path()}
    return asked_to_wait(render(request, "wagtail_khalti/public/too_many.html", context), wait)


def _count(name: str) -> int:
    """This one included. 0 where the cache can't tell."""
    global _not_before
    if time.monotonic() < _not_before:
        return 0
    try:
        return _add_one(name)
    except Exception:  # whatever the cache's library raises
        _not_before = time.monotonic() + PAUSE
        logger.warning("The cache does not count, so no visitor is limited for a moment", exc_info=True)
        return 0


def _add_one(name: str) -> int:
    try:
        return int(cache.incr(name))
    except ValueError:  # it has none of this name
        cache.add(name, 0, timeout=2 * WINDOW)
    try:
        return int(cache.incr(name))
    except ValueError:  # it keeps nothing, as Django's dummy
        return 0
