"""Find out what became of all that is unfinished, and tell the site what it has not heard."""

from __future__ import annotations

import logging
import time
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from datetime import datetime
from itertools import islice

from django.contrib.auth.models import AbstractBaseUser
from django.utils import timezone

from wagtail_khalti.actions.reconciliation import Reconciliation
from wagtail_khalti.conf import Merchant, configuration
from wagtail_khalti.database.transactions import require_no_transaction
from wagtail_khalti.exceptions import KhaltiError
from wagtail_khalti.ledger import resolve_open
from wagtail_khalti.lookups import (
    LeaseQueue,
    LookupAttempt,
    LookupBatch,
    RunBreaker,
    apply_attempt,
    lease_payment,
    release_lease,
)
from wagtail_khalti.models import KhaltiDelivery, KhaltiIssue, KhaltiPayment, KhaltiRun
from wagtail_khalti.outbox import deliver
from wagtail_khalti.receipts import payments_with_due_notices, send_refund_notices
from wagtail_khalti.reporting import save_latest_snapshots

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

    with LookupBatch(concurrency) as batch:
        run = _Run(batch, is_over, limit=limit, by=by, on_progress=on_progress)
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
        batch: LookupBatch,
        is_over: Callable[[], bool],
        *,
        limit: int | None,
        by: AbstractBaseUser | None,
        on_progress: Callable[[Reconciliation], None] | None,
    ) -> None:
        self.done = Reconciliation()
        self._batch, self._is_over = batch, is_over
        self._left, self._by, self._on_progress = limit, by, on_progress
        self._merchants = deque(configuration().merchants.values())
        self._breaker = RunBreaker()
        self._lease_queue = LeaseQueue()
        self._heard_from: dict[str, datetime] = {}
        self._deliveries = iter(KhaltiDelivery.objects.due(timezone.now()).in_turn())

    def work_through(self) -> None:
        is_cut_short = False
        while not (is_cut_short := self._is_over()):
            self._ask_some()
            has_asked = bool(self._batch)
            self._learn_some()
            has_delivered = self._deliver_some()
            if not has_asked and not has_delivered:
                break
        self._finish()
        self.done.is_cut_short = is_cut_short or self._has_left_some()

    def work_on(self, payment: KhaltiPayment) -> None:
        if not payment.pidx:
            self._deliver(payment)  # Khalti never heard of it
        elif lease_payment(payment):
            self._batch.add(payment)
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
            save_latest_snapshots(is_over=self._is_over)

    def _ask_some(self) -> None:
        room = self._batch.room if self._left is None else min(self._batch.room, self._left)
        if room <= 0:
            return
        self._merchants.rotate()  # none of them waits behind the others
        with self._going_on("Due payments could not be claimed"):
            leased = self._lease_queue.lease(room, self._those_who_answer())
            self._left = None if self._left is None else self._left - len(leased)
            for payment in leased:
                self._batch.add(payment)

    def _learn_some(self) -> None:
        """Money facts first: what was asked is written down before the site's code, which may be slow, hears of it."""
        answers = self._batch.answers() if self._batch else []
        learned = [payment for payment, coming in answers if self._learn(payment, coming)]
        for payment in learned:
            self._deliver(payment)
        if self._on_progress and answers:
            self._on_progress(self.done)
        for payment in self._batch.take_back(self._breaker.reasons):
            self._release(payment)

    def _learn(self, payment: KhaltiPayment, coming: Future[LookupAttempt]) -> bool:
        before, is_learned = payment.status, False
        with self._going_on("Payment %s could not be worked on", payment.reference):
            attempt = coming.result()
            self._breaker.note(payment.merchant, attempt.outcome)
            try:
                apply_attempt(payment, attempt, by=self._by)
            except KhaltiError as error:
                logger.warning("Payment %s could not be checked: %s", payment.reference, error)
                self.done.unanswered += 1
            else:
                self._heard_from[payment.merchant] = attempt.requested_at
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
            result = deliver(payment)
            self.done.delivered += result.made
            self.done.undelivered += result.failed

    def _finish(self) -> None:
        """Use every answer that was asked for, and give back what was not."""
        for payment in self._batch.take_back():
            self._release(payment)
        while self._batch:
            self._learn_some()
        self.done.not_asked = dict(self._breaker.reasons)
        for merchant in self._heard_from.keys() - self._breaker.reasons.keys():
            _resolve_rejected_key(merchant, requested_at=self._heard_from[merchant])

    def _release(self, payment: KhaltiPayment) -> None:
        with self._going_on("Payment %s could not be given back", payment.reference):
            release_lease(payment)

    def _those_who_answer(self) -> list[Merchant]:
        return [merchant for merchant in self._merchants if merchant.name not in self._breaker.reasons]

    def _has_left_some(self) -> bool:
        due = KhaltiPayment.objects.due(timezone.now())
        return self._left == 0 and any(
            due.of_account(merchant.name, merchant.mode).exists() for merchant in self._those_who_answer()
        )

    @contextmanager
    def _going_on(self, message: str, *about: object) -> Iterator[None]:
        """One payment, or a database that stumbles, must not keep all others waiting; a claim runs out by itself."""
        try:
            yield
        except Exception:
            logger.exception(message, *about)
            self.done.broken += 1


def _resolve_rejected_key(merchant: str, *, requested_at: datetime) -> None:
    """Khalti accepts the key of this merchant (again)."""
    rejected = KhaltiIssue.objects.filter(kind=KhaltiIssue.Kind.KEY_REJECTED, merchant=merchant)
    resolve_open(rejected.filter(opened_at__lte=requested_at).select_related("payment"))
