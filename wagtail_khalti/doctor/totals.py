"""Whether the kept totals of days are what the payments and refunds say."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from wagtail_khalti.actions.count import NUMBERS, count
from wagtail_khalti.actions.days import stretches
from wagtail_khalti.actions.keep_days import LONGEST_STRETCH
from wagtail_khalti.actions.place import Place
from wagtail_khalti.conf import Mode
from wagtail_khalti.doctor.finding import Finding, Level, Subject
from wagtail_khalti.models import KhaltiCountedDay, KhaltiDayTotal

A_FEW = 3
NOTHING: Counter[str] = Counter()

Compared = dict[tuple[date, Place], Counter[str]]
"""Without the titles, which are only for show; the times to pay by site, as they are kept."""


def totals() -> Iterator[Finding]:
    """Some days at a time, so that years need no memory."""
    counted = list(_counted().values_list("day", flat=True))
    wrong: dict[date, bool] = {}
    for stretch in stretches(counted, most=LONGEST_STRETCH):
        wrong |= _wrong(stretch)
    yield _differ(wrong) if wrong else _agree(len(counted))


def _counted() -> Any:
    return KhaltiCountedDay.objects.filter(is_counted=True)


def _wrong(days: Sequence[date]) -> dict[date, bool]:
    """Those that differ, each with whether real money does. A day that was changed or counted meanwhile is left out."""
    before = dict(_counted().filter(day__in=days).values_list("day", "stamp"))
    kept, counted = _as_kept(days), _as_counted(days)
    after = dict(_counted().filter(day__in=days).values_list("day", "stamp"))
    differing = [key for key in {*kept, *counted} if kept.get(key, NOTHING) != counted.get(key, NOTHING)]
    wrong: dict[date, bool] = {}
    for day, place in differing:
        if day in before and before[day] == after.get(day):
            wrong[day] = wrong.get(day, False) or place.mode == Mode.LIVE
    return wrong


def _as_counted(days: Sequence[date]) -> Compared:
    found: Compared = defaultdict(Counter)
    for (day, place), tally in count(days).items():
        _add(found, day, place, tally.numbers, tally.times)
    return found


def _as_kept(days: Sequence[date]) -> Compared:
    """Of what was two places there may be one now: that of a site that was deleted."""
    found: Compared = defaultdict(Counter)
    rows = KhaltiDayTotal.objects.filter(mode__in=Mode.values, day__in=days)
    for day, times, *values in rows.values_list("day", "times_to_pay", *Place._fields, *NUMBERS):
        place, numbers = Place(*values[: len(Place._fields)]), values[len(Place._fields) :]
        _add(found, day, place, dict(zip(NUMBERS, numbers, strict=True)), times)
    return found


def _add(found: Compared, day: date, place: Place, numbers: Mapping[str, int], times: Mapping[Any, int]) -> None:
    found[day, place].update(numbers)
    site = place._replace(source_type_id=None, source_id="", block_path="")
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
        % {**numbers, "days": ", ".join(date_format(day, "Y-m-d") for day in days[:A_FEW])},
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
