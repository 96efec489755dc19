"""The limits of an offer at checkout: what can be bought now, and what a visitor is told if it can't."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from wagtail_khalti.exceptions import NotOnSale, OfferUnavailable, SoldOut
from wagtail_khalti.formatting import format_number
from wagtail_khalti.ledger import RESUME_TTL, Availability
from wagtail_khalti.models import KhaltiPayment
from wagtail_khalti.models.inventory import Reservation, inventory_key
from wagtail_khalti.models.sources import source_columns
from wagtail_khalti.models.status import SOFT_ENDS, Status
from wagtail_khalti.pricing import Limit
from wagtail_khalti.public.availability import FEW, availability_now, closed_text, left_text, mode_of, sold_out_text
from wagtail_khalti.public.checkout.request import CheckoutRequest
from wagtail_khalti.public.offers import Offer
from wagtail_khalti.public.sites import merchant_of_block, site_of


def availability_of(offer: Offer) -> Availability | None:
    """What is left of it now; None if nothing is counted. Raises ``ImproperlyConfigured``."""
    units = offer.terms.limit.units
    if units is None or offer.owner is None:
        return None
    mode = mode_of(lambda: merchant_of_block(offer.owner, site_of(offer.owner, offer.site)))
    return availability_now(offer.owner, offer.block_path, mode=mode, units=units)


def reservation_of(offer: Offer, checkout: CheckoutRequest) -> Reservation | None:
    """The units that it takes; None if nothing is counted. Raises ``OfferUnavailable`` if they can't be counted."""
    limit = offer.terms.limit
    if limit.units is None:
        return None
    if offer.owner is None:
        raise OfferUnavailable("Units can't be counted, because the page or snippet with the block is unknown")
    key = inventory_key(offer.owner, offer.block_path)
    return Reservation(key=key, limit=limit.units, units=checkout.units(offer))


def require_on_sale(offer: Offer, idempotency_key: str) -> None:
    """Raises ``NotOnSale``, except for a request whose payment started in time and is still open."""
    limit, now = offer.terms.limit, timezone.now()
    if not (limit.has_not_begun(now) or limit.has_ended(now)):
        return
    if not _is_under_way(idempotency_key, now):
        raise NotOnSale("The sale has not begun, or has ended")


def closed_page_context(offer: Offer, found: Availability | None) -> dict[str, str | bool] | None:
    """What the page says if nothing can be bought now; None if something can."""
    limit = offer.terms.limit
    if closed := closed_text(limit):
        return {"headline": closed.rstrip(".।"), "others_are_paying": False}
    if found is None or found.available:
        return None
    return {"headline": sold_out_text(limit), "others_are_paying": found.being_paid > 0}


def left_at_checkout(limit: Limit, found: Availability | None) -> str:
    """How many are left, if that may matter to the visitor."""
    if found is None or not (limit.shows_available or found.available <= FEW):
        return ""
    return left_text(found.available)


def add_availability_error(form: forms.Form, error: SoldOut | NotOnSale, limit: Limit) -> None:
    """Say why the payment was not started, at the quantity if there is one. What was entered stays in the form."""
    if isinstance(error, NotOnSale):
        form.add_error(None, closed_text(limit) or _("Currently unavailable"))
    elif error.available:
        left = {"count": format_number(error.available)}
        message = ngettext("Only %(count)s is left.", "Only %(count)s are left.", error.available) % left
        form.add_error("quantity" if "quantity" in form.fields else None, message)
    else:
        form.add_error(None, sold_out_text(limit))
        if error.being_paid:
            form.add_error(None, others_are_paying_text())


def others_are_paying_text() -> str:
    return _("Others are paying for the last ones now. If they don't finish, you can buy them here later.")


def own_payment(offer: Offer, started_here: Sequence[str]) -> KhaltiPayment | None:
    """The last payment for this offer in this browser that has not ended: it may hold the last units itself.

    Also one on a translation or an alias of the page, which share the units. In a copy the block has the same path, but
    units of its own.
    """
    if not started_here:
        return None
    payments = KhaltiPayment.objects.filter(reference__in=started_here)
    alive = payments.exclude(status__in=[*SOFT_ENDS, Status.REFUNDED]).order_by("-pk")
    if offer.owner is None:
        return alive.filter(offer=offer.token).first()
    key = inventory_key(offer.owner, offer.block_path)
    alike = alive.filter(source_type=source_columns(offer.source)["source_type"], block_path=offer.block_path)
    return next((one for one in alike if one.source and inventory_key(one.source, one.block_path) == key), None)


def _is_under_way(key: str, now: datetime) -> bool:
    """A second click on the button, a moment after the sale ended."""
    recent = KhaltiPayment.objects.filter(idempotency_key=key, created_at__gt=now - RESUME_TTL)
    return recent.exclude(status__in=SOFT_ENDS).exists()
