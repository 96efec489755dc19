"""What the visitor has begun or paid for this offer shortly before: nobody pays twice without meaning to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import reduce
from operator import or_

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import ngettext
from wagtail.models import Site

from wagtail_khalti.conf import configuration
from wagtail_khalti.formatting import format_number
from wagtail_khalti.ledger import DUPLICATE_WITHIN
from wagtail_khalti.models import KhaltiPayment
from wagtail_khalti.models.sources import source_columns
from wagtail_khalti.models.status import Status
from wagtail_khalti.public.checkout.request import CheckoutRequest
from wagtail_khalti.public.offers import Offer
from wagtail_khalti.public.payment.refresh import look_up_alone
from wagtail_khalti.public.sites import merchant_of_site

BEGUN_SHORTLY = 2 * DUPLICATE_WITHIN  # an hour at Khalti, and an hour since
MAX_COUNT = 10  # looked at, the newest first
ANSWERS = ("amount", "customer_name", "customer_email", "customer_phone")


@dataclass(frozen=True, slots=True, kw_only=True)
class Earlier:
    """A payment for the same offer."""

    payment: KhaltiPayment
    wanted: KhaltiPayment
    """The one that is asked for now. Never saved."""
    is_of_this_browser: bool
    """If not, it is known by what was typed alone, which anybody can type: its address is not given away."""
    found: Sequence[int]
    """The keys of all that were found with it, and its own."""

    @property
    def is_paid(self) -> bool:
        """Shortly before, and some of the money is still here. A second payment bought nothing, and doesn't count."""
        payment, since = self.payment, timezone.now() - DUPLICATE_WITHIN
        is_shortly = payment.completed_at is not None and payment.completed_at >= since
        return is_shortly and payment.is_paid and payment.refundable > 0 and payment.duplicate_of_id is None

    @property
    def ago(self) -> str:
        """``2 minutes``, since it was paid, in the visitor's language."""
        now = timezone.now()
        minutes = max(1, (now - (self.payment.completed_at or now)) // timedelta(minutes=1))
        return ngettext("%(count)s minute", "%(count)s minutes", minutes) % {"count": format_number(minutes)}

    @property
    def is_same(self) -> bool:
        """Whether this visitor should go on with it: it can still be paid, and nothing was typed otherwise."""
        payment = self.payment
        is_open = payment.status in (Status.INITIATED, Status.PENDING) and not payment.has_expired_link
        is_answered_alike = all(getattr(payment, name) == getattr(self.wanted, name) for name in ANSWERS)
        return is_open and self.is_of_this_browser and is_answered_alike


def find_earlier(offer: Offer, checkout: CheckoutRequest, site: Site | None) -> Earlier | None:
    """The one that is paid; or else the newest that Khalti knows, after it was asked about it once."""
    wanted, here = _wanted(offer, checkout, site), checkout.begun_here
    payments = _found(wanted, here)
    keys = [payment.pk for payment in payments]
    found = [
        Earlier(payment=payment, wanted=wanted, is_of_this_browser=payment.reference in here, found=keys)
        for payment in payments
    ]
    if paid := next((earlier for earlier in found if earlier.is_paid), None):
        return paid
    newest = next((earlier for earlier in found if earlier.payment.pidx), found[0] if found else None)
    if newest and newest.payment.pidx:
        look_up_alone(newest.payment)
    return newest


def mark_possible_duplicates(payment: KhaltiPayment, earlier: Earlier) -> None:
    """So that a person is told if more than one of them is paid."""
    KhaltiPayment.objects.filter(pk__in=[payment.pk, *earlier.found]).update(may_be_duplicate=True)


def _wanted(offer: Offer, checkout: CheckoutRequest, site: Site | None) -> KhaltiPayment:
    """What is asked for, as far as others are compared with it. Never saved."""
    account = configuration().merchant(merchant_of_site(site))
    return KhaltiPayment(
        amount=checkout.total(offer),
        purpose=offer.terms.name,
        merchant=account.name,
        mode=account.mode,
        customer_name=checkout.customer.name,
        customer_email=checkout.customer.email.lower(),
        customer_phone=checkout.customer.phone,
        **source_columns(offer.source),
    )


def _found(wanted: KhaltiPayment, here: Sequence[str]) -> list[KhaltiPayment]:
    from_here = Q(reference__in=here) if here else None
    ways = [method for method in (from_here, wanted.contact) if method is not None]
    if not ways:
        return []
    same = KhaltiPayment.objects.for_same_offer(wanted).filter(reduce(or_, ways))
    newest = same.filter(created_at__gte=timezone.now() - BEGUN_SHORTLY).order_by("-created_at", "-pk")
    # Most of the time there are none, and Django takes longer to write down all columns than the database to look.
    keys = list(newest.values_list("pk", flat=True)[:MAX_COUNT])
    return list(KhaltiPayment.objects.filter(pk__in=keys).order_by("-created_at", "-pk")) if keys else []
