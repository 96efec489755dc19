"""Payments by page and block."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from operator import add

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from wagtail_khalti.formatting import format_number
from wagtail_khalti.reporting import DimensionTotals, Sums
from wagtail_khalti.staff.insights.links import Links

MAX_DIMENSIONS = 50
MAX_BLOCK_ID_LENGTH = 8  # characters of a block's id, enough to tell blocks of one page apart


@dataclass(frozen=True, slots=True, kw_only=True)
class DimensionRow:
    """A row of the table."""

    label: str
    sums: Sums
    links: Links | None = None
    """To its payments; None if the list can't be filtered by them."""
    block: str = ""
    """If the page has several."""
    site: str = ""


def dimension_rows(
    found: Sequence[DimensionTotals], links: Links, *, sites: Mapping[int, str]
) -> Iterator[DimensionRow]:
    """The largest first, and the rest of them in one row."""
    blocks = Counter(_source(dimensions) for dimensions in found)
    for dimensions in found[:MAX_DIMENSIONS]:
        yield DimensionRow(
            label=dimensions.source_title or _("No page"),
            sums=dimensions.sums,
            links=_links(dimensions, links),
            block=_format_block(dimensions.block_path) if blocks[_source(dimensions)] > 1 else "",
            site=sites.get(dimensions.site_id, "") if dimensions.site_id and len(sites) > 1 else "",
        )
    yield from _rest(found[MAX_DIMENSIONS:])


def _rest(others: Sequence[DimensionTotals]) -> Iterator[DimensionRow]:
    if others:
        words = ngettext("%(number)s other page or block", "%(number)s other pages and blocks", len(others))
        yield DimensionRow(
            label=words % {"number": format_number(len(others))}, sums=_sum(dimensions.sums for dimensions in others)
        )


def _links(dimensions: DimensionTotals, links: Links) -> Links | None:
    if not dimensions.source_type_id:
        return None
    source = f"{dimensions.source_type_id}-{dimensions.source_id}"
    return replace(links, source=source, site=dimensions.site_id or links.site)


def _source(dimensions: DimensionTotals) -> tuple[object, ...]:
    return dimensions.site_id, dimensions.source_type_id, dimensions.source_id


def _format_block(path: str) -> str:
    """``body · 6b1dd3f4`` of ``body.6b1dd3f4-…``."""
    field, *steps = path.split(".")
    return " · ".join([field, *(step[:MAX_BLOCK_ID_LENGTH] for step in steps)])


def _sum(sums: Iterable[Sums]) -> Sums:
    return reduce(add, sums)
