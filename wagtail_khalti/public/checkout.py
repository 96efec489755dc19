"""Before Khalti: the page on which a visitor sees what it costs, says who they are, and goes to pay."""

from __future__ import annotations

import logging
from contextlib import suppress

from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.http import require_http_methods
from wagtail.models import Site

from wagtail_khalti.actions import Source, check_payment, start_payment
from wagtail_khalti.conf import configuration
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
from wagtail_khalti.models.payment import SOFT_ENDS
from wagtail_khalti.money import format_rupees
from wagtail_khalti.public.decorators import visitor_page
from wagtail_khalti.public.destinations import way_back, way_to_pay
from wagtail_khalti.public.forms import CheckoutForm
from wagtail_khalti.public.offers import Offer, open_offer
from wagtail_khalti.public.openings import count_opening
from wagtail_khalti.public.seller import seller
from wagtail_khalti.public.sites import chosen, is_test_site, merchant_of_site, site_of
from wagtail_khalti.public.started import remember_start, was_started_here
from wagtail_khalti.writing import write_number

logger = logging.getLogger(__name__)

FIELD_BY_KHALTIS_NAME = {
    "customer_info.name": "name",
    "customer_info.email": "email",
    "customer_info.phone": "phone",
}


@visitor_page
@require_http_methods(["GET", "HEAD", "POST"])
@csrf_protect
def checkout(request: HttpRequest, token: str) -> HttpResponse:
    """GET shows the offer as it stands now; POST starts the payment, if the total is the one that was seen."""
    reconcile_after_this_answer(request)
    try:
        offer = open_offer(token)
    except OfferUnavailable as error:
        return _unavailable(request, error)

    with translation.override(offer.language or translation.get_language()):
        if request.method != "POST":
            form = CheckoutForm(terms=offer.terms, initial=_answers_given_before(request))
            return _page(request, offer, form)
        form = CheckoutForm(request.POST, terms=offer.terms)
        if not form.is_valid() or not form.saw_total:
            return _page(request, offer, form)
        return _pay(request, offer, form)


def _pay(request: HttpRequest, offer: Offer, form: CheckoutForm) -> HttpResponse:
    try:
        payment = _open_payment(request, offer, form)
    except (KhaltiError, ImproperlyConfigured, ValueError) as error:
        _say(form, error)
        return _page(request, offer, form)

    response = HttpResponseRedirect(way_to_pay(payment))
    remember_start(request, response, payment)
    return response


def _open_payment(request: HttpRequest, offer: Offer, form: CheckoutForm) -> KhaltiPayment:
    """The payment of this form. Where that came to an end, as after "Back", a new try of it."""
    payment = _start(request, offer, form, after=None)
    while _has_ended(payment):
        payment = _start(request, offer, form, after=payment)
    return payment


def _start(request: HttpRequest, offer: Offer, form: CheckoutForm, *, after: KhaltiPayment | None) -> KhaltiPayment:
    site = site_of(offer.owner, offer.site)
    return start_payment(
        form.total,
        purpose=offer.terms.name,
        idempotency_key=form.idempotency_key(offer.token, after=after),
        customer=form.customer,
        breakdown=form.breakdown,
        products=form.products,
        merchant=merchant_of_site(site),
        site=site,
        base_url=configuration().base_url or request.build_absolute_uri("/"),
        source=Source(
            owner=offer.owner,
            block_path=offer.block_path,
            offer=offer.token,
            thank_you_page=offer.terms.thank_you_page,
        ),
    )


def _has_ended(payment: KhaltiPayment) -> bool:
    """Khalti is asked again before a second payment begins, whether it ended by the clock or by an earlier answer."""
    if payment.status in SOFT_ENDS or (payment.is_waiting and payment.has_run_out):
        with suppress(KhaltiError):
            check_payment(payment)
    return payment.status in SOFT_ENDS and not payment.reviews.open().doubting_the_money().exists()


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
    return {
        "name": payment.customer_name,
        "email": payment.customer_email,
        "phone": payment.customer_phone,
        "quantity": sum(product["quantity"] for product in payment.products) or 1,
    }


def _page(request: HttpRequest, offer: Offer, form: CheckoutForm) -> HttpResponse:
    language = translation.get_language()
    changed_total = form.is_bound and not form.errors and not form.saw_total
    site = site_of(offer.owner, offer.site)
    count_opening(request, offer, site)
    return render(
        request,
        "wagtail_khalti/public/checkout.html",
        {
            **seller(site, request),
            "offer": offer,
            "form": form,
            "unit_price": format_rupees(offer.terms.unit_price, language),
            "quantity": write_number(form.quantity_wanted),
            "total": format_rupees(form.total, language),
            "has_new_total": changed_total,
            "text": chosen(site).checkout_text,
            "is_test": is_test_site(site),
            "back_url": way_back(offer.owner, site),
        },
    )


def _unavailable(request: HttpRequest, error: OfferUnavailable) -> HttpResponse:
    """In the language of the page that the offer stood on, with the way back to it, as far as these are known."""
    with translation.override(error.language or translation.get_language()):
        site = site_of(error.owner, error.site) or Site.find_for_request(request)
        context = {**seller(site, request), "back_url": way_back(error.owner, site)}
        status = 404 if isinstance(error, OfferTampered) else 410
        return render(request, "wagtail_khalti/public/unavailable.html", context, status=status)
