"""What is left of an offer, for visitors: on the page from a cache, at checkout as it is.

A page may be up to ten seconds old here, and much older in a cache of full pages. The checkout page counts anew, and
the transaction that saves the payment decides.
"""

from __future__ import annotations

import hashlib
import logging
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from django.core.cache import cache
from django.core.exceptions import ImproperlyConfigured
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from wagtail.blocks import Block
from wagtail.models import Site

from wagtail_khalti.conf import configuration
from wagtail_khalti.formatting import format_in_both_calendars, format_number
from wagtail_khalti.ledger import Availability, availability_of_key
from wagtail_khalti.models.inventory import inventory_key
from wagtail_khalti.pricing import Limit
from wagtail_khalti.public.offers import place_of
from wagtail_khalti.public.sites import merchant_of_block

logger = logging.getLogger(__name__)

CACHE_TTL = 10  # seconds
CACHE_PAUSE = 30.0  # seconds without using the cache after it failed, since it may fail slowly
FEW = 10  # units; then visitors are told at checkout, whatever the editor chose for the page

_not_before = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownAvailability:
    """What a page says in place of the button, or beside it. Empty texts say nothing."""

    closed: str = ""
    """Why nothing can be bought now."""
    left: str = ""
    """How many are left."""
    available: int | None = None
    """The same as a number, where the editor shows it."""


NOT_SHOWN = ShownAvailability()


def shown_on_page(block: Block, limit: Limit, value: Any, *, context: Mapping[str, Any]) -> ShownAvailability:
    """For the page with the block. Makes no query if nothing is counted, and else one in ten seconds."""
    if closed := closed_text(limit):
        return ShownAvailability(closed=closed)
    place = place_of(value, block=block, context=context) if limit.units is not None else None
    if place is None or limit.units is None:
        return NOT_SHOWN
    available = 1
    with suppress(ImproperlyConfigured):  # the system checks report it
        mode = mode_of(lambda: merchant_of_block(place[0], Site.find_for_request(context.get("request"))))
        available = limit.units - _cached_taken(*place, mode)
    if available <= 0:
        return ShownAvailability(closed=sold_out_text(limit))
    return ShownAvailability(left=left_text(available), available=available) if limit.shows_available else NOT_SHOWN


def availability_now(owner: models.Model, block_path: str, *, mode: str, units: int) -> Availability:
    """Counted at this moment. One query."""
    return availability_of_key(inventory_key(owner, block_path), mode, limit=units)


def mode_of(find_merchant: Callable[[], str]) -> str:
    """The mode of the payments to a merchant, who is looked for only if it depends on that.

    Raises ``ImproperlyConfigured``.
    """
    known = configuration()
    modes = {merchant.mode for merchant in known.merchants.values()}
    return str(modes.pop() if len(modes) == 1 else known.merchant(find_merchant()).mode)


def closed_text(limit: Limit) -> str:
    """Why it is not on sale at this time; empty if it is."""
    now = timezone.now()
    if limit.sale_from and limit.has_not_begun(now):
        return _("On sale from %(time)s.") % {"time": format_in_both_calendars(limit.sale_from)}
    if limit.sale_until and limit.has_ended(now):
        return _("The sale ended on %(time)s.") % {"time": format_in_both_calendars(limit.sale_until)}
    return ""


def sold_out_text(limit: Limit) -> str:
    return limit.sold_out_text or _("Sold out")


def left_text(available: int) -> str:
    if available <= FEW:
        return ngettext("Only %(count)s left", "Only %(count)s left", available) % {"count": format_number(available)}
    return ngettext("%(count)s left", "%(count)s left", available) % {"count": format_number(available)}


def _cached_taken(owner: models.Model, block_path: str, mode: str) -> int:
    """How many units are sold or reserved, at most ten seconds ago. By the page, so that an alias asks once, too."""
    name = f"{owner._meta.label_lower}:{owner.pk}:{block_path}:{mode}"
    key = "wagtail_khalti:taken:" + hashlib.sha256(name.encode()).hexdigest()
    found = _from_cache(lambda: cache.get(key))
    if isinstance(found, int):
        return found
    counted = availability_now(owner, block_path, mode=mode, units=0)
    taken = counted.sold + counted.being_paid
    _from_cache(lambda: cache.set(key, taken, CACHE_TTL))
    return taken


def _from_cache(use: Callable[[], Any]) -> Any:
    """None if the cache fails: then the database is asked."""
    global _not_before
    if time.monotonic() < _not_before:
        return None
    try:
        return use()
    except Exception:  # cache backends raise errors of their own
        _not_before = time.monotonic() + CACHE_PAUSE
        logger.warning("The cache failed, so units are counted for each page for a moment", exc_info=True)
        return None
