"""Checks of stored payments against the rules, in batches to limit memory."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

from django.db.models import Count, F, Q, QuerySet
from django.utils.translation import gettext as _

from wagtail_khalti.conf import Mode
from wagtail_khalti.doctor.finding import Finding, Level, Subject
from wagtail_khalti.doctor.rules import (
    BREAKDOWN_DIFFERS,
    EVENT_RULES,
    PAYMENT_RULES,
    PURCHASED,
    TWO_PRIMARIES,
    Rule,
    with_last_status,
)
from wagtail_khalti.models import KhaltiDelivery, KhaltiPayment

BATCH_SIZE = 5_000  # rows: a query of this size takes well under a second
SAMPLE_SIZE = 3

Violation = tuple[Rule, str, str]
"""The broken rule, and the payment's reference and mode."""


class _Count:
    """The number of payments that break a rule, by live and test, and examples."""

    def __init__(self) -> None:
        self.counts: Counter[bool] = Counter()
        self.references: list[str] = []

    def add(self, reference: str, mode: str) -> None:
        is_live = mode == Mode.LIVE
        self.counts[is_live] += 1
        if is_live:  # first: they are more important
            self.references.insert(min(self.counts[True] - 1, SAMPLE_SIZE), reference)
        else:
            self.references.append(reference)
        del self.references[SAMPLE_SIZE:]


def ledger() -> Iterator[Finding]:
    """One finding for each broken rule."""
    aggregates: dict[str, _Count] = defaultdict(_Count)
    rules = {}
    for rule, reference, mode in _violations():
        rules[rule.name] = rule
        aggregates[rule.name].add(reference, mode)
    for name, aggregate in aggregates.items():
        yield _finding(rules[name], aggregate)
    if not aggregates:
        yield _consistent()


def _violations() -> Iterator[Violation]:
    for payments in in_batches(KhaltiPayment.objects.order_by("pk")):
        yield from _broken(with_last_status(payments), PAYMENT_RULES, "")
        yield from _breakdown_differs(payments)
    for deliveries in in_batches(KhaltiDelivery.objects.order_by("pk")):
        yield from _broken(deliveries, EVENT_RULES, "payment__")
    yield from _two_primaries()


def in_batches(rows: QuerySet[Any]) -> Iterator[QuerySet[Any]]:
    """Batches of rows, each checked by one query, which sees a payment either before or after a change."""
    last = 0
    while True:
        rest = rows.filter(pk__gt=last)
        ends = list(rest.values_list("pk", flat=True)[BATCH_SIZE - 1 : BATCH_SIZE])
        yield rest.filter(pk__lte=ends[0]) if ends else rest
        if not ends:
            return
        last = ends[0]


def _broken(rows: QuerySet[Any], rules: Sequence[Rule], payment: str) -> Iterator[Violation]:
    """All rules are checked by one query first, because usually none is broken."""
    anything = Q()
    for rule in rules:
        anything |= rule.broken
    if not rows.filter(anything).order_by().exists():
        return
    for rule in rules:
        for reference, mode in rows.filter(rule.broken).values_list(f"{payment}reference", f"{payment}mode"):
            yield rule, reference, mode


def _breakdown_differs(payments: QuerySet[KhaltiPayment]) -> Iterator[Violation]:
    """In Python, because JSON functions differ between databases."""
    for reference, mode, amount, lines in payments.values_list("reference", "mode", "amount", "breakdown"):
        if lines and _total(lines) != amount:
            yield BREAKDOWN_DIFFERS, reference, mode


def _total(lines: Any) -> int | None:
    """None if they are not lines."""
    try:
        total: int = sum(line["amount"] for line in lines)
    except (TypeError, KeyError):
        return None
    return total


def _two_primaries() -> Iterator[Violation]:
    """A fully refunded payable can be paid for again."""
    paid = KhaltiPayment.objects.filter(
        status__in=PURCHASED, payable_type__isnull=False, duplicate_of=None, is_repeat=False
    )
    paid = paid.exclude(refund_total=F("amount"))
    payables = paid.order_by().values_list("payable_type", "payable_id", "mode")
    for payable_type, payable_id, mode, _count in payables.annotate(count=Count("pk")).filter(count__gt=1):
        payments = paid.filter(payable_type=payable_type, payable_id=payable_id, mode=mode)
        for reference in payments.order_by("pk").values_list("reference", flat=True):
            yield TWO_PRIMARIES, reference, mode


def _finding(rule: Rule, aggregate: _Count) -> Finding:
    live, test = aggregate.counts[True], aggregate.counts[False]
    return Finding(
        level=rule.level if live else Level.WARNING,
        subject=Subject.LEDGER,
        name=rule.name,
        sentence=_("%(problem)s: %(live)s live, %(test)s test.")
        % {"problem": rule.sentence, "live": live, "test": test},
        remedy=_(
            "Other code wrote to the tables of this package, or a backup was restored only partly. Compare the "
            "timeline of these payments with Khalti's dashboard, or check one again: "
            "`manage.py khalti_reconcile --payment REFERENCE`."
        ),
        references=tuple(aggregate.references),
        numbers={"live": live, "test": test},
    )


def _consistent() -> Finding:
    counted = KhaltiPayment.objects.aggregate(all=Count("pk"), live=Count("pk", filter=Q(mode=Mode.LIVE)))
    numbers = {"live": counted["live"], "test": counted["all"] - counted["live"]}
    return Finding(
        level=Level.OK,
        subject=Subject.LEDGER,
        name="consistent",
        sentence=_("All stored payments are consistent: %(live)s live, %(test)s test.") % numbers,
        numbers=numbers,
    )
