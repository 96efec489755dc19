"""Columns that several sheets share, with the same heading and format."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from django.utils.translation import gettext as _

from wagtail_khalti.xlsx import Cells, Column, Kind


def reference_column() -> Column:
    return Column(heading=_("Reference"), width=21)


def summed_columns(*names: str) -> dict[str, Column]:
    """Those of ``names``, in this order, with headings in the user's language."""
    known = {
        "gross": Column(heading=_("Gross"), kind=Kind.MONEY, is_summed=True),
        "fee": Column(heading=_("Khalti fees"), kind=Kind.MONEY, is_summed=True),
        "refunded": Column(heading=_("Refunded"), kind=Kind.MONEY, is_summed=True),
        "net": Column(heading=_("Net"), kind=Kind.MONEY, is_summed=True),
        "refunds": Column(heading=_("Number of refunds"), kind=Kind.NUMBER, width=18, is_summed=True),
    }
    return {name: known[name] for name in names}


def redacted(cells: Cells, sites: Sequence[int | None], permitted_sites: Collection[int] | None) -> Cells:
    """Empty where the cell's site is none of ``permitted_sites``; None permits all."""
    if permitted_sites is None:
        return cells
    return [cell if site in permitted_sites else "" for cell, site in zip(cells, sites, strict=True)]
