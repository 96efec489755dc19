"""After the checkout: the way to Khalti, the way back, and how the payment stands."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import timedelta

from django.core.exceptions import ImproperlyConfigured
from django.db.models import Model
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone, translation
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe
from wagtail.models import Site

from wagtail_khalti.actions import check_payment, initiate_payment
from wagtail_khalti.embedded import reconcile_after_this_answer
from wagtail_khalti.exceptions import AnswerNotUnderstood, GatewayUnreachable, KhaltiError, RequestRejected
from wagtail_khalti.gateway import Callback
from wagtail_khalti.lookups import lease_for_lookup
from wagtail_khalti.models import KhaltiEvent, KhaltiPayment
from wagtail_khalti.models.status import SOFT_ENDS, Status
from wagtail_khalti.outbox import deliver
from wagtail_khalti.public.decorators import limited_page, visitor_page
from wagtail_khalti.public.destinations import back_url_of, next_page, own_page, retry_url
from wagtail_khalti.public.limits import asked_to_wait, seconds_to_wait
from wagtail_khalti.public.merchant import merchant
from wagtail_khalti.public.sites import chosen, site_of_payment
from wagtail_khalti.public.started import was_started_here
from wagtail_khalti.receipts import RefundSummary, receipt_of, refund_summary_of

logger = logging.getLogger(__name__)

MIN_INTERVAL = timedelta(seconds=2)  # after the last one: reloading a page must not hammer Khalti
MIN_INTERVAL_AFTER_END = timedelta(minutes=1)  # a late payment is rare, and a page of an end may be looked at for years
RESUME_TTL = timedelta(minutes=10)  # then what was to be bought, and for how much, is read again
PAUSES = (3, 3, 5, 5, 10, 10, 20, 20, 30, 30)  # seconds between the checks that a waiting page makes by itself

PAGES: Mapping[str, str] = {
    Status.CREATED: "not_sent",
    Status.INITIATED: "waiting",
    Status.PENDING: "waiting",
    Status.COMPLETED: "completed",
    Status.PARTIALLY_REFUNDED: "refunded",
    Status.REFUNDED: "refunded",
    Status.CANCELED: "canceled",
    Status.EXPIRED: "expired",
    Status.FAILED: "failed",
}


@visitor_page
@limited_page
@require_safe
def go_on_to_khalti(request: HttpRequest, reference: str) -> HttpResponse:
    """To Khalti's page, as soon as there is one: also for the second of two clicks, and after Khalti was down."""
    payment = _find(reference)
    if payment is None:
        return _not_found(request)

    if payment.status == Status.CREATED and payment.offer and timezone.now() - payment.created_at > RESUME_TTL:
        return HttpResponseRedirect(retry_url(payment))

    try:
        initiate_payment(payment)
    except (GatewayUnreachable, AnswerNotUnderstood, RequestRejected) as error:
        logger.warning("Payment %s could not be sent to Khalti: %s", reference, error)
        return _page(request, payment, PAGES[payment.status])
    except (KhaltiError, ImproperlyConfigured):
        logger.exception("Payment %s can't be sent to Khalti", reference)
        return _page(request, payment, "not_possible")
    if payment.status == Status.CREATED:
        return _page(request, payment, "sending")
    return HttpResponseRedirect(payment.next_url)


@csrf_exempt  # Khalti sends browsers here by GET; a POST is tolerated, and both prove nothing
@visitor_page
@require_http_methods(["GET", "HEAD", "POST"])
def return_from_khalti(request: HttpRequest, reference: str) -> HttpResponse:
    """The callback: a hint to look the payment up. What the browser says is noted, and never believed."""
    reconcile_after_this_answer(request)
    if seconds_to_wait(request, "return"):
        # Nothing is lost: that page asks Khalti, too, and has limits of its own.
        return HttpResponseRedirect(reverse("wagtail_khalti:payment", args=[reference]))
    payment = _find(reference)
    if payment is None:
        return _not_found(request)

    is_ours = _come_back(payment, Callback.from_query(request.META.get("QUERY_STRING", "")))
    _bring_up_to_date(payment, is_ours=is_ours)
    return HttpResponseRedirect(own_page(payment) or payment.get_absolute_url())


@visitor_page
@require_safe
def payment_page(request: HttpRequest, reference: str, *, shows_payer: bool = False) -> HttpResponse:
    """How the payment stands: receipt, waiting room, or the next step after an end.

    ``shows_payer``: the address proves that it was given to the payer. So does the browser that began the payment.
    """
    payment = _find(reference)
    if payment is None:
        return _not_found(request)

    wait = seconds_to_wait(request, "page")
    pause = MIN_INTERVAL if payment.is_waiting else MIN_INTERVAL_AFTER_END
    _bring_up_to_date(payment, is_ours=not wait and not payment.is_paid and lease_for_lookup(payment, pause=pause))
    refund_summary = refund_summary_of(payment)
    shows_payer = shows_payer or was_started_here(request, payment.reference)
    page = _page(
        request, payment, _state(payment, refund_summary), refund_summary=refund_summary, shows_payer=shows_payer
    )
    return asked_to_wait(page, wait) if wait else page


