"""Whether the kept totals of days are what the payments and refunds say."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from wagtail_khalti.conf import Mode
from wagtail_khalti.dates.days import stretches
from wagtail_khalti.doctor.finding import Finding, Level, Subject
from wagtail_khalti.models import KhaltiDailyTotal, KhaltiSnapshot
from wagtail_khalti.reporting import MAX_STRETCH, NUMBERS, Dimensions, aggregate_days

SAMPLE_SIZE = 3
NOTHING: Counter[str] = Counter()

Compared = dict[tuple[date, Dimensions], Counter[str]]
"""Without the titles, which are only for show; the times to pay by site, as they are kept."""


def totals() -> Iterator[Finding]:
    """Some days at a time, so that years need no memory."""
    counted = list(_counted().values_list("day", flat=True))
    wrong: dict[date, bool] = {}
    for stretch in stretches(counted, most=MAX_STRETCH):
        wrong |= _wrong(stretch)
    yield _differ(wrong) if wrong else _agree(len(counted))


def _counted() -> Any:
    return KhaltiSnapshot.objects.filter(is_current=True)


def _wrong(days: Sequence[date]) -> dict[date, bool]:
    """Those that differ, each with whether real money does. A day that was changed or counted meanwhile is left out."""
    before = dict(_counted().filter(day__in=days).values_list("day", "version"))
    kept, counted = _as_kept(days), _as_counted(days)
    after = dict(_counted().filter(day__in=days).values_list("day", "version"))
    differing = [key for key in {*kept, *counted} if kept.get(key, NOTHING) != counted.get(key, NOTHING)]
    wrong: dict[date, bool] = {}
    for day, dimensions in differing:
        if day in before and before[day] == after.get(day):
            wrong[day] = wrong.get(day, False) or dimensions.mode == Mode.LIVE
    return wrong


def _as_counted(days: Sequence[date]) -> Compared:
    found: Compared = defaultdict(Counter)
    for (day, dimensions), aggregate in aggregate_days(days).items():
        _add(found, day, dimensions, aggregate.numbers, aggregate.times)
    return found


def _as_kept(days: Sequence[date]) -> Compared:
    """Of what was two places there may be one now: that of a site that was deleted."""
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
    found[day, site].update({f"in {step} s": many for step, many in times.items()})


def _differ(wrong: dict[date, bool]) -> Finding:
    live = sum(wrong.values())
    # Those of real money first: they matter more.
    days = sorted(wrong, key=lambda day: (not wrong[day], day))
    numbers = {"live": live, "test": len(wrong) - live}
    return Finding(
        level=Level.ERROR if live else Level.WARNING,
        subject=Subject.LEDGER,
        name="totals_differ",
        sentence=_(
            "The kept totals of some days are not what the payments say: %(live)s days of live payments, "
            "%(test)s of test payments only. Among them: %(days)s."
        )
        % {**numbers, "days": ", ".join(date_format(day, "Y-m-d") for day in days[:SAMPLE_SIZE])},
        remedy=_(
            "Something else than this package wrote to its tables, or the clocks of your servers differ by more than "
            "an hour. Have all days counted anew: `manage.py khalti_reconcile --recount`."
        ),
        numbers=numbers,
    )


def _agree(days: int) -> Finding:
    return Finding(
        level=Level.OK,
        subject=Subject.LEDGER,
        name="totals_agree",
        sentence=_("The kept totals of %(days)s days are what the payments say.") % {"days": days},
        numbers={"days": days},
    )
