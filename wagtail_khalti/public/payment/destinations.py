"""Where a visitor goes next."""

from __future__ import annotations

from dataclasses import dataclass

import swapper
from django.db import models
from django.urls import reverse
from django.utils import translation
from wagtail.models import Site

from wagtail_khalti.models import KhaltiPayment
from wagtail_khalti.models.status import Status
from wagtail_khalti.public.sites import chosen, site_of_payment


@dataclass(frozen=True, slots=True, kw_only=True)
class NextPage:
    """Where the button on the receipt leads."""

    url: str
    title: str = ""
    """Empty where it is an address of the site's code."""


def own_page(payment: KhaltiPayment) -> str:
    """Where the site's code wants its visitor right after the payment; empty without. All others see the receipt."""
    return payment.success_url if _is_sold(payment) else ""


def next_page(payment: KhaltiPayment) -> NextPage | None:
    """From the receipt of what was sold: what the site's code, the editor or the site's settings chose."""
    if not _is_sold(payment):
        return None
    if payment.success_url:
        return NextPage(url=payment.success_url)
    return _as_next(_thank_you_page(payment)) or _usual_page(payment)


def _is_sold(payment: KhaltiPayment) -> bool:
    is_paid = payment.status in (Status.COMPLETED, Status.PARTIALLY_REFUNDED) and payment.refundable > 0
    return is_paid and payment.duplicate_of_id is None


def back_url_of(source: models.Model | None, site: Site | None = None) -> str:
    """To the page on which the visitor chose what to buy, or else to the one that the site names; empty without."""
    page = None if (address := _address(source)) else chosen(site).return_page
    return address or _address(page and page.localized)


def retry_url(payment: KhaltiPayment) -> str:
    """The checkout page of the same offer, with what was typed; empty where the site's own code began it."""
    if not payment.offer:
        return ""
    return f"{reverse('wagtail_khalti:checkout', args=[payment.offer])}?again={payment.reference}"


def _address(page: models.Model | None) -> str:
    """Empty where it isn't a page, or isn't published."""
    get_url = getattr(page, "get_url", None)
    return (getattr(page, "live", False) and get_url and get_url()) or ""


def _as_next(page: models.Model | None) -> NextPage | None:
    url = _address(page)
    return NextPage(url=url, title=str(page)) if url else None


def _usual_page(payment: KhaltiPayment) -> NextPage | None:
    """Where the site thanks for what names no page of its own, in the visitor's language if there is one in it."""
    page = chosen(site_of_payment(payment)).thank_you_page
    with translation.override(payment.language or translation.get_language()):
        return _as_next(page and page.localized)


def _thank_you_page(payment: KhaltiPayment) -> models.Model | None:
    if not payment.thank_you_page:
        return None
    pages = swapper.load_model("wagtailcore", "Page")
    found: models.Model | None = pages._base_manager.filter(pk=payment.thank_you_page, live=True).first()
    return found
