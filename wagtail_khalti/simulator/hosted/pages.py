"""The hosted page: how to pay, who pays, one-time password, and the way back to the merchant."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.encoding import iri_to_uri
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.http import require_POST, require_safe

from wagtail_khalti.simulator.conf import simulator_settings
from wagtail_khalti.simulator.decorators import View, simulator_view
from wagtail_khalti.simulator.hosted.callback import callback_url
from wagtail_khalti.simulator.hosted.forms import OneTimePasswordForm, SignInForm
from wagtail_khalti.simulator.identifiers import new_id
from wagtail_khalti.simulator.models import OPEN, SimulatedPayment, Status

PaymentView = Callable[[HttpRequest, SimulatedPayment], HttpResponse]


def payment_page(repeatable: Status | None = None) -> Callable[[PaymentView], View]:
    """Find the payment and turn away the ones that ended; a form sent twice may end as it did before."""

    def decorate(view: PaymentView) -> View:
        @simulator_view
        @csrf_protect
        @wraps(view)
        def found(request: HttpRequest) -> HttpResponse:
            pidx = request.GET.get("pidx", "").replace("\x00", "")
            payment = SimulatedPayment.objects.filter(pidx=pidx).first()
            if payment is None:
                return (
                    page(request, "unknown", status=404)
                    if pidx
                    else page(request, "home", has_dashboard=simulator_settings().dashboard)
                )
            sent_again = request.method == "POST" and payment.status is repeatable
            return view(request, payment) if payment.is_open or sent_again else ended_page(request, payment)

        return found

    return decorate


@payment_page()
def sign_in(request: HttpRequest, payment: SimulatedPayment) -> HttpResponse:
    form = SignInForm(request.POST or None, payment=payment)
    if not payment.pins_left:
        return page(request, "locked", payment, status=403)
    if form.is_valid():
        payment.move_to(Status.PENDING, only_from=OPEN, mobile=form.cleaned_data["mobile"])
        return go_to(page_url("confirm", payment))
    if not payment.pins_left:
        return page(request, "locked", payment, status=403)
    return page(request, "sign_in", payment, form=form)


@payment_page(repeatable=Status.COMPLETED)
def confirm(request: HttpRequest, payment: SimulatedPayment) -> HttpResponse:
    if not payment.mobile:
        return go_to(page_url("page", payment))
    form = OneTimePasswordForm(request.POST or None)
    if not form.is_valid():
        return page(request, "confirm", payment, form=form)

    payment.move_to(Status.COMPLETED, only_from=OPEN, transaction_id=new_id(), fee=simulator_settings().fee)
    if payment.status is Status.COMPLETED:
        return go_to(callback_url(payment))
    return ended_page(request, payment)


@require_POST
@payment_page(repeatable=Status.CANCELED)
def cancel(request: HttpRequest, payment: SimulatedPayment) -> HttpResponse:
    payment.move_to(Status.CANCELED, only_from=OPEN)
    if payment.status is Status.CANCELED:
        return go_to(callback_url(payment))
    return ended_page(request, payment)


@require_safe
@payment_page()
def leave(request: HttpRequest, payment: SimulatedPayment) -> HttpResponse:
    """Khalti doesn't notify the merchant when a payer leaves, so this doesn't either."""
    return page(request, "leave", payment)


def ended_page(request: HttpRequest, payment: SimulatedPayment) -> HttpResponse:
    # Simulator's own: what Khalti shows for an expired or used pidx is not known.
    name = "expired" if payment.status is Status.EXPIRED else "used"
    return page(request, name, payment, status=410)


def page(
    request: HttpRequest,
    name: str,
    payment: SimulatedPayment | None = None,
    *,
    status: int = 200,
    **extra: Any,
) -> HttpResponse:
    context = (about(payment) if payment else {}) | extra
    response = render(request, f"khalti_simulator/{name}.html", context, status=status)
    response["Cache-Control"] = "no-store"
    response["X-Robots-Tag"] = "noindex"
    return response


def about(payment: SimulatedPayment) -> dict[str, Any]:
    chosen = simulator_settings()
    return {
        "payment": payment,
        "merchant_name": chosen.merchant_name,
        "merchant_host": urlsplit(payment.website_url).netloc.rpartition("@")[2],
        "service_charge": chosen.service_charge,
        "total_payable": payment.amount + chosen.service_charge,
        "callback_url": callback_url(payment),
        "steps": {name: page_url(name, payment) for name in ("page", "confirm", "cancel", "leave")},
    }


def page_url(name: str, payment: SimulatedPayment) -> str:
    return f"{reverse(f'khalti_simulator:{name}')}?{urlencode({'pidx': payment.pidx})}"


def go_to(address: str) -> HttpResponse:
    """A plain 302: Django's own redirect rejects the long URLs of some callbacks."""
    headers = {"Location": iri_to_uri(address), "Cache-Control": "no-store"}
    return HttpResponse(status=302, headers=headers)
