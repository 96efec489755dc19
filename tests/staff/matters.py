"""Payments with open matters, made without Khalti: what is shown of them is in question, not how they came about."""

import itertools

from django.utils import timezone

from wagtail_khalti.actions.open_review import open_review
from wagtail_khalti.models import KhaltiDelivery, KhaltiPayment, KhaltiRefund, KhaltiReview
from wagtail_khalti.models.refund import State, Way

Kind = KhaltiReview.Kind
NUMBERS = itertools.count(1)

EVIDENCE = {
    Kind.AMOUNT_MISMATCH: {"pidx": "p1", "total_amount": 149_999, "status": "Completed", "was": "initiated"},
    Kind.OTHER_PIDX: {"pidx": "another", "was": "initiated"},
    Kind.UNKNOWN_STATUS: {"status": "Ambiguous", "was": "initiated"},
    Kind.UNEXPECTED_STATUS: {"status": "Expired", "was": "completed"},
    Kind.REFUND_UNCLEAR: {"status": "Completed", "refunded": True},
    Kind.NOT_FOUND: {"pidx": "p1"},
    Kind.LOOKUP_REFUSED: {},
    Kind.LATE_PAYMENT: {"was": "expired"},
    Kind.SECOND_PAYMENT: {"earlier": "ABCD-EFGH"},
    Kind.REFUND_IN_DOUBT: {"refund": "ABCD", "amount": 50_000},
    Kind.REFUND_WITHOUT_AMOUNT: {"refund": "ABCD", "amount": None},
    Kind.REFUND_CONTRADICTED: {"refund": "ABCD", "amount": 50_000, "was": "refused", "answer": "Done"},
    Kind.REFUNDED_TOO_MUCH: {"too_much": 50_000},
    Kind.DELIVERY_FAILING: {"news": "completed", "error": "LookupError", "attempts": 3},
}


def new_payment(*, mode="simulator", **options):
    number = next(NUMBERS)
    return KhaltiPayment.objects.create(
        **{
            "amount": 150_000,
            "purpose": f"Membership {number}",
            "merchant": "default",
            "mode": mode,
            "key_fingerprint": "fingerprint",
            "pidx": f"pidx-{number}",
            "purchase_order_id": f"order-{number}",
            "return_url": "http://testserver/",
            "website_url": "http://testserver/",
            **options,
        }
    )


def new_matter(kind=Kind.SECOND_PAYMENT, evidence=None, *, payment=None, **options):
    """Open, with all that belongs to it."""
    payment = payment or new_payment(**options)
    merchant = payment.merchant if kind is Kind.LOOKUP_REFUSED else None
    found = EVIDENCE[kind] if evidence is None else evidence
    open_review(payment, kind, found, merchant=merchant, tell=kind is not Kind.DELIVERY_FAILING)
    if kind is Kind.REFUND_IN_DOUBT:
        new_refund(payment, 50_000, state=State.UNKNOWN)
    elif kind is Kind.REFUND_WITHOUT_AMOUNT:
        new_refund(payment, None, state=State.EXTERNAL, way=Way.DASHBOARD)
    elif kind is Kind.DELIVERY_FAILING:
        KhaltiDelivery.objects.create(payment=payment, news="completed", attempts=3, last_error="LookupError")
    return payment.reviews.get(kind=kind, is_open=True)


def new_refund(payment, amount, **options):
    return KhaltiRefund.objects.create(payment=payment, amount=amount, sent_at=timezone.now(), **options)


def many_matters(count, **options):
    """In few queries."""
    payments = [
        KhaltiPayment(
            amount=150_000,
            purpose=f"Course {number}",
            merchant="default",
            mode="simulator",
            key_fingerprint="fingerprint",
            pidx=f"many-{number}",
            purchase_order_id=f"many-{number}",
            return_url="http://testserver/",
            website_url="http://testserver/",
            **options,
        )
        for number in (next(NUMBERS) for _each in range(count))
    ]
    KhaltiPayment.objects.bulk_create(payments)
    payments = KhaltiPayment.objects.filter(pidx__in=[payment.pidx for payment in payments])
    KhaltiReview.objects.bulk_create(
        KhaltiReview(payment=payment, kind=Kind.SECOND_PAYMENT, evidence={"earlier": "ABCD"}, risk=2)
        for payment in payments
    )
