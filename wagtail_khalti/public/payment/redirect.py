"""Send the visitor to Khalti's payment page."""

from __future__ import annotations

import logging

from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.views.decorators.http import require_safe

from wagtail_khalti.actions import initiate_payment
from wagtail_khalti.embedded import send_mails_after_response
from wagtail_khalti.exceptions import AnswerNotUnderstood, GatewayUnreachable, KhaltiError, RequestRejected, SoldOut
from wagtail_khalti.ledger import RESUME_TTL
from wagtail_khalti.models.status import Status
from wagtail_khalti.public.decorators import limited_page, visitor_page
from wagtail_khalti.public.payment.destinations import retry_url
from wagtail_khalti.public.payment.mailed_links import signed_retry
from wagtail_khalti.public.payment.status_page import TEMPLATES, find_payment, not_found, render_state

logger = logging.getLogger(__name__)


@visitor_page
@limited_page
@require_safe
def continue_to_khalti(request: HttpRequest, reference: str) -> HttpResponse:
    """Redirect to Khalti once there is a payment link: also on a double click, and after Khalti was unavailable."""
    send_mails_after_response(request)
    payment = find_payment(reference)
    if payment is None:
        return not_found(request)

    if payment.status == Status.CREATED and payment.offer and timezone.now() - payment.created_at > RESUME_TTL:
        return HttpResponseRedirect(retry_url(payment, signed=signed_retry(request, payment)))

    try:
        initiate_payment(payment)
    except (GatewayUnreachable, AnswerNotUnderstood, RequestRejected) as error:
        logger.warning("Payment %s could not be sent to Khalti: %s", reference, error)
        return render_state(request, payment, TEMPLATES[payment.status])
    except SoldOut:
        return render_state(request, payment, "sold_out")
    except (KhaltiError, ImproperlyConfigured):
        logger.exception("Payment %s can't be sent to Khalti", reference)
        return render_state(request, payment, "not_possible")
    if payment.status == Status.CREATED:
        return render_state(request, payment, "sending")
    return HttpResponseRedirect(payment.next_url)
