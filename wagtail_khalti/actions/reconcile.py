"""Find out what became of all that is unfinished, and tell the site what it has not heard."""

from __future__ import annotations

import logging
import time
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from datetime import datetime
from itertools import islice

from django.contrib.auth.models import AbstractBaseUser
from django.utils import timezone

from wagtail_khalti.actions.ask import Inquiry
from wagtail_khalti.actions.claim import claim_payment, release
from wagtail_khalti.actions.close_review import close_review
from wagtail_khalti.actions.deliver import deliver
from wagtail_khalti.actions.inquiries import Inquiries
from wagtail_khalti.actions.keep_days import keep_up
from wagtail_khalti.actions.learn import learn
from wagtail_khalti.actions.outage import Outages
from wagtail_khalti.actions.outside import require_no_transaction
from wagtail_khalti.actions.reconciliation import Reconciliation
from wagtail_khalti.actions.refund_notices import payments_with_due_notices, send_refund_notices
from wagtail_khalti.actions.turns import Turns
from wagtail_khalti.conf import Merchant, configuration
from wagtail_khalti.exceptions import KhaltiError, ReviewIsClosed
from wagtail_khalti.models import KhaltiDelivery, KhaltiPayment, KhaltiReview, KhaltiRun

logger = logging.getLogger(__name__)

DELIVERIES_AT_ONCE = 10  # between two rounds of questions: slow receivers must not keep the money waiting


def reconcile(
    *,
    limit: int | None = None,
    concurrency: int = 1,
    seconds: float | None = None,
    only: KhaltiPayment | None = None,
    after_page_view: bool = False,
    by: AbstractBaseUser | None = None,
    on_progress: Callable[[Reconciliation], None] | None = None,
    is_stopping: Callable[[], bool] = lambda: False,
) -> Reconciliation:
    """Ask Khalti about what is due, and deliver what is due.

    At most ``limit`` payments, for about ``seconds``, ``concurrency`` questions at a time; half of them the longest
    overdue, the others those that are likely to be paid. ``only`` this payment, whenever it is due.
    ``after_page_view``: what began it is a visit, and no schedule. Any number of runs may work at the same time, and
    none touches what another has in hand; one that is killed leaves nothing to clean up. Where Khalti does not answer,
    or refuses the key, that merchant is not asked any further. Never raises for a single payment. Commits on its own,
    so it can't run inside a transaction.
    """
    require_no_transaction("reconcile")
    began = time.monotonic()

    def is_over() -> bool:
        return is_stopping() or (seconds is not None and time.monotonic() - began >= seconds)

    with Inquiries(concurrency) as inquiries:
        run = _Run(inquiries, is_over, limit=limit, by=by, on_progress=on_progress)
        if only is not None:
            run.work_on(only)
        else:
            record = KhaltiRun.begin(KhaltiRun.Work.RECONCILE)
            if not after_page_view:
                KhaltiRun.begin(KhaltiRun.Work.SCHEDULED)
            run.work_through()
            run.send_notices()
            run.keep_days_up()
            run.done.seconds = round(time.monotonic() - began, 3)
            record.finish(run.done.as_json())
    run.done.seconds = round(time.monotonic() - began, 3)
    return run.done


