"""The way to Khalti."""

from __future__ import annotations

import logging
from datetime import timedelta

from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.views.decorators.http import require_safe

from wagtail_khalti.actions import initiate_payment
from wagtail_khalti.exceptions import AnswerNotUnderstood, GatewayUnreachable, KhaltiError, RequestRejected
from wagtail_khalti.models.status import Status
from wagtail_khalti.public.decorators import limited_page, visitor_page
from wagtail_khalti.public.payment.destinations import retry_url
from wagtail_khalti.public.payment.status_page import PAGES, find_payment, not_found, page_in_state

logger = logging.getLogger(__name__)

RESUME_TTL = timedelta(minutes=10)  # then what was to be bought, and for how much, is read again


@visitor_page
@limited_page
@require_safe
def go_on_to_khalti(request: HttpRequest, reference: str) -> HttpResponse:
    """To Khalti's page, as soon as there is one: also for the second of two clicks, and after Khalti was down."""
    payment = find_payment(reference)
    if payment is None:
        return not_found(request)

    if payment.status == Status.CREATED and payment.offer and timezone.now() - payment.created_at > RESUME_TTL:
        return HttpResponseRedirect(retry_url(payment))

    try:
        initiate_payment(payment)
    except (GatewayUnreachable, AnswerNotUnderstood, RequestRejected) as error:
        logger.warning("Payment %s could not be sent to Khalti: %s", reference, error)
        return page_in_state(request, payment, PAGES[payment.status])
    except (KhaltiError, ImproperlyConfigured):
        logger.exception("Payment %s can't be sent to Khalti", reference)
        return page_in_state(request, payment, "not_possible")
    if payment.status == Status.CREATED:
        return page_in_state(request, payment, "sending")
    return HttpResponseRedirect(payment.next_url)
