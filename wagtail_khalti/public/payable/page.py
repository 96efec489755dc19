"""The page of a payable: it shows what is to be paid and to whom, and starts the payment."""

from __future__ import annotations

import logging
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.http import require_http_methods
from wagtail.models import Site

from wagtail_khalti.embedded import reconcile_after_response
from wagtail_khalti.exceptions import AlreadyPaid, AnswerNotUnderstood, GatewayUnreachable, KhaltiError
from wagtail_khalti.models import KhaltiPayment
from wagtail_khalti.payables import pay, payment_that_paid
from wagtail_khalti.payables.links import payable_of_token
from wagtail_khalti.public.browser_payments import remember_payment
from wagtail_khalti.public.decorators import limited_page, visitor_page
from wagtail_khalti.public.limits import rate_limit_message, seconds_to_wait, with_retry_after
from wagtail_khalti.public.merchant import merchant_context
from wagtail_khalti.public.payable.content import PayContent, next_url_of
from wagtail_khalti.public.payable.errors import messages_for
from wagtail_khalti.public.payment.unavailable import while_unavailable

logger = logging.getLogger(__name__)

TEMPLATE = "wagtail_khalti/public/payable.html"


@visitor_page
@limited_page
@require_http_methods(["GET", "HEAD", "POST"])
@csrf_protect
def pay_page(request: HttpRequest, token: str) -> HttpResponse:
    """GET shows what is to be paid now; POST starts the payment if the visitor has seen that amount.

    The signed link is the permission: the site gives it to those who may pay.
    """
    reconcile_after_response(request)
    payable = payable_of_token(token)
    if payable is None:
        return _gone(request)
    if paid := payment_that_paid(payable, request):
        return _paid(request, paid)
    try:
        details = payable.get_payment_details()
    except KhaltiError as error:
        logger.info("%s can't be paid: %s", payable._meta.label, error)
        return _gone(request)

    content = PayContent(payable=payable, details=details, request=request)
    if request.method != "POST":
        return _render(content)
    if wait := seconds_to_wait(request, "checkout"):
        return with_retry_after(_render(content, errors=[rate_limit_message(wait)]), wait)
    if not content.has_seen_total:
        return _render(content, has_new_total=True)
    return _pay(content)


def _pay(content: PayContent) -> HttpResponse:
    options = {"success_url": content.next_url} if content.next_url else {}
    try:
        payment = pay(content.payable, content.request, **options)
    except AlreadyPaid as error:
        return _paid(content.request, error.payment)
    except (KhaltiError, ImproperlyConfigured, ValueError) as error:
        return _unsent(content, error)
    response = HttpResponseRedirect(payment.next_url)
    remember_payment(content.request, response, payment)
    return response


def _unsent(content: PayContent, error: Exception) -> HttpResponse:
    """The page again. If the payment waits for Khalti to respond, with a link to it, which this browser remembers."""
    reference = error.reference if isinstance(error, GatewayUnreachable | AnswerNotUnderstood) else ""
    payment = KhaltiPayment.objects.filter(reference=reference).first() if reference else None
    later: dict[str, object] = while_unavailable(payment, content.site) if payment else {}
    response = _render(content, errors=messages_for(error), **later)
    if payment:
        remember_payment(content.request, response, payment)
    return response


def _paid(request: HttpRequest, payment: KhaltiPayment) -> HttpResponse:
    """To where the visitor was going, or to the receipt."""
    return HttpResponseRedirect(next_url_of(request) or payment.get_absolute_url())


def _render(content: PayContent, **context: Any) -> HttpResponse:
    return render(content.request, TEMPLATE, {**content.context(), **context})


def _gone(request: HttpRequest) -> HttpResponse:
    context = merchant_context(Site.find_for_request(request), request)
    return render(request, "wagtail_khalti/public/nothing_to_pay.html", context, status=404)
