"""All figures of the insights as text, each with a link to the payments in it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from wagtail_khalti.dates.days import today
from wagtail_khalti.formatting import format_number
from wagtail_khalti.reporting import Sums, Totals
from wagtail_khalti.staff.figures import rupees
from wagtail_khalti.staff.insights.charts import charts
from wagtail_khalti.staff.insights.counts import format_duration, format_share
from wagtail_khalti.staff.insights.dimensions import DimensionRow, dimension_rows
from wagtail_khalti.staff.insights.funnel import largest_drop_off, outcomes, stages
from wagtail_khalti.staff.insights.links import Links
from wagtail_khalti.staff.insights.series import Interval, Row, rows_of

LONG = 31  # rows; a longer table is folded


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A number with its heading."""

    label: str
    text: str
    url: str = ""
    note: str = ""


def figures_of(found: Totals, interval: Interval, links: Links, *, sites: Mapping[int, str]) -> dict[str, Any]:
    """The context for everything below the filters."""
    if not _is_anything(found.all):
        return {"is_empty": True}
    rows, funnel = rows_of(found.by_day, interval), stages(found.all, links)
    is_unfinished = rows[-1].last == today()
    return {
        "tiles": list(_tiles(found, links)),
        "rows": [_line(row, links) for row in rows],
        "sum": _cells(found.all, links),
        "is_long": len(rows) > LONG,
        "row_count": format_number(len(rows)),
        "is_unfinished": is_unfinished,
        "stages": funnel,
        "outcomes": list(outcomes(found.all, links)),
        "largest_drop_off": largest_drop_off(funnel),
        "dimensions": [_dimension(row) for row in dimension_rows(found.by_dimension, links, sites=sites)],
        "charts": charts(rows, funnel, is_unfinished=is_unfinished),
    }


def _is_anything(sums: Sums) -> bool:
    return bool(sums.checkout_views or sums.started or sums.payments or sums.refund_count)


def _tiles(found: Totals, links: Links) -> Iterator[Figure]:
    sums, time_to_pay = found.all, found.median_time_to_pay
    paid = ngettext("%(number)s payment", "%(number)s payments", sums.payments)
    refunds = ngettext("%(number)s refund", "%(number)s refunds", sums.refund_count)
    of_started = {"paid": format_number(sums.paid), "started": format_number(sums.started)}
    yield Figure(
        label=_("Gross"),
        text=rupees(sums.gross),
        url=_if(sums.payments, links.paid()),
        note=paid % {"number": format_number(sums.payments)},
    )
    yield Figure(label=_("Khalti fees"), text=rupees(sums.fee))
    yield Figure(
        label=_("Refunded"),
        text=rupees(sums.refunded),
        url=_if(sums.refund_count, links.refunded()),
        note=refunds % {"number": format_number(sums.refund_count)},
    )
    yield Figure(label=_("Net"), text=rupees(sums.net), note=_("After fees and refunds"))
    yield Figure(
        label=_("Success rate"),
        text=format_share(sums.paid, sums.started) or "–",
        url=_if(sums.started, links.started()),
        note=_("%(paid)s of %(started)s started payments were paid") % of_started,
    )
    yield Figure(
        label=_("Median time to pay"),
        text=format_duration(time_to_pay) if time_to_pay is not None else "–",
        note=_("From start to confirmed payment") if time_to_pay is not None else "",
    )


def _line(row: Row, links: Links) -> dict[str, Any]:
    cells = _cells(row.sums, replace(links, first=row.first, last=row.last))
    return {"label": row.label, "other_label": row.other_label, "cells": cells}


def _dimension(row: DimensionRow) -> dict[str, Any]:
    url = row.links.started() if row.links else ""
    return {
        "dimension": row,
        "url": url,
        "checkout_views": format_number(row.sums.checkout_views),
        "cells": _cells(row.sums, row.links),
    }


def _cells(sums: Sums, links: Links | None) -> list[Figure]:
    """The columns that all tables of money have."""
    paid, refunded, started = (links.paid(), links.refunded(), links.started()) if links else ("", "", "")
    return [
        Figure(label=_("Payments"), text=format_number(sums.payments), url=_if(sums.payments, paid)),
        Figure(label=_("Gross"), text=rupees(sums.gross)),
        Figure(label=_("Khalti fees"), text=rupees(sums.fee)),
        Figure(label=_("Refunded"), text=rupees(sums.refunded), url=_if(sums.refund_count, refunded)),
        Figure(label=_("Net"), text=rupees(sums.net)),
        Figure(label=_("Started"), text=format_number(sums.started), url=_if(sums.started, started)),
        Figure(label=_("Success rate"), text=format_share(sums.paid, sums.started) or "–"),
    ]


def _if(number: int, url: str) -> str:
    """Zero has no link."""
    return url if number else ""
