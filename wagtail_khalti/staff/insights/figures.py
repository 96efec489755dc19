"""All figures of the insights, written out, each with its way to the payments that make it."""

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
from wagtail_khalti.staff.insights.counts import format_pause, format_share
from wagtail_khalti.staff.insights.dimensions import Spot, spots
from wagtail_khalti.staff.insights.funnel import ends, stages, where_most_are_lost
from wagtail_khalti.staff.insights.links import Links
from wagtail_khalti.staff.insights.series import Row, Step, rows_of

LONG = 31  # rows; a longer table is folded


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One number under its heading."""

    label: str
    text: str
    url: str = ""
    note: str = ""


def figures_of(found: Totals, step: Step, links: Links, *, sites: Mapping[int, str]) -> dict[str, Any]:
    """What stands beneath the choice of a period."""
    if not _is_anything(found.all):
        return {"is_empty": True}
    rows, steps = rows_of(found.by_day, step), stages(found.all, links)
    is_unfinished = rows[-1].last == today()
    return {
        "tiles": list(_tiles(found, links)),
        "rows": [_line(row, links) for row in rows],
        "sum": _cells(found.all, links),
        "is_long": len(rows) > LONG,
        "row_count": format_number(len(rows)),
        "is_unfinished": is_unfinished,
        "stages": steps,
        "ends": list(ends(found.all, links)),
        "where_most_are_lost": where_most_are_lost(steps),
        "places": [_place(spot) for spot in spots(found.by_dimension, links, sites=sites)],
        "charts": charts(rows, steps, is_unfinished=is_unfinished),
    }


def _is_anything(sums: Sums) -> bool:
    return bool(sums.checkout_views or sums.started or sums.payments or sums.refund_count)


def _tiles(found: Totals, links: Links) -> Iterator[Figure]:
    sums, pause = found.all, found.median_time_to_pay
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
        text=format_pause(pause) if pause is not None else "–",
        note=_("From checkout to confirmed payment") if pause is not None else "",
    )


def _line(row: Row, links: Links) -> dict[str, Any]:
    cells = _cells(row.sums, replace(links, first=row.first, last=row.last))
    return {"label": row.label, "other_label": row.other_label, "cells": cells}


def _place(spot: Spot) -> dict[str, Any]:
    url = spot.links.started() if spot.links else ""
    return {
        "spot": spot,
        "url": url,
        "checkout_views": format_number(spot.sums.checkout_views),
        "cells": _cells(spot.sums, spot.links),
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
    """Nothing leads nowhere."""
    return url if number else ""
