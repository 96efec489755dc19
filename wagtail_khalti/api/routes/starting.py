"""Start a payment for an offer or a payable, once for each idempotency key; and start again after an end."""

from __future__ import annotations

from typing import Annotated, Any

from django.contrib.auth.models import AbstractBaseUser
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.translation import gettext as _
from ninja import Body, Router
from ninja.params import functions as params
from ninja.responses import Status

from wagtail_khalti.actions.starting.recipient import recipient_of
from wagtail_khalti.api.caller import Caller, caller_of
from wagtail_khalti.api.failures import already_paid
from wagtail_khalti.api.idempotency import IDEMPOTENT, Idempotency, idempotency_of
from wagtail_khalti.api.offer_form import form_again, form_of
from wagtail_khalti.api.preconditions import (
    offer_for,
    options_of,
    repeated,
    require_ended,
    require_expected,
    require_none_open,
    root_of,
)
from wagtail_khalti.api.presenting import started_out
from wagtail_khalti.api.problems import Problem, not_permitted, problems
from wagtail_khalti.api.schemas.payments import RetryIn, Start, StartedOut, StartOffer, StartPayable
from wagtail_khalti.api.visibility import find_payable, may_see, payable_of, payable_payment
from wagtail_khalti.embedded import reconcile_after_response
from wagtail_khalti.exceptions import AlreadyPaid
from wagtail_khalti.models import KhaltiPayment
from wagtail_khalti.payables import Payable, pay
from wagtail_khalti.public.checkout.earlier_payment import EarlierPayment
from wagtail_khalti.public.checkout.forms import CheckoutForm
from wagtail_khalti.public.checkout.pay_offer import pay_offer
from wagtail_khalti.public.checkout.request import CheckoutRequest
from wagtail_khalti.public.offers import Offer

STARTED_BY: Any = params.Body(...)  # annotated, it would be hidden by what else annotates it
NO_CHANGES = RetryIn()
ANSWERS = {201: StartedOut, **problems(400, 401, 403, 404, 409, 410, 413, 415, 422, 429, 503)}


def start_payment(request: HttpRequest, response: HttpResponse, data: Start = STARTED_BY) -> Status[dict[str, Any]]:
    """Start a payment for an offer or a registered payable. Send the payer to its `next_url`."""
    reconcile_after_response(request)
    caller = caller_of(request)
    idempotency = idempotency_of(request, caller, "start", data)
    if isinstance(data, StartOffer):
        payment = _start_offer(request, caller, data, idempotency)
    else:
        payment = _start_payable(request, caller, data, idempotency)
    response["Location"] = f"{request.path}{payment.reference}/"
    return Status(201, started_out(payment, caller))


def retry_payment(
    request: HttpRequest, response: HttpResponse, reference: str, data: Annotated[RetryIn, Body()] = NO_CHANGES
) -> Status[dict[str, Any]]:
    """Start a new payment for the same, once this one has ended."""
    reconcile_after_response(request)
    caller = caller_of(request)
    earlier = payable_payment(caller, reference)
    idempotency = idempotency_of(request, caller, f"retry:{reference}", data)
    payment = _start_again(request, caller, earlier, data, idempotency)
    response["Location"] = request.path.removesuffix(f"{reference}/retry/") + f"{payment.reference}/"
    return Status(201, started_out(payment, caller))


def _start_offer(request: HttpRequest, caller: Caller, sent: StartOffer, idempotency: Idempotency) -> KhaltiPayment:
    if payment := repeated(idempotency):
        return payment
    options = options_of(request, sent, idempotency)
    offer = offer_for(request, sent.offer)
    form = form_of(offer.terms, sent)
    require_expected(form.total, sent.expected_amount)
    return _pay_offer(request, caller, offer, form, options, key=idempotency.key, is_repeat=sent.is_repeat)


def _start_payable(request: HttpRequest, caller: Caller, sent: StartPayable, idempotency: Idempotency) -> KhaltiPayment:
    payable = find_payable(caller, sent.payable.type, sent.payable.id)
    if payment := repeated(idempotency):
        return payment
    options = options_of(request, sent, idempotency)
    return _pay(request, caller, payable, options, key=idempotency.key, expected_amount=sent.expected_amount)


def _start_again(
    request: HttpRequest, caller: Caller, earlier: KhaltiPayment, sent: RetryIn, idempotency: Idempotency
) -> KhaltiPayment:
    """A new payment for the same, once Khalti says that this one has ended."""
    if payment := repeated(idempotency):
        return payment
    require_ended(earlier)
    addresses = {name: getattr(earlier, name) for name in ("success_url", "cancel_url")}
    options = {**options_of(request, None, idempotency), **addresses}
    if (payable := payable_of(earlier)) is not None:
        return _pay(request, caller, payable, options, key=idempotency.key)
    if not earlier.offer:
        raise Problem("not-retryable", _("What was paid for is not known any more."))
    offer = offer_for(request, earlier.offer)
    form = form_again(offer.terms, earlier, sent.answers)
    return _pay_offer(request, caller, offer, form, options, key=idempotency.key, is_repeat=earlier.is_repeat)


def _pay_offer(
    request: HttpRequest,
    caller: Caller,
    offer: Offer,
    form: CheckoutForm,
    options: dict[str, Any],
    *,
    key: str,
    is_repeat: bool,
) -> KhaltiPayment:
    checkout: CheckoutRequest = form.to_checkout_request(
        started_here=(), key=key, is_repeat=is_repeat, options={**options, "user": _user(caller)}
    )
    with translation.override(offer.language or translation.get_language()):
        payment = pay_offer(offer, checkout, base_url=root_of(request))
    if isinstance(payment, EarlierPayment):  # found by contact details, which anyone can enter
        earlier = payment.payment
        raise already_paid(earlier.reference if caller.owns(earlier) else "")
    return payment


def _pay(
    request: HttpRequest,
    caller: Caller,
    payable: Payable,
    options: dict[str, Any],
    *,
    key: str,
    expected_amount: int | None = None,
) -> KhaltiPayment:
    if not payable.can_be_paid_by(caller.user):
        raise not_permitted()
    details = payable.get_payment_details()
    require_expected(details.amount, expected_amount)
    recipient = recipient_of(request=request, site=details.site, merchant=details.merchant, base_url="")
    require_none_open(caller, payable, amount=details.amount, mode=recipient.merchant.mode, key=key)
    given = {name: value for name, value in options.items() if value}
    given |= {"site": recipient.site, "merchant": recipient.merchant.name, "base_url": recipient.root}
    try:
        return pay(payable, request, idempotency_key=key, user=details.user or _user(caller), **given)
    except AlreadyPaid as error:
        raise already_paid(error.payment.reference if may_see(caller, error.payment) else "") from error


def _user(caller: Caller) -> AbstractBaseUser | None:
    return None if caller.is_anonymous else caller.user


def add_starting(router: Router) -> None:
    router.post(
        "/", response=ANSWERS, operation_id="startPayment", url_name="payments", openapi_extra=IDEMPOTENT
    )(start_payment)  # fmt: skip
    router.post(
        "/{reference}/retry/", response=ANSWERS, operation_id="retryPayment", url_name="retry",
        openapi_extra=IDEMPOTENT,
    )(retry_payment)  # fmt: skip
