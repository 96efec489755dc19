"""Where a visitor can go next."""

from __future__ import annotations

from dataclasses import dataclass

import swapper
from django.db import models
from django.urls import reverse
from django.utils import translation
from wagtail.models import Site

from wagtail_khalti.models import KhaltiPayment
from wagtail_khalti.models.status import Status
from wagtail_khalti.payables.links import pay_url_again
from wagtail_khalti.public.sites import settings_of, site_of_payment


@dataclass(frozen=True, slots=True, kw_only=True)
class PageLink:
    """A link on a visitor page."""

    url: str
    title: str = ""
    """Empty for a URL that the site's own code has set."""


def url_after_return(payment: KhaltiPayment) -> str:
    """Where the site's code sends the visitor who comes back, or the page of the payment."""
    if payment.status == Status.CANCELED and payment.cancel_url:
        is_unclear = payment.issues.open().payment_unclear().exists()
        return payment.get_absolute_url() if is_unclear else payment.cancel_url
    return (_is_fulfilled(payment) and payment.success_url) or payment.get_absolute_url()


def next_page(payment: KhaltiPayment) -> PageLink | None:
    """What the receipt links to: chosen by the site's code, the editor, or the site's settings."""
    if not _is_fulfilled(payment):
        return None
    if payment.success_url:
        return PageLink(url=payment.success_url)
    return page_link(payment.thank_you_page) or _default_thank_you_page(payment)


def _is_fulfilled(payment: KhaltiPayment) -> bool:
    """Whether the customer gets something for it: paid, not fully refunded, and no duplicate."""
    is_paid = payment.status in (Status.COMPLETED, Status.PARTIALLY_REFUNDED) and payment.refundable > 0
    return is_paid and payment.duplicate_of_id is None


def back_link(source: models.Model | None, site: Site | None = None) -> PageLink | None:
    """To the page with the block, otherwise to the return page of the site's settings."""
    if link := _link_to(source):
        return link
    page = settings_of(site).return_page
    return _link_to(page and page.localized)


def page_link(pk: str) -> PageLink | None:
    """To the page with this primary key, if it is published."""
    return _link_to(_published_page(pk))


def retry_url(payment: KhaltiPayment, *, signed: str = "") -> str:
    """The checkout page of the same offer, with the saved details, or after its end the page of the same payable.

    Empty if the site's own code started the payment for nothing that it names. ``signed``: from the link in a mail to
    the payer, whose details are shown in any browser then.
    """
    if not payment.offer:
        return pay_url_again(payment) if payment.is_ended else ""
    return f"{reverse('wagtail_khalti:checkout', args=[payment.offer])}?again={signed or payment.reference}"


def _live_url(page: models.Model | None) -> str:
    """Empty if it isn't a page, or isn't published."""
    get_url = getattr(page, "get_url", None)
    return (getattr(page, "live", False) and get_url and get_url()) or ""


def _link_to(page: models.Model | None) -> PageLink | None:
    url = _live_url(page)
    return PageLink(url=url, title=str(page)) if url else None


def _default_thank_you_page(payment: KhaltiPayment) -> PageLink | None:
    """The thank-you page of the site's settings, in the visitor's language if it is translated."""
    page = settings_of(site_of_payment(payment)).thank_you_page
    with translation.override(payment.language or translation.get_language()):
        return _link_to(page and page.localized)


def _published_page(pk: str) -> models.Model | None:
    if not pk:
        return None
    pages = swapper.load_model("wagtailcore", "Page")
    found: models.Model | None = pages._base_manager.filter(pk=pk, live=True).first()
    return found
