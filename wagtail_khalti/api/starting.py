"""Start a payment for an offer or a payable, once for each idempotency key."""

from __future__ import annotations

from typing import Any
from urllib.parse import urljoin

from django.contrib.auth.models import AbstractBaseUser
from django.http import HttpRequest
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from wagtail_khalti.actions import initiate_payment
from wagtail_khalti.api.body import pointer
from wagtail_khalti.api.callers import Caller, find_payable, may_see, payable_of
from wagtail_khalti.api.failures import already_paid, rejected
from wagtail_khalti.api.idempotency import Idempotency, conflict, in_progress
from wagtail_khalti.api.offer_form import form_again, form_of
from wagtail_khalti.api.problems import Problem, invalid, not_permitted
from wagtail_khalti.api.schemas.payments import Addresses, RetryIn, StartOffer, StartPayable
from wagtail_khalti.conf import configuration
from wagtail_khalti.exceptions import AlreadyPaid
from wagtail_khalti.ledger import INITIATE_LEASE
from wagtail_khalti.models import KhaltiEvent, KhaltiPayment
from wagtail_khalti.models.status import Status
from wagtail_khalti.payables import Payable, pay
from wagtail_khalti.public.checkout.earlier_payment import EarlierPayment
from wagtail_khalti.public.checkout.forms import CheckoutForm
from wagtail_khalti.public.checkout.pay_offer import pay_offer
from wagtail_khalti.public.checkout.request import CheckoutRequest
from wagtail_khalti.public.offers import Offer, open_offer
from wagtail_khalti.public.payment.refresh import lookup_if_free
from wagtail_khalti.public.restrictions import may_see as may_see_page
from wagtail_khalti.text.web_addresses import is_of_this_site

ADDRESSES = ("success_url", "cancel_url", "return_url")
PAUSE = INITIATE_LEASE


def start_offer(request: HttpRequest, caller: Caller, sent: StartOffer, idempotency: Idempotency) -> KhaltiPayment:
    if payment := repeated(idempotency):
        return payment
    options = _options(request, caller, sent, idempotency)
    offer = offer_for(request, sent.offer)
    form = form_of(offer.terms, sent)
    _require_expected(form.total, sent.expected_amount)
    return _pay_offer(request, caller, offer, form, options, key=idempotency.key, is_repeat=sent.is_repeat)


def start_payable(request: HttpRequest, caller: Caller, sent: StartPayable, idempotency: Idempotency) -> KhaltiPayment:
    payable = find_payable(caller, sent.payable.type, sent.payable.id)
    if payment := repeated(idempotency):
        return payment
    options = _options(request, caller, sent, idempotency)
    return _pay(request, caller, payable, options, key=idempotency.key, expected_amount=sent.expected_amount)


def start_again(
    request: HttpRequest, caller: Caller, earlier: KhaltiPayment, sent: RetryIn, idempotency: Idempotency
) -> KhaltiPayment:
    """A new payment for the same, once Khalti says that this one has ended."""
    if payment := repeated(idempotency):
        return payment
    _require_ended(earlier)
    addresses = {name: getattr(earlier, name) for name in ("success_url", "cancel_url")}
    options = {**_options(request, caller, None, idempotency), **addresses}
    if payable := payable_of(earlier):
        return _pay(request, caller, payable, options, key=idempotency.key)
    if not earlier.offer:
        raise Problem("not-retryable", _("What was paid for is not known any more."))
    offer = offer_for(request, earlier.offer)
    form = form_again(offer.terms, earlier, sent.answers)
    return _pay_offer(request, caller, offer, form, options, key=idempotency.key, is_repeat=earlier.is_repeat)


def offer_for(request: HttpRequest, token: str) -> Offer:
    """Raises ``Problem`` or ``OfferUnavailable``."""
    offer = open_offer(token)
    if not may_see_page(offer.owner, request):
        raise Problem("offer-restricted", _("The page with this offer is restricted."))
    return offer


