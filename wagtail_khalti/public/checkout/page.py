"""Before Khalti: the page on which a visitor sees what it costs, says who they are, and goes to pay."""

from __future__ import annotations

import logging

from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.http import require_http_methods
from wagtail.models import Site

from wagtail_khalti.embedded import reconcile_after_this_answer
from wagtail_khalti.exceptions import (
    AmountTooLarge,
    AnswerNotUnderstood,
    GatewayError,
    GatewayUnreachable,
    IdempotencyConflict,
    KhaltiError,
    OfferTampered,
    OfferUnavailable,
    RequestRejected,
)
from wagtail_khalti.models import KhaltiPayment
from wagtail_khalti.public.checkout.earlier import Earlier
from wagtail_khalti.public.checkout.pay_offer import pay_offer
from wagtail_khalti.public.checkout.views import count_checkout_view_of
from wagtail_khalti.public.decorators import limited_page, visitor_page
from wagtail_khalti.public.forms import CheckoutForm, answers_of, checkout_form
from wagtail_khalti.public.limits import asked_to_wait, please_wait, seconds_to_wait
from wagtail_khalti.public.merchant import merchant
from wagtail_khalti.public.offers import Offer, open_offer
from wagtail_khalti.public.payment.destinations import back_url_of
from wagtail_khalti.public.restrictions import may_see
from wagtail_khalti.public.sites import chosen, is_test_site, site_of
from wagtail_khalti.public.started import remember_start, started_here, was_started_here

logger = logging.getLogger(__name__)

FIELD_BY_KHALTIS_NAME = {
    "customer_info.name": "name",
    "customer_info.email": "email",
    "customer_info.phone": "phone",
}


@visitor_page
@limited_page
@require_http_methods(["GET", "HEAD", "POST"])
@csrf_protect
def checkout(request: HttpRequest, token: str) -> HttpResponse:
    """GET shows the offer as it stands now; POST starts the payment, if the total is the one that was seen."""
    reconcile_after_this_answer(request)
    try:
        offer = open_offer(token)
    except OfferUnavailable as error:
        return _unavailable(request, error)
    if not may_see(offer.owner, request):
        return HttpResponseRedirect(
            back_url_of(offer.owner) or "/"
        )  # a private page asks for its password or a sign-in

    with translation.override(offer.language or translation.get_language()):
        if request.method != "POST":
            form = checkout_form()(terms=offer.terms, initial=_answers_given_before(request))
            return _page(request, offer, form)
        form = checkout_form()(request.POST, terms=offer.terms)
        if wait := seconds_to_wait(request, "checkout"):
            form.add_error(None, please_wait(wait))
            return asked_to_wait(_page(request, offer, form), wait)
        if not form.is_valid() or not form.saw_total:
            return _page(request, offer, form)
        return _pay(request, offer, form)


def _pay(request: HttpRequest, offer: Offer, form: CheckoutForm) -> HttpResponse:
    checkout = form.as_request(begun_here=started_here(request))
    try:
        payment = pay_offer(offer, checkout, base_url=f"{request.scheme}://{request.get_host()}")
    except (KhaltiError, ImproperlyConfigured, ValueError) as error:
        _say(form, error)
        return _page(request, offer, form)
    if isinstance(payment, Earlier):
        return _page(request, offer, form, paid=payment)

    response = HttpResponseRedirect(payment.next_url)
    remember_start(request, response, payment)
    return response


def _say(form: CheckoutForm, error: Exception) -> None:
    """Why it did not work, in the visitor's words; what was typed stays."""
    if isinstance(error, GatewayUnreachable | AnswerNotUnderstood):
        form.add_error(None, _("Khalti is not answering right now. Nothing was taken. Please try again."))
    elif isinstance(error, RequestRejected):
        _say_why_khalti_refused(form, error)
    elif isinstance(error, AmountTooLarge):
        form.refuse_total(error.largest)  # the merchant of this site takes less than another does
    elif isinstance(error, IdempotencyConflict):
        # The payment of this form may be paid: then "nothing was taken" would be a lie.
        form.add_error(None, _("This form was used before. Please go back to the page and start again."))
    else:
        logger.error("A payment could not be started: %s", error, exc_info=not isinstance(error, GatewayError))
        form.add_error(None, _("Payments can't be taken here right now. Nothing was taken."))


def _say_why_khalti_refused(form: CheckoutForm, error: RequestRejected) -> None:
    for name, words in error.fields.items():
        field = FIELD_BY_KHALTIS_NAME.get(name)
        said = _("Khalti did not accept this: %(words)s") % {"words": words}
        form.add_error(field if field in form.fields else None, said)
    if not error.fields:
        form.add_error(None, _("Khalti did not accept this payment. Nothing was taken."))


def _answers_given_before(request: HttpRequest) -> dict[str, object]:
    """For "Pay again": what this browser, and no other, typed for an earlier try."""
    reference = request.GET.get("again", "")
    if not was_started_here(request, reference):
        return {}
    payment = KhaltiPayment.objects.filter(reference=reference).first()
    if payment is None:
        return {}
    return answers_of(payment)


def _page(request: HttpRequest, offer: Offer, form: CheckoutForm, *, paid: Earlier | None = None) -> HttpResponse:
    changed_total = form.is_bound and not form.errors and not form.saw_total
    site = site_of(offer.owner, offer.site)
    count_checkout_view_of(request, offer, site)
    return render(
        request,
        "wagtail_khalti/public/checkout.html",
        {
            **merchant(site, request),
            "offer": offer,
            "form": form,
            **form.price_summary(),
            "has_new_total": changed_total,
            "paid": paid,
            "text": chosen(site).checkout_message,
            "is_test": is_test_site(site),
            "back_url": back_url_of(offer.owner, site),
        },
    )


def _unavailable(request: HttpRequest, error: OfferUnavailable) -> HttpResponse:
    """In the language of the page that the offer stood on, with the way back to it, as far as these are known."""
    with translation.override(error.language or translation.get_language()):
        site = site_of(error.owner, error.site) or Site.find_for_request(request)
        context = {**merchant(site, request), "back_url": back_url_of(error.owner, site)}
        status = 404 if isinstance(error, OfferTampered) else 410
        return render(request, "wagtail_khalti/public/unavailable.html", context, status=status)
