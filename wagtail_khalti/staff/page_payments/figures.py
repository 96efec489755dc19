"""The totals of a page as its editors read them, each with the payments that make it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from wagtail_khalti.formatting import format_number
from wagtail_khalti.staff.figures import rupees
from wagtail_khalti.staff.listing.filters import ANY_PAID, ANY_WAITING
from wagtail_khalti.staff.page_payments.totals import PageTotals


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """``url`` leads to the payments that make it; empty where no list shows just these."""

    label: str
    text: str
    url: str = ""


def figures_of(totals: PageTotals, *, url_of: Callable[[str], str]) -> list[Figure]:
    """``url_of``: the list with a filter by status."""
    return [
        Figure(label=_("Paid"), text=format_number(totals.paid), url=url_of(ANY_PAID)),
        Figure(label=_("Gross"), text=rupees(totals.gross)),
        Figure(label=_("Khalti fees"), text=rupees(totals.fee)),
        Figure(label=_("Refunded"), text=rupees(totals.refunded)),
        Figure(label=_("Net"), text=rupees(totals.net)),
        Figure(label=_("In progress"), text=format_number(totals.waiting), url=url_of(ANY_WAITING)),
    ]