def repeated(idempotency: Idempotency) -> KhaltiPayment | None:
    """The payment of an earlier request with this key. What failed then is tried again."""
    payment = KhaltiPayment.objects.whole(idempotency_key=idempotency.key)
    if payment is None or payment.idempotency_key != idempotency.key:
        return None
    if payment.request_digest != idempotency.digest:
        raise conflict()
    if payment.status == Status.CREATED:
        if payment.initiating_at and payment.initiating_at > timezone.now() - PAUSE:
            raise in_progress()
        payment = initiate_payment(payment)
    if payment.status == Status.FAILED and not payment.pidx:
        event = payment.events.filter(kind=KhaltiEvent.Kind.INITIATE_REJECTED).last()
        raise rejected(event.data.get("fields", {}) if event else {}, payment.reference)
    return payment


def root_of(request: HttpRequest) -> str:
    return configuration().base_url or f"{request.scheme}://{request.get_host()}"


def absolute(payment: KhaltiPayment, address: str) -> str:
    """With scheme and host, for pages elsewhere."""
    return urljoin(payment.website_url, address)


def _options(request: HttpRequest, caller: Caller, sent: Addresses | None, idempotency: Idempotency) -> dict[str, Any]:
    """Arguments of ``start_payment``."""
    root, hosts = root_of(request), configuration().redirect_hosts
    addresses = {name: getattr(sent, name) for name in ADDRESSES} if sent else {}
    given = {name: address for name, address in addresses.items() if address}
    wrong = [name for name, address in given.items() if not is_of_this_site(address, root, more_hosts=hosts)]
    if wrong:
        raise invalid([(pointer(name), _("Visitors may not be sent there.")) for name in wrong])
    return {**given, "request_digest": idempotency.digest}


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
    _require_expected(details.amount, expected_amount)
    _require_none_open(caller, payable, details.amount)
    given = {name: value for name, value in options.items() if value}
    try:
        return pay(payable, request, idempotency_key=key, user=details.user or _user(caller), **given)
    except AlreadyPaid as error:
        raise already_paid(error.payment.reference if may_see(caller, error.payment) else "") from error


def _require_none_open(caller: Caller, payable: Payable, amount: int) -> None:
    """No payment that somebody can pay now: two would be paid twice. One of another amount is out of date."""
    others = KhaltiPayment.objects.for_payable(payable).exclude(status=Status.CREATED)  # type: ignore[arg-type]
    # Usually there are none, and Django takes longer to build a query of all columns than the database to run this one.
    for pk in others.order_by("-pk").values_list("pk", flat=True)[:1]:
        payment = KhaltiPayment.objects.get(pk=pk)
        if payment.is_waiting and payment.has_expired_link:
            lookup_if_free(payment)
        shown = payment if may_see(caller, payment) else None
        if payment.is_waiting and payment.amount == amount:
            raise _still_open(shown)
        _require_clear(payment, shown)


def _require_clear(payment: KhaltiPayment, shown: KhaltiPayment | None) -> None:
    if not payment.is_paid and payment.issues.open().payment_unclear().exists():
        detail = _("We're reviewing your payment. Please don't pay again.")
        raise Problem("payment-open", detail, **_named(shown))


def _still_open(payment: KhaltiPayment | None) -> Problem:
    detail = _("There is a payment for this that can still be paid.")
    return Problem("payment-open", detail, **_named(payment))


def _named(payment: KhaltiPayment | None) -> dict[str, Any]:
    return {"reference": payment.reference} if payment else {}


def _require_expected(amount: int, expected: int | None) -> None:
    if expected is not None and expected != amount:
        raise Problem("amount-changed", _("The total has changed. Please check it and try again."), amount=amount)


def _require_ended(payment: KhaltiPayment) -> None:
    """By Khalti's word, asked once more."""
    if payment.pidx and not payment.is_paid:
        lookup_if_free(payment)
    if payment.is_paid:
        raise already_paid(payment.reference)
    if not payment.is_ended:
        raise _still_open(payment)
    _require_clear(payment, payment)


def _user(caller: Caller) -> AbstractBaseUser | None:
    return None if caller.is_anonymous else caller.user
