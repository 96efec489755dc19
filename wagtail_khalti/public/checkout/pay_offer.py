"""Start the payment of an offer: once for each request that is sent, and again where that came to an end."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from wagtail.models import Site

from wagtail_khalti.actions import start_payment
from wagtail_khalti.conf import configuration
from wagtail_khalti.exceptions import IdempotencyConflict
from wagtail_khalti.models import KhaltiPayment
from wagtail_khalti.models.status import SOFT_ENDS
from wagtail_khalti.public.checkout.earlier import Earlier, find_earlier, mark_possible_duplicates
from wagtail_khalti.public.checkout.request import CheckoutRequest
from wagtail_khalti.public.offers import Offer
from wagtail_khalti.public.payment.refresh import look_up_alone
from wagtail_khalti.public.sites import merchant_of_site, site_of

MAX_TRIES = 64  # of one request; more of them are no visitor's


def pay_offer(offer: Offer, checkout: CheckoutRequest, *, base_url: str) -> KhaltiPayment | Earlier:
    """The payment to send the visitor to, or the earlier one with which they have paid for this already.

    An ``Earlier`` comes back where that was shortly before and ``checkout`` doesn't say that a repeat is meant: then
    nothing was started, and the visitor has to be asked. Show them its payment only if it ``is_of_this_browser``.

    The same request gives the same payment, as does another of the same browser with the same answers while that
    payment is open. Where it came to an end, as after "Back", a new try of it is started.

    The merchant and the site are those of the offer. ``base_url`` is the address of the site that the visitor uses,
    such as ``https://shop.example``; ``BASE_URL`` of the settings outranks it.

    Raises what ``start_payment`` does, and ``ValueError`` for a quantity that the offer doesn't allow.
    """
    if not checkout.is_allowed(offer):
        raise ValueError("This quantity is not offered")
    site = site_of(offer.owner, offer.site)
    earlier = find_earlier(offer, checkout, site)
    if earlier and earlier.is_paid and not checkout.is_repeat:
        return earlier
    if earlier and earlier.is_same:
        return earlier.payment

    start = _starter(offer, checkout, site, base_url=configuration().base_url or base_url)
    payment = _start_or_retry(start, checkout.idempotency_key(offer), looked_up=earlier.payment if earlier else None)
    if earlier:
        mark_possible_duplicates(payment, earlier)
    return payment


def _starter(
    offer: Offer, checkout: CheckoutRequest, site: Site | None, *, base_url: str
) -> Callable[..., KhaltiPayment]:
    """``start_payment`` with all that is the same in each try."""
    return partial(
        start_payment,
        checkout.total(offer),
        purpose=offer.terms.name,
        customer=checkout.customer,
        breakdown=checkout.breakdown(offer),
        products=checkout.line_items(offer),
        merchant=merchant_of_site(site),
        site=site,
        # Never a request: by its address it would choose a site, where the offer knows none.
        base_url=base_url,
        source=offer.source,
        is_repeat=checkout.is_repeat,
    )


def _start_or_retry(start: Callable[..., KhaltiPayment], key: str, *, looked_up: KhaltiPayment | None) -> KhaltiPayment:
    """The payment of this key. Where that came to an end, a new try of it.

    Khalti is asked about it again before, unless it was ``looked_up`` a moment ago.
    """
    payment = start(idempotency_key=key)
    if payment.status not in SOFT_ENDS and not _has_run_out(payment):
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
    """With its number. One query, however many there were."""
    numbers = {_key_of_try(key, number): number for number in range(2, MAX_TRIES + 1)}
    last = KhaltiPayment.objects.filter(idempotency_key__in=numbers).order_by("-pk").first()
    return (last, numbers[str(last.idempotency_key)]) if last else (first, 1)


def _look_up(payment: KhaltiPayment) -> KhaltiPayment:
    """Whether it ended by the clock or by an earlier answer: Khalti may know better by now."""
    if payment.status in SOFT_ENDS or _has_run_out(payment):
        look_up_alone(payment)
    return payment


def _is_over(payment: KhaltiPayment) -> bool:
    return payment.status in SOFT_ENDS and not payment.issues.open().payment_unclear().exists()


def _has_run_out(payment: KhaltiPayment) -> bool:
    return payment.is_waiting and payment.has_expired_link
