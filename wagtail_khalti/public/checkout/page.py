"""The checkout page: it shows what is bought, takes the visitor's details, and starts the payment."""

from __future__ import annotations

import logging
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.http import require_http_methods
from wagtail.models import Site

from wagtail_khalti.conf import is_test_mode
from wagtail_khalti.embedded import reconcile_after_response
from wagtail_khalti.exceptions import (
    AmountTooLarge,
    AnswerNotUnderstood,
    GatewayError,
    GatewayUnreachable,
    IdempotencyConflict,
    KhaltiError,
    NotOnSale,
    OfferTampered,
    OfferUnavailable,
    RequestRejected,
    SoldOut,
)
from wagtail_khalti.ledger import Availability
from wagtail_khalti.models import KhaltiPayment
from wagtail_khalti.models.references import reference_to_retry
from wagtail_khalti.public.browser_payments import is_started_here, remember_payment, started_here
from wagtail_khalti.public.checkout.availability import (
    add_availability_error,
    availability_of,
    closed_page_context,
    left_at_checkout,
    own_payment,
)
from wagtail_khalti.public.checkout.earlier_payment import EarlierPayment
from wagtail_khalti.public.checkout.forms import CheckoutForm, checkout_form
from wagtail_khalti.public.checkout.pay_offer import pay_offer
from wagtail_khalti.public.checkout.views import count_checkout_view_of
from wagtail_khalti.public.decorators import limited_page, visitor_page
from wagtail_khalti.public.limits import rate_limit_message, seconds_to_wait, with_retry_after
from wagtail_khalti.public.merchant import merchant_context
from wagtail_khalti.public.offers import Offer, open_offer
from wagtail_khalti.public.payment.destinations import back_link
from wagtail_khalti.public.payment.unavailable import while_unavailable
from wagtail_khalti.public.restrictions import may_see
from wagtail_khalti.public.sites import merchant_of_block, settings_of, site_of

logger = logging.getLogger(__name__)


@visitor_page
@limited_page
@require_http_methods(["GET", "HEAD", "POST"])
@csrf_protect
def checkout(request: HttpRequest, token: str) -> HttpResponse:
    """GET shows the current offer; POST starts the payment if the visitor has seen the current total."""
    reconcile_after_response(request)
    try:
        offer = open_offer(token)
    except OfferUnavailable as error:
        return _unavailable(request, error)
    if not may_see(offer.owner, request):
        link = back_link(offer.owner)
        return HttpResponseRedirect(link.url if link else "/")  # the page asks for its password or a login

    with translation.override(offer.language or translation.get_language()):
        if request.method != "POST":
            return _open(request, offer)
        form = checkout_form()(request.POST, terms=offer.terms)
        if wait := seconds_to_wait(request, "checkout"):
            form.add_error(None, rate_limit_message(wait))
            return with_retry_after(_render(request, offer, form), wait)
        if not (form.is_valid() and form.has_seen_total and form.has_seen_names):
            return _render(request, offer, form)
        return _pay(request, offer, form)


def _open(request: HttpRequest, offer: Offer) -> HttpResponse:
    """The form; if it is sold out or not on sale, a page that says so."""
    try:
        found = availability_of(offer)
    except ImproperlyConfigured:
        found = None  # submitting the form reports it
    if closed := closed_page_context(offer, found):
        return _closed(request, offer, closed)
    form = checkout_form()(terms=offer.terms, again=_previous_payment(request), query=request.GET)
    return _render(request, offer, form, found=found)


def _pay(request: HttpRequest, offer: Offer, form: CheckoutForm) -> HttpResponse:
    checkout = form.to_checkout_request(started_here=started_here(request))
    try:
        payment = pay_offer(offer, checkout, base_url=f"{request.scheme}://{request.get_host()}")
    except (KhaltiError, ImproperlyConfigured, ValueError) as error:
        _add_error(form, error)
        return _unsent(request, offer, form, error)
    if isinstance(payment, EarlierPayment):
        return _render(request, offer, form, earlier_payment=payment)

    response = HttpResponseRedirect(payment.next_url)
    remember_payment(request, response, payment)
    return response