class _Run:
    """Claims, asks, learns, delivers. All but the asking is done in this thread, over one connection."""

    def __init__(
        self,
        inquiries: Inquiries,
        is_over: Callable[[], bool],
        *,
        limit: int | None,
        by: AbstractBaseUser | None,
        on_progress: Callable[[Reconciliation], None] | None,
    ) -> None:
        self.done = Reconciliation()
        self._inquiries, self._is_over = inquiries, is_over
        self._left, self._by, self._on_progress = limit, by, on_progress
        self._merchants = deque(configuration().merchants.values())
        self._outages = Outages()
        self._turns = Turns()
        self._heard_from: dict[str, datetime] = {}
        self._deliveries = iter(KhaltiDelivery.objects.due(timezone.now()).in_turn())

    def work_through(self) -> None:
        is_cut_short = False
        while not (is_cut_short := self._is_over()):
            self._ask_some()
            has_asked = bool(self._inquiries)
            self._learn_some()
            has_delivered = self._deliver_some()
            if not has_asked and not has_delivered:
                break
        self._finish()
        self.done.is_cut_short = is_cut_short or self._has_left_some()

    def work_on(self, payment: KhaltiPayment) -> None:
        if not payment.pidx:
            self._deliver(payment)  # Khalti never heard of it
        elif claim_payment(payment):
            self._inquiries.ask(payment)
        else:
            self.done.in_other_hands = 1
        self._learn_some()  # waits for the answer: what was not begun yet would be taken back at the end
        self._finish()

    def send_notices(self) -> None:
        """Those that a mail server did not take at first; where it still doesn't, in a later run."""
        with self._going_on("Refund notices could not be sent"):
            for payment in payments_with_due_notices():
                if self._is_over() or not send_refund_notices(payment):
                    break

    def keep_days_up(self) -> None:
        """Last, and only a few days at a time: figures can wait, and are right without it."""
        with self._going_on("The totals of days could not be kept"):
            keep_up(is_over=self._is_over)

    def _ask_some(self) -> None:
        room = self._inquiries.room if self._left is None else min(self._inquiries.room, self._left)
        if room <= 0:
            return
        self._merchants.rotate()  # none of them waits behind the others
        with self._going_on("Due payments could not be claimed"):
            claimed = self._turns.claim(room, self._those_who_answer())
            self._left = None if self._left is None else self._left - len(claimed)
            for payment in claimed:
                self._inquiries.ask(payment)

    def _learn_some(self) -> None:
        """Money facts first: what was asked is written down before the site's code, which may be slow, hears of it."""
        answers = self._inquiries.answers() if self._inquiries else []
        learned = [payment for payment, coming in answers if self._learn(payment, coming)]
        for payment in learned:
            self._deliver(payment)
        if self._on_progress and answers:
            self._on_progress(self.done)
        for payment in self._inquiries.take_back(self._outages.reasons):
            self._give_back(payment)

    def _learn(self, payment: KhaltiPayment, coming: Future[Inquiry]) -> bool:
        before, is_learned = payment.status, False
        with self._going_on("Payment %s could not be worked on", payment.reference):
            inquiry = coming.result()
            self._outages.note(payment.merchant, inquiry.outcome)
            try:
                learn(payment, inquiry, by=self._by)
            except KhaltiError as error:
                logger.warning("Payment %s could not be checked: %s", payment.reference, error)
                self.done.unanswered += 1
            else:
                self._heard_from[payment.merchant] = inquiry.asked_at
                self.done.answered += 1
                self.done.moved += payment.status != before
                is_learned = True
        return is_learned

    def _deliver_some(self) -> bool:
        """Whether there was anything."""
        due: list[KhaltiDelivery] = []
        with self._going_on("Due deliveries could not be read"):
            due = list(islice(self._deliveries, DELIVERIES_AT_ONCE))
        for delivery in due:
            if self._is_over():
                break
            self._deliver(delivery.payment)
        return bool(due)

    def _deliver(self, payment: KhaltiPayment) -> None:
        with self._going_on("Payment %s could not be delivered", payment.reference):
            told = deliver(payment)
            self.done.delivered += told.made
            self.done.undelivered += told.failed

    def _finish(self) -> None:
        """Use every answer that was asked for, and give back what was not."""
        for payment in self._inquiries.take_back():
            self._give_back(payment)
        while self._inquiries:
            self._learn_some()
        self.done.not_asked = dict(self._outages.reasons)
        for merchant in self._heard_from.keys() - self._outages.reasons.keys():
            _close_refusals(merchant, asked_at=self._heard_from[merchant])

    def _give_back(self, payment: KhaltiPayment) -> None:
        with self._going_on("Payment %s could not be given back", payment.reference):
            release(payment)

    def _those_who_answer(self) -> list[Merchant]:
        return [merchant for merchant in self._merchants if merchant.name not in self._outages.reasons]

    def _has_left_some(self) -> bool:
        due = KhaltiPayment.objects.due(timezone.now())
        return self._left == 0 and any(
            due.taken_by(merchant.name, merchant.mode).exists() for merchant in self._those_who_answer()
        )

    @contextmanager
    def _going_on(self, message: str, *about: object) -> Iterator[None]:
        """One payment, or a database that stumbles, must not keep all others waiting; a claim runs out by itself."""
        try:
            yield
        except Exception:
            logger.exception(message, *about)
            self.done.broken += 1


def _close_refusals(merchant: str, *, asked_at: datetime) -> None:
    """Khalti takes the key of this merchant (again)."""
    refusals = KhaltiReview.objects.open().filter(kind=KhaltiReview.Kind.LOOKUP_REFUSED, merchant=merchant)
    for review in refusals.filter(opened_at__lte=asked_at).select_related("payment"):
        with suppress(ReviewIsClosed):
            close_review(review, outcome=KhaltiReview.Outcome.CAME_RIGHT)
