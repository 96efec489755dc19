"""Whether what is stored agrees with itself, looked at piece by piece so that millions of payments need no memory."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

from django.db.models import Count, F, Q, QuerySet
from django.utils.translation import gettext as _

from wagtail_khalti.conf import Mode
from wagtail_khalti.doctor.finding import Finding, Level, Subject
from wagtail_khalti.doctor.rules import EVENT_RULES, PAYMENT_RULES, SOLD, TWO_SALES, UNEVEN, Rule, with_last_move
from wagtail_khalti.models import KhaltiDelivery, KhaltiPayment

PIECE = 5_000  # rows: one statement about so many takes well under a second
SAMPLE_SIZE = 3

Disagreement = tuple[Rule, str, str]
"""What is broken, by which payment, in which mode."""


class _Count:
    """How many payments break a rule, apart for real money, and a few of them."""

    def __init__(self) -> None:
        self.counts: Counter[bool] = Counter()
        self.references: list[str] = []

    def add(self, reference: str, mode: str) -> None:
        is_live = mode == Mode.LIVE
        self.counts[is_live] += 1
        if is_live:  # first: they matter more
            self.references.insert(min(self.counts[True] - 1, SAMPLE_SIZE), reference)
        else:
            self.references.append(reference)
        del self.references[SAMPLE_SIZE:]


def ledger() -> Iterator[Finding]:
    """Every rule, one finding for each that is broken."""
    aggregates: dict[str, _Count] = defaultdict(_Count)
    rules = {}
    for rule, reference, mode in _disagreements():
        rules[rule.name] = rule
        aggregates[rule.name].add(reference, mode)
    for name, aggregate in aggregates.items():
        yield _finding(rules[name], aggregate)
    if not aggregates:
        yield _all_well()


def _disagreements() -> Iterator[Disagreement]:
    for piece in in_pieces(KhaltiPayment.objects.order_by("pk")):
        yield from _broken(with_last_move(piece), PAYMENT_RULES, "")
        yield from _uneven(piece)
    for event_type in in_pieces(KhaltiDelivery.objects.order_by("pk")):
        yield from _broken(event_type, EVENT_RULES, "payment__")
    yield from _sold_twice()


def in_pieces(rows: QuerySet[Any]) -> Iterator[QuerySet[Any]]:
    """All of them, so many at a time; each in one statement, which sees a payment before a change or after it."""
    last = 0
    while True:
        rest = rows.filter(pk__gt=last)
        ends = list(rest.values_list("pk", flat=True)[PIECE - 1 : PIECE])
        yield rest.filter(pk__lte=ends[0]) if ends else rest
        if not ends:
            return
        last = ends[0]


def _broken(rows: QuerySet[Any], rules: Sequence[Rule], payment: str) -> Iterator[Disagreement]:
    """Asked all at once first, since nearly always nothing is broken."""
    anything = Q()
    for rule in rules:
        anything |= rule.broken
    if not rows.filter(anything).order_by().exists():
        return
    for rule in rules:
        for reference, mode in rows.filter(rule.broken).values_list(f"{payment}reference", f"{payment}mode"):
            yield rule, reference, mode


def _uneven(payments: QuerySet[KhaltiPayment]) -> Iterator[Disagreement]:
    """In Python: no two databases add up what is in JSON alike."""
    for reference, mode, amount, lines in payments.values_list("reference", "mode", "amount", "breakdown"):
        if lines and _total(lines) != amount:
            yield UNEVEN, reference, mode


def _total(lines: Any) -> int | None:
    """None where they are no lines at all."""
    try:
        total: int = sum(line["amount"] for line in lines)
    except (TypeError, KeyError):
        return None
    return total


def _sold_twice() -> Iterator[Disagreement]:
    """Of what was given back it can be bought again."""
    sold = KhaltiPayment.objects.filter(status__in=SOLD, payable_type__isnull=False, duplicate_of=None, is_repeat=False)
    sold = sold.exclude(refund_total=F("amount"))
    things = sold.order_by().values_list("payable_type", "payable_id", "mode")
    for *thing, _times in things.annotate(times=Count("pk")).filter(times__gt=1):
        payable_type, payable_id, mode = thing
        payments = sold.filter(payable_type=payable_type, payable_id=payable_id, mode=mode)
        for reference in payments.order_by("pk").values_list("reference", flat=True):
            yield TWO_SALES, reference, mode


def _finding(rule: Rule, aggregate: _Count) -> Finding:
    live, test = aggregate.counts[True], aggregate.counts[False]
    return Finding(
        level=rule.level if live else Level.WARNING,
        subject=Subject.LEDGER,
        name=rule.name,
        sentence=_("%(what)s: %(live)s live, %(test)s test.") % {"what": rule.words, "live": live, "test": test},
        remedy=_(
            "Something else than this package wrote to its tables, or a backup brought back only a part. Compare the "
            "history of these payments with Khalti's dashboard, or ask about one again: "
            "`manage.py khalti_reconcile --payment REFERENCE`."
        ),
        references=tuple(aggregate.references),
        numbers={"live": live, "test": test},
    )


def _all_well() -> Finding:
    counted = KhaltiPayment.objects.aggregate(all=Count("pk"), live=Count("pk", filter=Q(mode=Mode.LIVE)))
    numbers = {"live": counted["live"], "test": counted["all"] - counted["live"]}
    return Finding(
        level=Level.OK,
        subject=Subject.LEDGER,
        name="agrees",
        sentence=_("All stored payments agree with themselves: %(live)s live, %(test)s test.") % numbers,
        numbers=numbers,
    )
