"""Anonymise payments: of a person, or those of a period. The ledger stays as it is."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice, takewhile

from django.db import OperationalError, connection
from django.db.models import Q
from django.utils import timezone

from wagtail_khalti.conf import configuration
from wagtail_khalti.database.transactions import is_transaction_conflict, require_no_transaction
from wagtail_khalti.models import KhaltiPayment
from wagtail_khalti.privacy.erasing import erase
from wagtail_khalti.privacy.waiting import Reason, ready, waiting

BATCH_SIZE = 100  # payments in one transaction, at most
TOO_LONG = 0.2  # seconds, for one transaction: meanwhile nobody else can change these payments
WALK_SIZE = 500  # payments in one query that only reads
IN_A_RUN = 10  # batches, at most, at the end of a reconcile
MAX_REFERENCES = 20  # that are named


@dataclass(slots=True, kw_only=True)
class Anonymization:
    """What was done, in numbers of payments. Without personal data."""

    count: int = 0
    """Anonymised; with ``dry_run`` those that would be."""

    waiting: dict[Reason, int] = field(default_factory=dict)
    """Those that have to wait, by the reason."""

    references: dict[Reason, list[str]] = field(default_factory=dict)
    """The first of them."""

    is_cut_short: bool = False
    """Whether the limit, the time or a signal ended it early."""

    def add_waiting(self, found: dict[Reason, list[str]]) -> None:
        """Count them, and name the first ones."""
        for reason, references in found.items():
            self.waiting[reason] = self.waiting.get(reason, 0) + len(references)
            named = self.references.setdefault(reason, [])
            named += references[: MAX_REFERENCES - len(named)]


def anonymize(
    pks: Iterable[int],
    *,
    dry_run: bool = False,
    is_over: Callable[[], bool] = lambda: False,
    max_batches: int | None = None,
    on_progress: Callable[[Anonymization], None] | None = None,
) -> Anonymization:
    """Erase the personal data of the payments with these keys, in small transactions.

    Names, contacts, answers, metadata and free texts are erased; amounts, times, references and receipt numbers stay.
    Payments with unfinished business are left, and counted. Whoever is killed can be repeated. Commits on its own, so
    it can't run inside a transaction.
    """
    require_no_transaction("anonymize")
    result, pace, remaining, number = Anonymization(), _Pace(), iter(pks), 0
    while batch := list(islice(remaining, pace.size)):
        if is_over() or number == max_batches:
            result.is_cut_short = True
            break
        with pace:
            done = _ready(batch) if dry_run else _erase(batch)
        number, result.count = number + 1, result.count + len(done)
        if left := set(batch).difference(done):
            result.add_waiting(waiting(sorted(left)))
        if on_progress:
            on_progress(result)
    return result


def apply_retention(*, is_over: Callable[[], bool]) -> int:
    """Anonymise a few of those that are older than ``KEEP_PERSONAL_DATA`` allows. How many; 0 if it is not set."""
    before = retention_limit()
    if before is None:
        return 0
    # Those that have to wait must not use up the batches, run after run.
    batches = takewhile(lambda _batch: not is_over(), _batches(started_before(before), WALK_SIZE))
    found = (pk for batch in batches for pk in _ready(batch))
    return anonymize(found, is_over=is_over, max_batches=IN_A_RUN).count


def retention_limit() -> datetime | None:
    """Payments that started earlier are to be anonymised; None if the settings have them kept forever."""
    kept_for = configuration().retention
    return None if kept_for is None else timezone.now() - kept_for


def started_before(moment: datetime) -> Iterator[int]:
    """The keys of the payments that are not anonymised, the oldest first: one short query for each batch."""
    payments = KhaltiPayment.objects.filter(anonymized_at=None, created_at__lt=moment)
    in_order = payments.order_by(*_order_of_index()).values_list("pk", "created_at")
    rows: list[tuple[int, datetime]] = list(in_order[:WALK_SIZE])
    while rows:
        yield from (pk for pk, _created_at in rows)
        pk, created_at = rows[-1]
        # The first condition is the one that the index serves.
        later = in_order.filter(Q(created_at__gt=created_at) | Q(pk__gt=pk), created_at__gte=created_at)
        rows = list(later[:WALK_SIZE])


class _Pace:
    """Smaller batches where they take long: on a busy machine, or a slow disk."""

    def __init__(self) -> None:
        self.size = BATCH_SIZE

    def __enter__(self) -> None:
        self._began = time.monotonic()

    def __exit__(self, *exception: object) -> None:
        seconds = time.monotonic() - self._began
        if seconds > TOO_LONG:
            self.size = max(1, self.size // 2)
        elif seconds < TOO_LONG / 4:
            self.size = min(BATCH_SIZE, self.size * 2)


def _erase(pks: Sequence[int]) -> list[int]:
    try:
        return erase(pks)
    except OperationalError as error:
        if is_transaction_conflict(error):
            return []  # they are counted as busy; the next run takes them
        raise


def _order_of_index() -> list[str]:
    """In another order all would be sorted: PostgreSQL takes NULL for no constant, and MariaDB does."""
    by_age = ["created_at", "pk"]
    return by_age if connection.vendor == "mysql" else ["anonymized_at", *by_age]


def _ready(pks: Sequence[int]) -> list[int]:
    """In the same order. Only read: it is decided once more under the lock."""
    found = set(ready(pks).values_list("pk", flat=True))
    return [pk for pk in pks if pk in found]


def _batches(pks: Iterable[int], size: int) -> Iterator[list[int]]:
    remaining = iter(pks)
    while batch := list(islice(remaining, size)):
        yield batch
