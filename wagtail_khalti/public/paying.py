"""Start the payment of an offer: once for each form that is sent, and again where that came to an end."""

from __future__ import annotations

from django.http import HttpRequest
from wagtail.models import Site

from wagtail_khalti.actions import start_payment
from wagtail_khalti.conf import configuration
from wagtail_khalti.exceptions import IdempotencyConflict
from wagtail_khalti.models import KhaltiPayment
from wagtail_khalti.models.status import SOFT_ENDS
from wagtail_khalti.public.earlier import look_up_alone
from wagtail_khalti.public.forms import CheckoutForm
from wagtail_khalti.public.offers import Offer
from wagtail_khalti.public.sites import merchant_of_site

MAX_TRIES = 64  # of one form; more of them are no visitor's


def pay_offer(
    request: HttpRequest, offer: Offer, form: CheckoutForm, site: Site | None, *, looked_up: KhaltiPayment | None
) -> KhaltiPayment:
    """The payment of this form. Where that came to an end, as after "Back", a new try of it.

    Khalti is asked about it again before, unless it was ``looked_up`` a moment ago. Raises what ``start_payment`` does.
    """
    payment = _start(request, offer, form, site, number=1)
    if payment.status not in SOFT_ENDS and not _has_run_out(payment):
        return payment
    payment, number = _last_try(form.idempotency_key(offer.token), payment)
    payment = looked_up if looked_up == payment else _look_up(payment)
    return _start(request, offer, form, site, number=number + 1) if _is_over(payment) else payment


def _start(request: HttpRequest, offer: Offer, form: CheckoutForm, site: Site | None, *, number: int) -> KhaltiPayment:
    if number > MAX_TRIES:
        raise IdempotencyConflict(f"A form was sent {number} times")
    return start_payment(
        form.total,
        purpose=offer.terms.name,
        idempotency_key=_key_of_try(form.idempotency_key(offer.token), number),
        customer=form.customer,
        breakdown=form.breakdown,
        products=form.products,
        merchant=merchant_of_site(site),
        site=site,
        # Not the request itself: by its address it would choose a site, where the offer knows none.
        base_url=configuration().base_url or f"{request.scheme}://{request.get_host()}",
        source=offer.source,
        is_repeat=form.is_repeat,
    )


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
    return payment.status in SOFT_ENDS and not payment.issues.open().doubting_the_money().exists()


def _has_run_out(payment: KhaltiPayment) -> bool:
    return payment.is_waiting and payment.has_run_out
