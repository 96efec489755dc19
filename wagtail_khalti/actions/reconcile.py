"""Look up due payments, deliver pending events, and send due mails and webhooks."""

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
from wagtail_khalti.mails import send_mails
from wagtail_khalti.models import KhaltiDelivery, KhaltiIssue, KhaltiPayment, KhaltiRun
from wagtail_khalti.outbox import deliver
from wagtail_khalti.privacy import apply_retention
from wagtail_khalti.reporting import save_latest_snapshots
from wagtail_khalti.webhooks import send_webhooks

logger = logging.getLogger(__name__)

DELIVERIES_AT_ONCE = 10  # between two rounds of lookups, so that slow receivers don't delay them


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
    """Look up due payments, deliver due events, and send due mails and webhooks.

    At most ``limit`` payments, for about ``seconds``, with ``concurrency`` lookups at a time; half of them the longest
    overdue, the others those that are likely to be paid. ``only``: this payment, whether or not it is due.
    ``after_page_view``: it was started by a page view, not by a schedule. Runs may be concurrent, and a killed run
    leaves nothing to clean up. If Khalti does not respond, or rejects the key, that merchant is skipped for the rest of
    the run. Never raises for a single payment. Commits on its own, so it can't run inside a transaction.
    """
    require_no_transaction("reconcile")
    began = time.monotonic()

    def is_over() -> bool:
        return is_stopping() or (seconds is not None and time.monotonic() - began >= seconds)

    with LookupBatch(concurrency) as batch:
        run = _Run(batch, is_over, limit=limit, by=by, on_progress=on_progress)
        if only is not None:
            run.check(only)
        else:
            record = KhaltiRun.begin(KhaltiRun.Work.RECONCILE)
            if not after_page_view:
                KhaltiRun.begin(KhaltiRun.Work.SCHEDULED)
            run.check_due()
            run.send_mails()
            run.send_webhooks()
            run.save_snapshots()
            run.apply_retention()
            run.result.seconds = round(time.monotonic() - began, 3)
            record.finish(run.result.as_json())
    run.result.seconds = round(time.monotonic() - began, 3)
    return run.result


