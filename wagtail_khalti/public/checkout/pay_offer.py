"""Start the payment of an offer: once per checkout request, and again if that payment has ended."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from wagtail.models import Site

from wagtail_khalti.actions import start_payment
from wagtail_khalti.conf import configuration
from wagtail_khalti.exceptions import IdempotencyConflict
from wagtail_khalti.models import KhaltiPayment
from wagtail_khalti.models.status import SOFT_ENDS
from wagtail_khalti.public.checkout.availability import require_on_sale, reservation_of
from wagtail_khalti.public.checkout.earlier_payment import (
    EarlierPayment,
    find_earlier_payment,
    mark_possible_duplicates,
)
from wagtail_khalti.public.checkout.request import CheckoutRequest
from wagtail_khalti.public.offers import Offer
from wagtail_khalti.public.payment.refresh import lookup_if_free
from wagtail_khalti.public.sites import merchant_of_block, site_of

MAX_TRIES = 64  # of one checkout request; no visitor needs more


def pay_offer(offer: Offer, checkout: CheckoutRequest, *, base_url: str) -> KhaltiPayment | EarlierPayment:
    """The payment to send the visitor to, or a recent payment for the same offer.

    An ``EarlierPayment`` is returned if the visitor has recently paid for the offer and ``checkout.is_repeat`` is
    false. If the payer chose the amount, only a payment of the same amount counts. Nothing was started then: ask the
    visitor first. Link to its payment only if it ``is_from_this_browser``.

    The same request returns the same payment. So does another request of the same browser with the same details while
    the payment is open. If the payment has ended, a new one is started, unless the request has a digest. Units of a
    limited number are reserved once.

    Merchant and site are those of the offer's page. ``base_url`` is the address of the site that the visitor uses, such
    as ``https://shop.example``; the setting ``BASE_URL`` takes precedence.

    Raises what ``start_payment`` raises, such as ``SoldOut``, ``NotOnSale`` before and after the sale, and
    ``ValueError`` for a selection that the offer doesn't allow.
    """
    if not checkout.is_allowed(offer):
        raise ValueError("This selection is not offered")
    site = site_of(offer.owner, offer.site)
    earlier = find_earlier_payment(offer, checkout, site)
    if earlier and earlier.is_paid and not checkout.is_repeat:
        return earlier
    if earlier and earlier.can_continue:
        return earlier.payment

    require_on_sale(offer, key := checkout.idempotency_key(offer))
    start = _starter(offer, checkout, site, base_url=configuration().base_url or base_url)
    if checkout.has_digest:
        payment = start(idempotency_key=key)
    else:
        payment = _start_or_retry(start, key, looked_up=earlier.payment if earlier else None)
    if earlier:
        mark_possible_duplicates(payment, earlier)
    return payment


def _starter(
    offer: Offer, checkout: CheckoutRequest, site: Site | None, *, base_url: str
) -> Callable[..., KhaltiPayment]:
    """``start_payment`` with the arguments that are the same for each try."""
    return partial(
        start_payment,
        checkout.total(offer),
        purpose=offer.terms.name,
        customer=checkout.customer,
        breakdown=checkout.breakdown(offer),
        products=checkout.line_items(offer),
        merchant=merchant_of_block(offer.owner, site),
        site=site,
        # No request: it would choose a site by its host if the offer has none.
        base_url=base_url,
        source=offer.source,
        is_repeat=checkout.is_repeat,
        answers=checkout.answers,
        reservation=reservation_of(offer, checkout),
        **checkout.options,
    )


def _start_or_retry(start: Callable[..., KhaltiPayment], key: str, *, looked_up: KhaltiPayment | None) -> KhaltiPayment:
    """The payment of this key, or a new one if that has ended.

    It is looked up first, unless it is ``looked_up``: the payment whose lookup was made a moment ago.
    """
    payment = start(idempotency_key=key)
    if payment.status not in SOFT_ENDS and not _has_expired_link(payment):
        return payment
    payment, number = _last_try(key, payment)
    payment = looked_up if looked_up == payment else _look_up(payment)
    if not _is_over(payment):
        return payment
    if number == MAX_TRIES:
        raise IdempotencyConflict(f"A request was sent {number + 1} times")
    return start(idempotency_key=_key_of_try(key, number + 1))


def _key_of_try(key: str, number: int) -> str:
    return key if number == 1 else f"{key}:{number}"


def _last_try(key: str, first: KhaltiPayment) -> tuple[KhaltiPayment, int]:
    """The last payment of this key, and its number. One query, however many there were."""
    numbers = {_key_of_try(key, number): number for number in range(2, MAX_TRIES + 1)}
    last = KhaltiPayment.objects.filter(idempotency_key__in=numbers).order_by("-pk").first()
    return (last, numbers[str(last.idempotency_key)]) if last else (first, 1)


def _look_up(payment: KhaltiPayment) -> KhaltiPayment:
    """Look it up once more if it has ended or expired: it may have been paid since."""
    if payment.status in SOFT_ENDS or _has_expired_link(payment):
        lookup_if_free(payment)
    return payment


def _is_over(payment: KhaltiPayment) -> bool:
    return payment.status in SOFT_ENDS and not payment.issues.open().payment_unclear().exists()


def _has_expired_link(payment: KhaltiPayment) -> bool:
    return payment.is_waiting and payment.has_expired_link
