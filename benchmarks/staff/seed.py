"""A thousand payments as a site has them, with all that happened to them, to be copied many times."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from random import Random
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import models
from wagtail.models import Page, Site

from benchmarks.canned_khalti import new_id
from benchmarks.shop import new_page
from wagtail_khalti.conf import Merchant, Mode, configuration
from wagtail_khalti.models import (
    KhaltiDelivery,
    KhaltiEvent,
    KhaltiIssue,
    KhaltiPayment,
    KhaltiRefund,
    KhaltiSearchEntry,
)
from wagtail_khalti.models.refund import State
from wagtail_khalti.models.status import PAID, SOFT_ENDS, WITH_REFUNDS, Status

OF_THE_SITE, TESTS = 1000, 20  # payments of the site's mode, which are counted, and test payments
PAGES = 20
PAYMENTS_PER_ISSUE = 200
SHARES = {
    Status.COMPLETED: 770,
    Status.PARTIALLY_REFUNDED: 10,
    Status.REFUNDED: 20,
    Status.CANCELED: 80,
    Status.EXPIRED: 60,
    Status.FAILED: 20,
    Status.INITIATED: 40,
}
"""Of a thousand."""

KHALTI_SAYS = {
    Status.COMPLETED: "Completed",
    Status.PARTIALLY_REFUNDED: "Partially refunded",
    Status.REFUNDED: "Refunded",
    Status.CANCELED: "User canceled",
    Status.EXPIRED: "Expired",
    Status.FAILED: "Failed",
    Status.INITIATED: "Initiated",
}
PURPOSES = ("Membership", "Donation", "Concert ticket", "Course fee", "Book", "Library card", "Yearly report")
GIVEN_NAMES = ("Anjali", "Bimala", "Deepa", "Gita", "Gopal", "Hari", "Kabita", "Kiran", "Laxmi", "Maya", "Ram", "Sita")
FAMILY_NAMES = ("Adhikari", "Gurung", "K.C.", "Karki", "Lama", "Limbu", "Magar", "Rai", "Sharma", "Tamang", "Thapa")

Kind, Actor = KhaltiEvent.Kind, KhaltiEvent.Actor
Seed = dict[type[models.Model], list[Any]]
"""Rows by their model, in the order in which they can be stored; keys are counted from one."""


def shops() -> list[Page]:
    """The pages with checkout blocks, on two sites."""
    first = Site.objects.get(is_default_site=True)
    Site.objects.create(hostname="second.example.com", root_page=first.root_page, site_name="Second")
    return [new_page(f"Shop {number}") for number in range(1, PAGES + 1)]


def make_seed(pages: Sequence[Page], *, begin: datetime, span: timedelta) -> Seed:
    """Spread evenly over the time, and the same in each run."""
    random, merchant = Random(5), configuration().merchant()
    sources = [source_of(number, pages) for number in range(len(pages))]
    total = OF_THE_SITE + TESTS
    tests = {number * (total // TESTS) for number in range(TESTS)}
    statuses = [status for status, share in SHARES.items() for _ in range(share)]
    random.shuffle(statuses)
    seed: Seed = {KhaltiPayment: [], KhaltiRefund: [], KhaltiIssue: [], KhaltiEvent: [], KhaltiDelivery: []}
    seed[KhaltiSearchEntry] = []
    for number in range(total):
        status = Status.COMPLETED if number in tests else statuses.pop()
        payment = _payment(random, merchant, status, (begin + span * number / total).replace(microsecond=0))
        payment.pk = number + 1
        payment.customer_email = f"{payment.customer_name.split()[0].lower()}{number}@example.com"
        payment.customer_phone = f"{9_800_000_000 + payment.pk}"
        payment.mode = Mode.SANDBOX if number in tests else merchant.mode
        for name, value in random.choice(sources).items():
            setattr(payment, name, value)
        _add(seed, payment)
    return seed


def _add(seed: Seed, payment: KhaltiPayment) -> None:
    """With its refund and its history."""
    refunds = [_refund(payment)] if payment.status in WITH_REFUNDS else []
    seed[KhaltiPayment].append(payment)
    issues = [_resolved_issue(payment)] if payment.pk % PAYMENTS_PER_ISSUE == 0 else []
    for row in (
        *refunds,
        *issues,
        *_events(payment),
        *_deliveries(payment, refunds),
        *KhaltiSearchEntry.about(payment),
    ):
        rows = seed[type(row)]
        row.pk = len(rows) + 1
        rows.append(row)


def _payment(random: Random, merchant: Merchant, status: Status, at: datetime) -> KhaltiPayment:
    amount = 100 * random.randrange(100, 20_000)
    payment = KhaltiPayment(
        status=status,
        amount=amount,
        purpose=random.choice(PURPOSES),
        merchant=merchant.name,
        key_fingerprint=merchant.key_fingerprint,
        pidx=new_id(),
        khalti_status=KHALTI_SAYS[status],
        website_url="http://testserver/",
        customer_name=f"{random.choice(GIVEN_NAMES)} {random.choice(FAMILY_NAMES)}",
        language=random.choice(("en", "ne")),
        created_at=at,
        initiating_at=at,
        initiated_at=at + timedelta(seconds=1),
        expires_at=at + timedelta(minutes=30),
        checked_at=at + timedelta(minutes=40),
    )
    payment.purchase_order_id = payment.reference
    payment.payment_url = f"https://test-pay.khalti.com/?pidx={payment.pidx}"
    payment.return_url = f"http://testserver/khalti/return/{payment.reference}/"
    payment.breakdown = [{"label": payment.purpose, "amount": amount}]
    if status in PAID:
        payment.transaction_id, payment.fee = new_id(), amount * 3 // 100
        payment.completed_at = at + timedelta(seconds=random.randrange(30, 900))
        payment.looked_up_at = payment.confirmed_at = payment.completed_at
    if status in SOFT_ENDS:
        payment.ended_at = at + timedelta(minutes=5)
    if status in WITH_REFUNDS:
        payment.refund_total = amount if status == Status.REFUNDED else amount // 2
    return payment


def source_of(number: int, pages: Sequence[Page]) -> dict[str, Any]:
    """Site, page and block, as payments and checkout views store them."""
    page, sites = pages[number], list(Site.objects.order_by("pk"))
    return {
        "site": sites[number % len(sites)],
        "source_type": ContentType.objects.get_for_model(page),
        "source_id": str(page.pk),
        "source_title": page.title,
        "block_path": f"body/{number:08}-0000-4000-8000-000000000000",
    }


def _refund(payment: KhaltiPayment) -> KhaltiRefund:
    at = payment.created_at + timedelta(hours=1)
    return KhaltiRefund(
        payment=payment,
        state=State.SUCCEEDED,
        amount=payment.refund_total,
        refundable=payment.refundable,
        reason="Ordered twice",
        is_accepted=True,
        created_at=at,
        sent_at=at,
        resolved_at=at + timedelta(seconds=5),
    )


def _resolved_issue(payment: KhaltiPayment) -> KhaltiIssue:
    at = payment.created_at + timedelta(minutes=50)
    return KhaltiIssue(
        payment=payment,
        kind=KhaltiIssue.Kind.UNKNOWN_STATUS,
        details={"status": "Held"},
        opened_at=at,
        resolved_at=at + timedelta(minutes=20),
        resolution=KhaltiIssue.Resolution.NO_ACTION_NEEDED,
        is_open=None,
    )


def _events(payment: KhaltiPayment) -> Iterator[KhaltiEvent]:
    at, status = payment.created_at, Status(payment.status)
    answer = {"pidx": payment.pidx, "total_amount": payment.amount, "status": payment.khalti_status, "fee": payment.fee}
    end = payment.completed_at or payment.ended_at
    yield _event(payment, Kind.CREATED, at, actor=Actor.VISITOR)
    yield _event(payment, Kind.INITIATE_SENT, at)
    yield _event(payment, Kind.INITIATED, at + timedelta(seconds=1), pidx=payment.pidx)
    if end:
        paid = Status.COMPLETED if status in PAID else status
        if status != Status.EXPIRED:
            yield _event(payment, Kind.RETURNED, end, actor=Actor.VISITOR, pidx=payment.pidx)
        yield _event(payment, Kind.LOOKED_UP, end, **answer)
        yield _event(payment, Kind.STATUS_CHANGED, end, **{"from": Status.INITIATED, "to": paid})
    if status in WITH_REFUNDS:
        at, amount = at + timedelta(hours=1), payment.refund_total
        yield _event(payment, Kind.REFUND_REQUESTED, at, amount=amount, reason="Ordered twice")
        yield _event(payment, Kind.REFUND_SENT, at, amount=amount)
        yield _event(payment, Kind.REFUND_ACCEPTED, at + timedelta(seconds=1), amount=amount)
        yield _event(payment, Kind.REFUND_SUCCEEDED, at + timedelta(seconds=5), amount=amount)
        yield _event(
            payment, Kind.STATUS_CHANGED, at + timedelta(seconds=5), **{"from": Status.COMPLETED, "to": status}
        )


def _event(
    payment: KhaltiPayment, kind: Kind, at: datetime, *, actor: Actor = Actor.SYSTEM, **data: Any
) -> KhaltiEvent:
    return KhaltiEvent(payment=payment, kind=kind, at=at, actor=actor, data=data)


def _deliveries(payment: KhaltiPayment, refunds: Sequence[KhaltiRefund]) -> Iterator[KhaltiDelivery]:
    """All delivered."""
    event_type = KhaltiDelivery.EventType
    if payment.status in PAID:
        yield _delivery(payment, event_type.COMPLETED, payment.completed_at)
    if payment.status in SOFT_ENDS:
        yield _delivery(payment, event_type.ENDED, payment.ended_at)
    for refund in refunds:
        yield _delivery(payment, event_type.REFUNDED, refund.resolved_at, refund=refund)


def _delivery(payment: KhaltiPayment, event_type: str, at: datetime | None, **about: Any) -> KhaltiDelivery:
    return KhaltiDelivery(
        payment=payment, event_type=event_type, created_at=at, delivered_at=at, next_try_at=None, attempts=1, **about
    )
