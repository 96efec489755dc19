"""Find out what became of all that is unfinished, and tell the site what it has not heard."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Any

from django.contrib.auth.models import AbstractBaseUser

from wagtail_khalti.actions.ask import Inquiry
from wagtail_khalti.actions.claim import claim_due_deliveries, claim_due_payments, claim_payment, release
from wagtail_khalti.actions.close_review import close_review
from wagtail_khalti.actions.deliver import deliver
from wagtail_khalti.actions.inquiries import Inquiries
from wagtail_khalti.actions.learn import learn
from wagtail_khalti.actions.outage import Outages
from wagtail_khalti.actions.outside import require_no_transaction
from wagtail_khalti.exceptions import KhaltiError, ReviewIsClosed
from wagtail_khalti.models import KhaltiPayment, KhaltiReview, KhaltiRun

logger = logging.getLogger(__name__)

DELIVERIES_AT_ONCE = 10  # between two rounds of questions: slow receivers must not keep the money waiting


@dataclass(slots=True, kw_only=True)
class Reconciliation:
    """What came of a run, in numbers of payments."""

    answered: int = 0
    """Khalti was asked, and answered."""

    moved: int = 0
    """Those among them whose status changed."""

    unanswered: int = 0
    """Khalti was asked, and nothing was learned."""

    delivered: int = 0
    """The site's code heard what it had missed."""

    undelivered: int = 0
    """It failed again."""

    broken: int = 0
    """Could not be worked on for a reason of ours, which the log tells."""

    in_other_hands: int = 0
    """Another run is just checking it."""

    not_asked: dict[str, str] = field(default_factory=dict)
    """Why Khalti was not asked any further, by merchant."""

    is_cut_short: bool = False
    """Whether the limit, the time or a signal ended it, rather than the work."""

    seconds: float = 0.0

    @property
    def asked(self) -> int:
        """About how many payments Khalti was asked."""
        return self.answered + self.unanswered

    def as_json(self) -> dict[str, Any]:
        """For a program, or the record."""
        return asdict(self)


def reconcile(
    *,
    limit: int | None = None,
    concurrency: int = 1,
    seconds: float | None = None,
    only: KhaltiPayment | None = None,
    by: AbstractBaseUser | None = None,
    on_progress: Callable[[Reconciliation], None] | None = None,
    is_stopping: Callable[[], bool] = lambda: False,
) -> Reconciliation:
    """Ask Khalti about what is due, the longest overdue first, and deliver what is due.

    At most ``limit`` payments, for about ``seconds``, ``concurrency`` questions at a time; ``only`` this payment,
    whenever it is due. Any number of runs may work at the same time, and none touches what another has in hand; one
    that is killed leaves nothing to clean up. Where Khalti does not answer, or refuses the key, that merchant is not
    asked any further. Never raises for a single payment. Commits on its own, so it can't run inside a transaction.
    """
    require_no_transaction("reconcile")
    began = time.monotonic()
    record = KhaltiRun.begin(KhaltiRun.Work.RECONCILE)

    def is_over() -> bool:
        return is_stopping() or (seconds is not None and time.monotonic() - began >= seconds)

    with Inquiries(concurrency) as inquiries:
        run = _Run(inquiries, limit=limit, by=by, on_progress=on_progress)
        if only is None:
            run.work_through(is_over)
        else:
            run.work_on(only)

    run.done.seconds = round(time.monotonic() - began, 3)
    record.finish(run.done.as_json())
    return run.done


class _Run:
    """Claims, asks, learns, delivers. All but the asking is done in this thread, over one connection."""

    def __init__(
        self,
        inquiries: Inquiries,
        *,
        limit: int | None,
        by: AbstractBaseUser | None,
        on_progress: Callable[[Reconciliation], None] | None,
    ) -> None:
        self.done = Reconciliation()
        self._inquiries, self._left, self._by, self._on_progress = inquiries, limit, by, on_progress
        self._outages = Outages()
        self._answering: set[str] = set()

    def work_through(self, is_over: Callable[[], bool]) -> None:
        while not (cut_short := is_over()):
            has_delivered = self._deliver_some()
            self._ask_some()
            if not self._inquiries and not has_delivered:
                break
            self._learn_some()
        self.done.is_cut_short = cut_short or self._left == 0
        self._finish()

    def work_on(self, payment: KhaltiPayment) -> None:
        if claim_payment(payment):
            self._inquiries.ask(payment)
        else:
            self.done.in_other_hands = 1
        self._finish()

    def _ask_some(self) -> None:
        room = self._inquiries.room if self._left is None else min(self._inquiries.room, self._left)
        if room <= 0:
            return
        claimed = claim_due_payments(room, merchants_to_spare=self._outages.merchants)
        if self._left is not None:
            self._left -= len(claimed)
        for payment in claimed:
            self._inquiries.ask(payment)

    def _learn_some(self) -> None:
        if not self._inquiries:
            return
        for payment, inquiry in self._inquiries.answers():
            self._learn(payment, inquiry)
            if self._on_progress:
                self._on_progress(self.done)
        if self._outages.merchants:
            self._spare_the_silent()

    def _learn(self, payment: KhaltiPayment, inquiry: Inquiry) -> None:
        before = payment.status
        self._outages.note(payment.merchant, inquiry.error)
        try:
            learn(payment, inquiry, by=self._by)
        except KhaltiError as error:
            logger.warning("Payment %s could not be checked: %s", payment.reference, error)
            self.done.unanswered += 1
        except Exception:
            # One payment must not keep all others waiting; its claim runs out, and it is tried again.
            logger.exception("Payment %s could not be worked on", payment.reference)
            self.done.broken += 1
        else:
            self._answering.add(payment.merchant)
            self.done.answered += 1
            self.done.moved += payment.status != before

    def _deliver_some(self) -> bool:
        """Whether there was anything."""
        claimed = claim_due_deliveries(DELIVERIES_AT_ONCE)
        for delivery in claimed:
            deliver(delivery.payment, claimed=delivery)
            delivery.refresh_from_db()
            self.done.delivered += delivery.delivered_at is not None
            self.done.undelivered += delivery.delivered_at is None
        return bool(claimed)

    def _spare_the_silent(self) -> None:
        for payment in self._inquiries.take_back(self._outages.merchants):
            release(payment)

    def _finish(self) -> None:
        """Use every answer that was asked for, and give back what was not."""
        for payment in self._inquiries.take_back():
            release(payment)
        while self._inquiries:
            self._learn_some()
        self.done.not_asked = dict(self._outages.reasons)
        for merchant in self._answering - set(self._outages.reasons):
            _close_refusals(merchant)


def _close_refusals(merchant: str) -> None:
    """Khalti takes the key of this merchant (again)."""
    refusals = KhaltiReview.objects.open().filter(kind=KhaltiReview.Kind.LOOKUP_REFUSED, payment__merchant=merchant)
    for review in refusals.select_related("payment"):
        try:
            close_review(review, outcome=KhaltiReview.Outcome.CAME_RIGHT)
        except ReviewIsClosed:
            continue
