"""Recent payments of this visitor for the same offer, so that nobody pays twice by accident."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
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
from wagtail_khalti.public.payment.refresh import lookup_if_free
from wagtail_khalti.public.sites import merchant_of_block
from wagtail_khalti.questions import same_answers

LOOK_BACK = 2 * DUPLICATE_WITHIN  # an hour until the payment link expires, and an hour since
MAX_CANDIDATES = 10  # newest first
COMPARED_FIELDS = ("amount", "products", "customer_name", "customer_email", "customer_phone")


@dataclass(frozen=True, slots=True, kw_only=True)
class EarlierPayment:
    """A recent payment for the same offer."""

    payment: KhaltiPayment
    new_payment: KhaltiPayment
    """What the visitor has just submitted, unsaved, for comparison."""
    is_from_this_browser: bool
    """If false, it matches by contact details only, which anyone can enter: don't show a link to it."""
    candidates: Sequence[int]
    """Primary keys of all recent payments that were found, including this one."""

    @property
    def is_paid(self) -> bool:
        """Completed recently and not fully refunded. A duplicate doesn't count, since nothing was sold for it."""
        payment, since = self.payment, timezone.now() - DUPLICATE_WITHIN
        is_shortly = payment.completed_at is not None and payment.completed_at >= since
        return is_shortly and payment.is_paid and payment.refundable > 0 and payment.duplicate_of_id is None

    @property
    def ago(self) -> str:
        """Time since it was paid, such as ``2 minutes``, in the visitor's language."""
        now = timezone.now()
        minutes = max(1, (now - (self.payment.completed_at or now)) // timedelta(minutes=1))
        return ngettext("%(count)s minute", "%(count)s minutes", minutes) % {"count": format_number(minutes)}

    @property
    def can_continue(self) -> bool:
        """Whether the visitor should continue with it: it can still be paid, and the details are the same."""
        payment = self.payment
        is_open = payment.status in (Status.INITIATED, Status.PENDING) and not payment.has_expired_link
        has_same_details = all(getattr(payment, name) == getattr(self.new_payment, name) for name in COMPARED_FIELDS)
        has_same_answers = same_answers(payment.answers, self.new_payment.answers)
        return is_open and self.is_from_this_browser and has_same_details and has_same_answers


def find_earlier_payment(offer: Offer, checkout: CheckoutRequest, site: Site | None) -> EarlierPayment | None:
    """The one that is paid, otherwise the newest with a pidx, refreshed by one lookup."""
    new_payment, here = _unsaved_payment(offer, checkout, site), checkout.started_here
    payments = _candidates(new_payment, here)
    candidates = [payment.pk for payment in payments]
    found = [
        EarlierPayment(
            payment=payment,
            new_payment=new_payment,
            is_from_this_browser=payment.reference in here,
            candidates=candidates,
        )
        for payment in payments
    ]
    if paid := next((earlier for earlier in found if earlier.is_paid), None):
        return paid
    newest = next((earlier for earlier in found if earlier.payment.pidx), found[0] if found else None)
    if newest and newest.payment.pidx:
        lookup_if_free(newest.payment)
    return newest


def mark_possible_duplicates(payment: KhaltiPayment, earlier: EarlierPayment) -> None:
    """So that an issue is opened if more than one of them is paid."""
    KhaltiPayment.objects.filter(pk__in=[payment.pk, *earlier.candidates]).update(may_be_duplicate=True)


def _unsaved_payment(offer: Offer, checkout: CheckoutRequest, site: Site | None) -> KhaltiPayment:
    """The fields of the new payment that earlier ones are compared with. Never saved."""
    account = configuration().merchant(merchant_of_block(offer.owner, site))
    return KhaltiPayment(
        amount=checkout.total(offer),
        purpose=offer.terms.name,
        products=[asdict(item) for item in checkout.line_items(offer)],
        merchant=account.name,
        mode=account.mode,
        customer_name=checkout.customer.name,
        customer_email=checkout.customer.email.lower(),
        customer_phone=checkout.customer.phone,
        answers=[asdict(answer) for answer in checkout.answers],
        **source_columns(offer.source),
    )


def _candidates(new_payment: KhaltiPayment, here: Sequence[str]) -> list[KhaltiPayment]:
    from_here = Q(reference__in=here) if here else None
    conditions = [condition for condition in (from_here, new_payment.contact) if condition is not None]
    if not conditions:
        return []
    same = KhaltiPayment.objects.for_same_offer(new_payment).filter(reduce(or_, conditions))
    newest = same.filter(created_at__gte=timezone.now() - LOOK_BACK).order_by("-created_at", "-pk")
    # Usually there are none, and Django takes longer to build a query of all columns than the database to run this one.
    keys = list(newest.values_list("pk", flat=True)[:MAX_CANDIDATES])
    return list(KhaltiPayment.objects.filter(pk__in=keys).order_by("-created_at", "-pk")) if keys else []