def _state(payment: KhaltiPayment, refund_summary: RefundSummary | None) -> str:
    """The page that says it. Money may have gone back past Khalti, which calls the payment completed then."""
    if payment.duplicate_of_id and not (refund_summary and refund_summary.is_all):
        return "paid_twice"
    if not payment.is_paid and payment.issues.open().doubting_the_money().exists():
        return "unconfirmed"
    return "refunded" if refund_summary else PAGES[payment.status]


def _find(reference: str) -> KhaltiPayment | None:
    if "\x00" in reference or not reference.isascii():  # some databases refuse to look for it
        return None
    return KhaltiPayment.objects.whole(reference=reference)


def _come_back(payment: KhaltiPayment, callback: Callback) -> bool:
    """Note it, and say whether Khalti is ours to ask. Once it is paid neither: the address may be opened for years."""
    if payment.is_paid:
        return False
    is_first = payment.returned_at is None
    now = timezone.now()
    is_ours = lease_for_lookup(payment, pause=_pause_of_return(payment), returned_at=now, is_urgent=True)

    data = {"hints": callback.hints, "names_another_payment": callback.names_another(payment.pidx)}
    event = KhaltiEvent.about(payment, KhaltiEvent.Kind.RETURNED, actor=KhaltiEvent.Actor.VISITOR, data=data)
    if is_first and (is_ours or KhaltiPayment.objects.filter(pk=payment.pk, returned_at=None).update(returned_at=now)):
        event.save()
    elif is_ours:
        KhaltiEvent.objects.add(event)
    return is_ours


def _pause_of_return(payment: KhaltiPayment) -> timedelta:
    """Since Khalti was last asked; none for the first who comes, and the first after an end, who may just have paid."""
    is_first = payment.returned_at is None
    is_first_after_end = payment.ended_at and payment.returned_at and payment.returned_at < payment.ended_at
    if is_first or is_first_after_end:
        return timedelta()
    return MIN_INTERVAL_AFTER_END if payment.status in SOFT_ENDS else MIN_INTERVAL


def _bring_up_to_date(payment: KhaltiPayment, *, is_ours: bool) -> None:
    """Ask Khalti, where that is ours to do; in any case tell the site what it hasn't heard yet."""
    try:
        if is_ours:
            check_payment(payment)
    except KhaltiError as error:
        # No answer is no news: the visitor sees how the payment stands, and it is asked again.
        logger.warning("Payment %s could not be checked: %s", payment.reference, error)
        is_ours = False
    if not is_ours:
        deliver(payment)


def _not_found(request: HttpRequest) -> HttpResponse:
    return render(
        request, "wagtail_khalti/public/not_found.html", merchant(Site.find_for_request(request), request), status=404
    )


def _page(
    request: HttpRequest,
    payment: KhaltiPayment,
    name: str,
    *,
    refund_summary: RefundSummary | None = None,
    shows_payer: bool = False,
) -> HttpResponse:
    with translation.override(payment.language or translation.get_language()):
        site = site_of_payment(payment) or Site.find_for_request(request)
        receipt = receipt_of(payment, chosen(payment.site), refund_summary, shows_payer=shows_payer)
        context = {
            **merchant(site, request),
            "merchant": receipt.merchant,
            "payment": payment,
            "state": name,
            "receipt": receipt,
            "refund_summary": refund_summary,
            "is_test": payment.is_test,
            "next_page": next_page(payment),
            "back_url": payment.back_url or back_url_of(_source(payment), site),
            "pay_url": payment.next_url,
            "pay_again_url": retry_url(payment),
            **_pauses(request),
        }
        return render(request, f"wagtail_khalti/public/{name}.html", context)


def _source(payment: KhaltiPayment) -> Model | None:
    """What held the block; None also where the site has dropped that kind of page since."""
    is_known = payment.source_type is not None and payment.source_type.model_class() is not None
    return payment.source if is_known else None


def _pauses(request: HttpRequest) -> dict[str, object]:
    """When a waiting page asks again by itself, and which time that is; at the end it leaves it to a button."""
    try:
        turn = int(request.GET.get("turn", "0")[:3])
    except ValueError:
        turn = 0
    pause = PAUSES[turn] if 0 <= turn < len(PAUSES) else None
    return {"pause": pause, "next_turn": turn + 1, "pauses": PAUSES}
