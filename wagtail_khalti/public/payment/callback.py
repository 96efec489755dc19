"""The callback: where Khalti sends the visitor's browser after the payment."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from wagtail_khalti.database.plain_sql import insert_rows
from wagtail_khalti.embedded import reconcile_after_response
from wagtail_khalti.gateway import Callback
from wagtail_khalti.models import KhaltiEvent, KhaltiPayment
from wagtail_khalti.public.decorators import visitor_page
from wagtail_khalti.public.limits import seconds_to_wait
from wagtail_khalti.public.payment.destinations import url_after_return
from wagtail_khalti.public.payment.refresh import lease_lookup, refresh_status
from wagtail_khalti.public.payment.status_page import find_payment, not_found


@csrf_exempt  # Khalti redirects browsers here by GET; a POST is accepted too, and neither proves anything
@visitor_page
@require_http_methods(["GET", "HEAD", "POST"])
def return_from_khalti(request: HttpRequest, reference: str) -> HttpResponse:
    """Look up the payment at Khalti. What the browser sends is recorded, but never trusted."""
    reconcile_after_response(request)
    if seconds_to_wait(request, "return"):
        # Nothing is lost: the payment's page looks it up too, with limits of its own.
        return HttpResponseRedirect(reverse("wagtail_khalti:payment", args=[reference]))
    payment = find_payment(reference)
    if payment is None:
        return not_found(request)

    has_lease = record_return(payment, Callback.from_query(request.META.get("QUERY_STRING", "")))
    refresh_status(payment, has_lease=has_lease)
    return HttpResponseRedirect(url_after_return(payment))


def record_return(payment: KhaltiPayment, callback: Callback) -> bool:
    """Record the return, and say whether to look up the payment. Neither once it is paid."""
    if payment.is_paid:
        return False
    is_first = payment.returned_at is None
    now = timezone.now()
    has_lease = lease_lookup(payment, ignore_interval=_is_new_return(payment), returned_at=now, is_urgent=True)

    hints = {} if payment.anonymized_at else callback.parameters  # Khalti may send the payer's number
    data = {"hints": hints, "names_another_payment": callback.names_another(payment.pidx)}
    event = KhaltiEvent.about(payment, KhaltiEvent.Kind.RETURNED, actor=KhaltiEvent.Actor.VISITOR, data=data)
    if is_first and (
        has_lease or KhaltiPayment.objects.filter(pk=payment.pk, returned_at=None).update(returned_at=now)
    ):
        insert_rows([event])
    elif has_lease:
        KhaltiEvent.objects.add(event)
    return has_lease


def _is_new_return(payment: KhaltiPayment) -> bool:
    """Whether this is the first return, or the first since the payment ended."""
    if payment.returned_at is None:
        return True
    return payment.ended_at is not None and payment.returned_at < payment.ended_at
