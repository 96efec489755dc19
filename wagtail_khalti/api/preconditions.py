"""What has to be so before a payment is started."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from wagtail_khalti.actions import initiate_payment
from wagtail_khalti.actions.starting.addresses import own_addresses
from wagtail_khalti.api.body import pointer
from wagtail_khalti.api.caller import Caller
from wagtail_khalti.api.failures import already_paid, rejected
from wagtail_khalti.api.idempotency import Idempotency
from wagtail_khalti.api.problems import Problem, conflict, in_progress, invalid
from wagtail_khalti.api.schemas.payments import Addresses
from wagtail_khalti.api.visibility import may_see
from wagtail_khalti.conf import Mode, configuration
from wagtail_khalti.database.characters import unsupported_characters
from wagtail_khalti.ledger import INITIATE_LEASE
from wagtail_khalti.models import KhaltiEvent, KhaltiPayment
from wagtail_khalti.models.status import Status
from wagtail_khalti.payables import Payable
from wagtail_khalti.payables.earlier_payment import EarlierPayments, earlier_payments
from wagtail_khalti.public.offers import Offer, open_offer
from wagtail_khalti.public.payment.refresh import lookup_if_free
from wagtail_khalti.public.restrictions import may_see as may_see_page

ADDRESSES = ("success_url", "cancel_url", "return_url")


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
        if _is_being_sent(payment):
            raise in_progress()
        payment = initiate_payment(payment)
    if payment.status == Status.FAILED and not payment.pidx:
        event = payment.events.filter(kind=KhaltiEvent.Kind.INITIATE_REJECTED).last()
        raise rejected(event.data.get("fields", {}) if event else {}, payment.reference)
    return payment


def require_expected(amount: int, expected: int | None) -> None:
    if expected is not None and expected != amount:
        raise Problem("amount-changed", _("The total has changed. Please check it and try again."), amount=amount)


def require_none_open(caller: Caller, payable: Payable, *, amount: int, mode: Mode, key: str) -> None:
    """No payment that somebody can pay now: two would be paid twice. One of another amount is out of date."""
    payment = _newest_sent(earlier_payments(payable, mode))  # type: ignore[arg-type]
    if payment is None or payment.idempotency_key == key:  # the same request, a moment ago
        return
    if payment.is_waiting and payment.has_expired_link:
        lookup_if_free(payment)
    shown = payment if may_see(caller, payment) else None
    if payment.is_waiting and payment.amount == amount:
        raise _still_open(shown)
    _require_clear(payment, shown)


def _newest_sent(earlier: EarlierPayments) -> KhaltiPayment | None:
    """What Khalti has not received doesn't count, unless it is being sent."""
    for pk, _key, _status in earlier.rows:
        payment = KhaltiPayment.objects.get(pk=pk)
        if payment.status != Status.CREATED or _is_being_sent(payment):
            return payment
    return None


def _is_being_sent(payment: KhaltiPayment) -> bool:
    return payment.initiating_at is not None and payment.initiating_at > timezone.now() - INITIATE_LEASE


def require_ended(payment: KhaltiPayment) -> None:
    """By Khalti's word, asked once more."""
    if payment.pidx and not payment.is_paid:
        lookup_if_free(payment)
    if payment.is_paid:
        raise already_paid(payment.reference)
    if not payment.is_ended:
        raise _still_open(payment)
    _require_clear(payment, payment)


def _require_clear(payment: KhaltiPayment, shown: KhaltiPayment | None) -> None:
    if not payment.is_paid and payment.issues.open().payment_unclear().exists():
        detail = _("We're reviewing your payment. Please don't pay again.")
        raise Problem("payment-open", detail, **_named(shown))


def _still_open(payment: KhaltiPayment | None) -> Problem:
    detail = _("There is a payment for this that can still be paid.")
    return Problem("payment-open", detail, **_named(payment))


def _named(payment: KhaltiPayment | None) -> dict[str, Any]:
    return {"reference": payment.reference} if payment else {}


def root_of(request: HttpRequest) -> str:
    return configuration().base_url or f"{request.scheme}://{request.get_host()}"


def options_of(request: HttpRequest, sent: Addresses | None, idempotency: Idempotency) -> dict[str, Any]:
    """Arguments of ``start_payment``."""
    root = root_of(request)
    addresses = {name: getattr(sent, name) for name in ADDRESSES} if sent else {}
    given = {name: address for name, address in addresses.items() if address}
    wrong = [name for name, address in given.items() if not _is_usable(name, address, root)]
    if wrong:
        raise invalid([(pointer(name), _("Visitors may not be sent there.")) for name in wrong])
    return {**given, "request_digest": idempotency.digest}


def _is_usable(name: str, address: str, root: str) -> bool:
    try:
        own_addresses({name: address}, root)
    except ValueError:
        return False
    return not unsupported_characters(address)
