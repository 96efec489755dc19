"""The way back from Khalti."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from wagtail_khalti.embedded import reconcile_after_this_answer
from wagtail_khalti.gateway import Callback
from wagtail_khalti.models import KhaltiEvent, KhaltiPayment
from wagtail_khalti.public.decorators import visitor_page
from wagtail_khalti.public.limits import seconds_to_wait
from wagtail_khalti.public.payment.destinations import own_page
from wagtail_khalti.public.payment.refresh import lease_lookup, refresh_status
from wagtail_khalti.public.payment.status_page import find_payment, not_found


@csrf_exempt  # Khalti sends browsers here by GET; a POST is tolerated, and both prove nothing
@visitor_page
@require_http_methods(["GET", "HEAD", "POST"])
def return_from_khalti(request: HttpRequest, reference: str) -> HttpResponse:
    """The callback: a hint to look the payment up. What the browser says is noted, and never believed."""
    reconcile_after_this_answer(request)
    if seconds_to_wait(request, "return"):
        # Nothing is lost: that page asks Khalti, too, and has limits of its own.
        return HttpResponseRedirect(reverse("wagtail_khalti:payment", args=[reference]))
    payment = find_payment(reference)
    if payment is None:
        return not_found(request)

    is_ours = _come_back(payment, Callback.from_query(request.META.get("QUERY_STRING", "")))
    refresh_status(payment, is_ours=is_ours)
    return HttpResponseRedirect(own_page(payment) or payment.get_absolute_url())


def _come_back(payment: KhaltiPayment, callback: Callback) -> bool:
    """Note it, and say whether Khalti is ours to ask. Once it is paid neither: the address may be opened for years."""
    if payment.is_paid:
        return False
    is_first = payment.returned_at is None
    now = timezone.now()
    is_ours = lease_lookup(payment, at_once=_may_have_just_paid(payment), returned_at=now, is_urgent=True)

    data = {"hints": callback.hints, "names_another_payment": callback.names_another(payment.pidx)}
    event = KhaltiEvent.about(payment, KhaltiEvent.Kind.RETURNED, actor=KhaltiEvent.Actor.VISITOR, data=data)
    if is_first and (is_ours or KhaltiPayment.objects.filter(pk=payment.pk, returned_at=None).update(returned_at=now)):
        event.save()
    elif is_ours:
        KhaltiEvent.objects.add(event)
    return is_ours


def _may_have_just_paid(payment: KhaltiPayment) -> bool:
    """The first who comes, and the first after an end."""
    if payment.returned_at is None:
        return True
    return payment.ended_at is not None and payment.returned_at < payment.ended_at
