"""The data for the script that draws the charts: numbers, and each of them as text."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from wagtail_khalti.formatting import format_number
from wagtail_khalti.numerals import numerals_of, speaks_nepali
from wagtail_khalti.staff.figures import rupees
from wagtail_khalti.staff.insights.funnel import Stage
from wagtail_khalti.staff.insights.series import Row

UNFINISHED = " *"  # marks a label, explained by a note below the chart


def charts(rows: Sequence[Row], stages: Sequence[Stage], *, is_unfinished: bool) -> dict[str, Any]:
    """For ``insights.js``, which finds each chart by the name of its canvas."""
    language = get_language()
    labels = _labels(rows, is_unfinished=is_unfinished)
    return {
        "digits": numerals_of(language),
        "symbol": "रु" if speaks_nepali(language) else "Rs",
        "charts": {"money": labels | _money(rows), "paying": labels | _paying(rows), "funnel": _funnel(stages)},
    }


def _labels(rows: Sequence[Row], *, is_unfinished: bool) -> dict[str, Any]:
    labels = [row.short_label for row in rows]
    titles = [[row.label, row.other_label] for row in rows]
    if is_unfinished:
        labels[-1] += UNFINISHED
        titles[-1][0] += UNFINISHED
    return {"labels": labels, "titles": titles}


def _money(rows: Sequence[Row]) -> dict[str, Any]:
    series = [
        _series("in", _("Gross"), [row.sums.gross for row in rows], rupees),
        _series("refunded", _("Refunded"), [row.sums.refunded for row in rows], rupees),
        _series("net", _("Net"), [row.sums.net for row in rows], rupees),
    ]
    return {"series": series, "is_money": True}


def _paying(rows: Sequence[Row]) -> dict[str, Any]:
    series = [
        _series("started", _("Started"), [row.sums.started for row in rows], format_number),
        _series("paid", _("Paid"), [row.sums.paid for row in rows], format_number),
    ]
    return {"series": series}


def _funnel(stages: Sequence[Stage]) -> dict[str, Any]:
    series = [_series("stages", _("Number"), [stage.number for stage in stages], format_number)]
    return {
        "labels": [stage.label for stage in stages],
        "titles": [[stage.label] for stage in stages],
        "series": series,
    }


def _series(key: str, name: str, values: list[int], write: Callable[[int], str]) -> dict[str, Any]:
    return {"key": key, "name": name, "values": values, "texts": [write(value) for value in values]}
