"""Checks that daily snapshots equal the sums of payments and refunds."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from wagtail_khalti.conf import Mode
from wagtail_khalti.dates.days import consecutive_days
from wagtail_khalti.doctor.finding import Finding, Level, Subject
from wagtail_khalti.models import KhaltiDailyTotal, KhaltiSnapshot
from wagtail_khalti.reporting import MAX_DAYS_AT_ONCE, NUMBERS, Dimensions, aggregate_days

SAMPLE_SIZE = 3
NOTHING: Counter[str] = Counter()

Compared = dict[tuple[date, Dimensions], Counter[str]]
"""Without titles, which are only displayed; with times to pay by site, as in snapshots."""


def totals() -> Iterator[Finding]:
    """In groups of days, to limit memory."""
    stored = list(_current().values_list("day", flat=True))
    wrong: dict[date, bool] = {}
    for days in consecutive_days(stored, limit=MAX_DAYS_AT_ONCE):
        wrong |= _wrong(days)
    yield _differ(wrong) if wrong else _agree(len(stored))


def _current() -> Any:
    return KhaltiSnapshot.objects.filter(is_current=True)


def _wrong(days: Sequence[date]) -> dict[date, bool]:
    """Days that differ, and whether live payments do. Days that changed meanwhile are left out."""
    before = dict(_current().filter(day__in=days).values_list("day", "version"))
    stored, live = _stored(days), _aggregated(days)
    after = dict(_current().filter(day__in=days).values_list("day", "version"))
    differing = [key for key in {*stored, *live} if stored.get(key, NOTHING) != live.get(key, NOTHING)]
    wrong: dict[date, bool] = {}
    for day, dimensions in differing:
        if day in before and before[day] == after.get(day):
            wrong[day] = wrong.get(day, False) or dimensions.mode == Mode.LIVE
    return wrong


def _aggregated(days: Sequence[date]) -> Compared:
    found: Compared = defaultdict(Counter)
    for (day, dimensions), aggregate in aggregate_days(days).items():
        _add(found, day, dimensions, aggregate.numbers, aggregate.times)
    return found


def _stored(days: Sequence[date]) -> Compared:
    """Rows are added up, because those of a deleted site may have become the same dimensions."""
    found: Compared = defaultdict(Counter)
    rows = KhaltiDailyTotal.objects.filter(mode__in=Mode.values, day__in=days)
    for day, times, *values in rows.values_list("day", "times_to_pay", *Dimensions._fields, *NUMBERS):
        dimensions, numbers = Dimensions(*values[: len(Dimensions._fields)]), values[len(Dimensions._fields) :]
        _add(found, day, dimensions, dict(zip(NUMBERS, numbers, strict=True)), times)
    return found


def _add(
    found: Compared, day: date, dimensions: Dimensions, numbers: Mapping[str, int], times: Mapping[Any, int]
) -> None:
    found[day, dimensions].update(numbers)
    site = dimensions._replace(source_type_id=None, source_id="", block_path="")
    found[day, site].update({f"in {bucket} s": count for bucket, count in times.items()})


def _differ(wrong: dict[date, bool]) -> Finding:
    live = sum(wrong.values())
    # Live ones first: they are more important.
    days = sorted(wrong, key=lambda day: (not wrong[day], day))
    numbers = {"live": live, "test": len(wrong) - live}
    return Finding(
        level=Level.ERROR if live else Level.WARNING,
        subject=Subject.LEDGER,
        name="totals_differ",
        sentence=_(
            "Daily totals differ from the payments: %(live)s days with live payments, %(test)s with test payments "
            "only. For example: %(days)s."
        )
        % {**numbers, "days": ", ".join(date_format(day, "Y-m-d") for day in days[:SAMPLE_SIZE])},
        remedy=_(
            "Other code wrote to the tables of this package, or the clocks of your servers differ by more than an "
            "hour. Rebuild the daily totals: `manage.py khalti_reconcile --rebuild`."
        ),
        numbers=numbers,
    )


def _agree(days: int) -> Finding:
    return Finding(
        level=Level.OK,
        subject=Subject.LEDGER,
        name="totals_agree",
        sentence=_("The daily totals of %(days)s days equal the payments.") % {"days": days},
        numbers={"days": days},
    )
