"""The endpoints that a merchant's server calls."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from wagtail_khalti.simulator import responses
from wagtail_khalti.simulator.conf import simulator_settings
from wagtail_khalti.simulator.decorators import View, simulator_view
from wagtail_khalti.simulator.disturbance.faults import Endpoint
from wagtail_khalti.simulator.disturbance.troubles import answered
from wagtail_khalti.simulator.endpoints.reading import data_of, key_hash_of, subject_of
from wagtail_khalti.simulator.endpoints.validation import Invalid, members, order_from, refund_from, text
from wagtail_khalti.simulator.models import Call, SimulatedPayment
from wagtail_khalti.simulator.wire import deliver_response

Answer = Callable[..., HttpResponse]


def endpoint(name: Endpoint) -> Callable[[Answer], View]:
    """Counts the call, then tells the truth or what trouble makes of it."""

    def decorate(answer: Answer) -> View:
        @simulator_view
        @csrf_exempt
        @wraps(answer)
        def view(request: HttpRequest, **where: str) -> HttpResponseBase:
            subject = subject_of(name, request, **where)
            Call.objects.create(endpoint=name, subject=subject)
            return deliver_response(request, answered(name, subject, lambda: _truth(answer, request, where)))

        return view

    return decorate


def _truth(answer: Answer, request: HttpRequest, where: Mapping[str, str]) -> HttpResponse:
    response = _answer_or_refusal(answer, request, where)
    response["Allow"] = "POST, OPTIONS"
    return response


def _answer_or_refusal(answer: Answer, request: HttpRequest, where: Mapping[str, str]) -> HttpResponse:
    """In the order of Django REST framework: who calls, then how, then with what."""
    try:
        key_hash = key_hash_of(request)
        if request.method == "OPTIONS":
            return HttpResponse()
        if request.method != "POST":
            return responses.not_allowed(request.method or "").response()
        return answer(request, key_hash, data_of(request), **where)
    except Invalid as wrong:
        return responses.not_valid(wrong.errors).response()
    except responses.Refusal as refusal:
        return refusal.response()


@endpoint("initiate")
def initiate(request: HttpRequest, key_hash: str, data: Any) -> HttpResponse:
    order = order_from(data)
    now = timezone.now()

    payment = SimulatedPayment.objects.create(
        key_hash=key_hash,
        return_url=order.return_url,
        website_url=order.website_url,
        amount=order.amount,
        purchase_order_id=order.purchase_order_id,
        purchase_order_name=order.purchase_order_name,
        amount_breakdown=order.amount_breakdown,
        merchant_extras=order.merchant_extras,
        created_at=now,
        expires_at=now + timedelta(seconds=simulator_settings().expires_in),
    )

    return JsonResponse(responses.initiated(payment, payment_url(request, payment)))


@endpoint("lookup")
def lookup(request: HttpRequest, key_hash: str, data: Any) -> HttpResponse:
    pidx = members(data, {"pidx": text}, {})["pidx"]
    payment = SimulatedPayment.objects.filter(pidx=pidx, key_hash=key_hash).first()
    if payment is None or payment.pidx != pidx:  # MariaDB compares without regard to case
        raise responses.not_found()

    status, body = responses.looked_up(payment)
    return JsonResponse(body, status=status)


@endpoint("refund")
def refund(request: HttpRequest, key_hash: str, data: Any, *, transaction_id: str) -> HttpResponse:
    if not simulator_settings().refunds:
        raise responses.refunds_are_off()
    payment = SimulatedPayment.of_transaction(transaction_id)
    if payment is None or payment.key_hash != key_hash:
        raise responses.not_found()
    amount = refund_from(data, is_by_bank=payment.is_by_bank)

    too_much = amount is not None and amount > payment.refundable
    if too_much or not payment.refund(amount):
        raise responses.not_refundable(payment)
    return JsonResponse(responses.refunded())


def payment_url(request: HttpRequest, payment: SimulatedPayment) -> str:
    chosen = simulator_settings()
    query = {"pidx": payment.pidx}
    if chosen.payment_url_style == "wallet":
        query |= {"return_url": payment.return_url, "mode": "wallet"}
    page = "wallet" if chosen.payment_url_style == "wallet" else "page"
    path = f"{reverse(f'khalti_simulator:{page}')}?{urlencode(query)}"
    return chosen.public_origin.rstrip("/") + path if chosen.public_origin else request.build_absolute_uri(path)
