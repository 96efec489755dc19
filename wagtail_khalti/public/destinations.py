"""Where a visitor goes next."""

from __future__ import annotations

import swapper
from django.db import models
from django.urls import reverse
from django.utils import translation
from wagtail.models import Site

from wagtail_khalti.models import KhaltiPayment
from wagtail_khalti.models.payment import Status
from wagtail_khalti.public.sites import chosen, site_of_payment


def way_on(payment: KhaltiPayment) -> str:
    """After Khalti: what the site's code, the editor or the site's settings chose, otherwise our own page."""
    is_paid = payment.status in (Status.COMPLETED, Status.PARTIALLY_REFUNDED) and payment.remaining
    if not is_paid or payment.duplicate_of_id:
        return payment.get_absolute_url()
    return payment.success_url or _thank_you_page(payment) or _usual_page(payment) or payment.get_absolute_url()


def way_back(source: models.Model | None, site: Site | None = None) -> str:
    """To the page on which the visitor chose what to buy, or else to the one that the site names; empty without."""
    page = None if (address := _address(source)) else chosen(site).back_page
    return address or _address(page and page.localized)


def way_to_pay_again(payment: KhaltiPayment) -> str:
    """The checkout page of the same offer, with what was typed; empty where the site's own code began it."""
    if not payment.offer:
        return ""
    return f"{reverse('wagtail_khalti:checkout', args=[payment.offer])}?again={payment.reference}"


def _address(page: models.Model | None) -> str:
    """Empty where it isn't a page, or isn't published."""
    get_url = getattr(page, "get_url", None)
    return (getattr(page, "live", False) and get_url and get_url()) or ""


def _usual_page(payment: KhaltiPayment) -> str:
    """Where the site thanks for what names no page of its own, in the visitor's language if there is one in it."""
    page = chosen(site_of_payment(payment)).thank_you_page
    with translation.override(payment.language or translation.get_language()):
        return _address(page and page.localized)


def _thank_you_page(payment: KhaltiPayment) -> str:
    if not payment.thank_you_page:
        return ""
    pages = swapper.load_model("wagtailcore", "Page")
    try:
        return pages._base_manager.get(pk=payment.thank_you_page, live=True).get_url() or ""
    except pages.DoesNotExist:
        return ""