class _Run:
    """Leases, looks up, applies, delivers. Everything but the lookups is done in this thread, over one connection."""

    def __init__(
        self,
        batch: LookupBatch,
        is_over: Callable[[], bool],
        *,
        limit: int | None,
        by: AbstractBaseUser | None,
        on_progress: Callable[[Reconciliation], None] | None,
    ) -> None:
        self.result = Reconciliation()
        self._batch, self._is_over = batch, is_over
        self._remaining, self._by, self._on_progress = limit, by, on_progress
        self._merchants = deque(configuration().merchants.values())
        self._breaker = RunBreaker()
        self._lease_queue = LeaseQueue()
        self._answered_at: dict[str, datetime] = {}
        self._deliveries = iter(KhaltiDelivery.objects.due(timezone.now()).in_turn())

    def check_due(self) -> None:
        is_cut_short = False
        while not (is_cut_short := self._is_over()):
            self._look_up_some()
            has_lookups = bool(self._batch)
            self._apply_some()
            has_delivered = self._deliver_some()
            if not has_lookups and not has_delivered:
                break
        self._finish()
        self.result.is_cut_short = is_cut_short or self._has_more_due()

    def check(self, payment: KhaltiPayment) -> None:
        if not payment.pidx:
            self._deliver(payment)  # it was never initiated
        elif lease_payment(payment):
            self._batch.add(payment)
        else:
            self.result.leased_elsewhere = 1
        self._apply_some()  # waits for the response; _finish would cancel a lookup that has not started
        self._finish()

    def send_mails(self) -> None:
        """Also those that the mail server did not accept before."""
        with self._log_errors("Mails could not be sent"):
            self.result.mailed = send_mails(is_over=self._is_over)

    def send_webhooks(self) -> None:
        """Last of what is sent: of all mail servers and endpoints these may be the slowest."""
        with self._log_errors("Webhooks could not be sent"):
            self.result.webhooks = send_webhooks(is_over=self._is_over)

    def save_snapshots(self) -> None:
        """Last, and only a few days at a time: reports are right without snapshots, only slower."""
        with self._log_errors("Daily snapshots could not be saved"):
            save_latest_snapshots(is_over=self._is_over)

    def apply_retention(self) -> None:
        """A few old payments at a time: nobody waits for it."""
        with self._log_errors("Personal data could not be erased"):
            self.result.anonymized = apply_retention(is_over=self._is_over)

    def _look_up_some(self) -> None:
        room = self._batch.room if self._remaining is None else min(self._batch.room, self._remaining)
        if room <= 0:
            return
        self._merchants.rotate()  # so that none always waits for the others
        with self._log_errors("Due payments could not be leased"):
            leased = self._lease_queue.lease(room, self._available_merchants())
            self._remaining = None if self._remaining is None else self._remaining - len(leased)
            for payment in leased:
                self._batch.add(payment)

    def _apply_some(self) -> None:
        """All responses are applied before any events are delivered, because receivers may be slow."""
        completed = self._batch.completed() if self._batch else []
        applied = [payment for payment, future in completed if self._apply(payment, future)]
        for payment in applied:
            self._deliver(payment)
        if self._on_progress and completed:
            self._on_progress(self.result)
        for payment in self._batch.cancel_waiting(self._breaker.reasons):
            self._release(payment)

    def _apply(self, payment: KhaltiPayment, future: Future[LookupAttempt]) -> bool:
        before, is_applied = payment.status, False
        with self._log_errors("Payment %s could not be processed", payment.reference):
            attempt = future.result()
            self._breaker.note(payment.merchant, attempt.outcome)
            try:
                apply_attempt(payment, attempt, by=self._by)
            except KhaltiError as error:
                logger.warning("Payment %s could not be checked: %s", payment.reference, error)
                self.result.unanswered += 1
            else:
                self._answered_at[payment.merchant] = attempt.requested_at
                self.result.answered += 1
                self.result.moved += payment.status != before
                is_applied = True
        return is_applied

    def _deliver_some(self) -> bool:
        """Returns whether any were due."""
        due: list[KhaltiDelivery] = []
        with self._log_errors("Due deliveries could not be read"):
            due = list(islice(self._deliveries, DELIVERIES_AT_ONCE))
        for delivery in due:
            if self._is_over():
                break
            self._deliver(delivery.payment)
        return bool(due)

    def _deliver(self, payment: KhaltiPayment) -> None:
        with self._log_errors("Payment %s could not be delivered", payment.reference):
            result = deliver(payment)
            self.result.delivered += result.made
            self.result.undelivered += result.failed

    def _finish(self) -> None:
        """Apply the remaining responses, and release the leases of lookups that have not started."""
        for payment in self._batch.cancel_waiting():
            self._release(payment)
        while self._batch:
            self._apply_some()
        self.result.skipped = dict(self._breaker.reasons)
        for merchant in self._answered_at.keys() - self._breaker.reasons.keys():
            _resolve_rejected_key(merchant, requested_at=self._answered_at[merchant])

    def _release(self, payment: KhaltiPayment) -> None:
        with self._log_errors("The lease of payment %s could not be released", payment.reference):
            release_lease(payment)

    def _available_merchants(self) -> list[Merchant]:
        return [merchant for merchant in self._merchants if merchant.name not in self._breaker.reasons]

    def _has_more_due(self) -> bool:
        due = KhaltiPayment.objects.due(timezone.now())
        return self._remaining == 0 and any(
            due.of_account(merchant.name, merchant.mode).exists() for merchant in self._available_merchants()
        )

    @contextmanager
    def _log_errors(self, message: str, *args: object) -> Iterator[None]:
        """Log an exception and continue with other payments; a lease expires."""
        try:
            yield
        except Exception:
            logger.exception(message, *args)
            self.result.broken += 1


def _resolve_rejected_key(merchant: str, *, requested_at: datetime) -> None:
    """Khalti accepts the key of this merchant (again)."""
    rejected = KhaltiIssue.objects.filter(kind=KhaltiIssue.Kind.KEY_REJECTED, merchant=merchant)
    resolve_open(rejected.filter(opened_at__lte=requested_at).select_related("payment"))