def _unsent(request: HttpRequest, offer: Offer, form: CheckoutForm, error: Exception) -> HttpResponse:
    """The form again. If the payment waits for Khalti to respond, with a link to it, which this browser remembers."""
    reference = error.reference if isinstance(error, GatewayUnreachable | AnswerNotUnderstood) else ""
    payment = KhaltiPayment.objects.filter(reference=reference).first() if reference else None
    if payment is None:
        own = own_payment(offer, started_here(request)) if isinstance(error, SoldOut | NotOnSale) else None
        return _render(request, offer, form, own_payment=own)
    response = _render(request, offer, form, unsent=payment)
    remember_payment(request, response, payment)
    return response


def _add_error(form: CheckoutForm, error: Exception) -> None:
    """Show the visitor why the payment was not started. The entered details stay in the form."""
    if isinstance(error, GatewayUnreachable | AnswerNotUnderstood):
        form.add_error(None, _("Khalti is temporarily unavailable. You have not been charged. Please try again."))
    elif isinstance(error, RequestRejected):
        _add_khalti_errors(form, error)
    elif isinstance(error, AmountTooLarge):
        form.add_limit_error(error.largest)  # the limit of this site's Khalti account is lower
    elif isinstance(error, SoldOut | NotOnSale):
        add_availability_error(form, error, form.terms.limit)
    elif isinstance(error, IdempotencyConflict):
        # The payment of this form may be complete, so don't say that nothing was charged.
        form.add_error(None, _("This form has already been submitted. Please go back to the page and start again."))
    else:
        logger.error("A payment could not be started: %s", error, exc_info=not isinstance(error, GatewayError))
        form.add_error(None, _("We can't take payments right now. You have not been charged."))


def _add_khalti_errors(form: CheckoutForm, error: RequestRejected) -> None:
    for name, reason in error.fields.items():
        field = name.removeprefix("customer.")
        message = _("Khalti did not accept this: %(reason)s") % {"reason": reason}
        form.add_error(field if field in form.fields else None, message)
    if not error.fields:
        form.add_error(None, _("Khalti did not accept this payment. You have not been charged."))


def _previous_payment(request: HttpRequest) -> KhaltiPayment | None:
    """For "Pay again": the payment whose details are filled in.

    In the browser that started it, or by a link from a mail to the payer.
    """
    reference = request.GET.get("again", "")
    if not is_started_here(request, reference) and not (reference := reference_to_retry(reference)):
        return None
    return KhaltiPayment.objects.filter(reference=reference).first()


def _render(
    request: HttpRequest,
    offer: Offer,
    form: CheckoutForm,
    *,
    earlier_payment: EarlierPayment | None = None,
    found: Availability | None = None,
    own_payment: KhaltiPayment | None = None,
    unsent: KhaltiPayment | None = None,
) -> HttpResponse:
    has_new_total = form.is_bound and not form.errors and not form.has_seen_total
    site = site_of(offer.owner, offer.site)
    count_checkout_view_of(request, offer, site)
    return render(
        request,
        "wagtail_khalti/public/checkout.html",
        {
            **merchant_context(site, request),
            "offer": offer,
            "form": form,
            **form.price_summary(),
            "has_new_total": has_new_total,
            "has_new_names": form.is_bound and not form.errors and not form.has_seen_names,
            "earlier_payment": earlier_payment,
            "left": left_at_checkout(offer.terms.limit, found),
            "own_payment": own_payment,
            "checkout_message": settings_of(site).checkout_message,
            "is_test": is_test_mode(merchant_of_block(offer.owner, site)),
            "back_link": back_link(offer.owner, site),
            **(while_unavailable(unsent, site) if unsent else {}),
        },
    )


def _closed(request: HttpRequest, offer: Offer, closed: dict[str, Any]) -> HttpResponse:
    site = site_of(offer.owner, offer.site)
    context = {
        **merchant_context(site, request),
        **closed,
        "offer": offer,
        "own_payment": own_payment(offer, started_here(request)),
        "back_link": back_link(offer.owner, site),
    }
    return render(request, "wagtail_khalti/public/not_on_sale.html", context, status=410)


def _unavailable(request: HttpRequest, error: OfferUnavailable) -> HttpResponse:
    """In the language of the page with the block, and with a link back to it, if these are known."""
    with translation.override(error.language or translation.get_language()):
        site = site_of(error.owner, error.site) or Site.find_for_request(request)
        context = {**merchant_context(site, request), "back_link": back_link(error.owner, site)}
        status = 404 if isinstance(error, OfferTampered) else 410
        return render(request, "wagtail_khalti/public/unavailable.html", context, status=status)
