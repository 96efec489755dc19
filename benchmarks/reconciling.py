"""Measures reconcile: its time compared with the ideal, its memory, and its query for due payments."""

from __future__ import annotations

import gc
import os
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median

from django.utils import timezone

from benchmarks.figures import Figure
from benchmarks.khaltis import nearby_khalti
from benchmarks.many_payments import only_due_payments, only_payments
from wagtail_khalti.actions import Reconciliation, reconcile
from wagtail_khalti.conf import configuration
from wagtail_khalti.lookups.lease_order import LIKELY, OLDEST_DUE, LeaseQueue
from wagtail_khalti.models import KhaltiPayment

PAYMENTS, LATENCY, CONCURRENCY = 1000, 0.3, 16
MAX_TIMES_IDEAL = 1.25

FEW_DUE, MANY_DUE = 1_000, 100_000
WORKED_ON = 5_000  # of the many that are due: the rest only has to lie there
FLAT = 8  # MB

STORED = 1_000_000
SCANS = 50
DUE_AMONG_THEM = SCANS * CONCURRENCY


def measure_reconcile() -> Iterator[Figure]:
    yield speed()
    yield memory()
    yield from scan()


def speed() -> Figure:
    """Catching up after the site was down for an evening."""
    only_due_payments(PAYMENTS)
    with nearby_khalti(seconds=LATENCY):
        done = reconcile(concurrency=CONCURRENCY)
    require_done(done, PAYMENTS)
    ideal = PAYMENTS * LATENCY / CONCURRENCY
    return Figure(
        name="reconcile_time",
        what=f"Reconcile {PAYMENTS} payments at {LATENCY * 1000:.0f} ms, {CONCURRENCY} at a time, beside the ideal",
        value=done.seconds,
        peer=ideal,
        unit="s",
        budget=ideal * MAX_TIMES_IDEAL,
    )


def memory() -> Figure:
    """Memory of a run in addition to the idle process, with few and with many payments due."""
    with nearby_khalti():
        only_due_payments(FEW_DUE)
        reconcile(concurrency=CONCURRENCY)  # fills the caches of a running process
        few = growth(due=FEW_DUE, worked_on=FEW_DUE)
        many = growth(due=MANY_DUE, worked_on=WORKED_ON)
    return Figure(
        name="reconcile_memory",
        what=f"Reconcile: most memory on top, {MANY_DUE:,} payments due, beside {FEW_DUE:,}",
        value=many,
        peer=few,
        unit="MB",
        budget=few + FLAT,
    )


def growth(*, due: int, worked_on: int) -> float:
    only_due_payments(due)
    gc.collect()
    before = most = resident_megabytes()

    def look(_done: Reconciliation) -> None:
        nonlocal most
        most = max(most, resident_megabytes())

    require_done(reconcile(concurrency=CONCURRENCY, limit=worked_on, on_progress=look), worked_on)
    return most - before


def scan() -> Iterator[Figure]:
    """Leasing the next due payments, in a small table and in a large one."""
    only_payments(FEW_DUE, due=DUE_AMONG_THEM)
    small = time_to_lease()
    only_payments(STORED, due=DUE_AMONG_THEM)
    merchant = configuration().merchant()
    theirs, now = KhaltiPayment.objects.of_account(merchant.name, merchant.mode), timezone.now()
    due = [order(theirs, now) for order in (*OLDEST_DUE, *LIKELY)]
    plans = [payments[:CONCURRENCY].explain() for payments in due]
    yield Figure(
        name="due_scan_without_index",
        what=f"Scan for due work with {STORED:,} payments stored: plans that leave the index out",
        value=sum("khalti_payment_due" not in plan and "khalti_payment_urgent" not in plan for plan in plans),
        unit="plans",
        budget=0,
    )
    yield Figure(
        name="due_lease_time",
        what=f"Lease {CONCURRENCY} due payments with {STORED:,} stored, beside {FEW_DUE:,}, median of {SCANS}",
        value=time_to_lease(),
        peer=small,
        unit="ms",
    )


def time_to_lease() -> float:
    times = []
    for _turn in range(SCANS):
        began = time.perf_counter()
        leased = LeaseQueue().lease(CONCURRENCY, list(configuration().merchants.values()))
        times.append((time.perf_counter() - began) * 1000)
        if len(leased) != CONCURRENCY:
            raise RuntimeError(f"{len(leased)} payments were leased")
    return median(times)


def resident_megabytes() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def require_done(done: Reconciliation, count: int) -> None:
    if done.moved != count:
        raise RuntimeError(f"{done.moved} of {count} payments changed their status: {done}")
