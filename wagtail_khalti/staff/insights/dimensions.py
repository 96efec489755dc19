"""By page and block: where on the site the money comes from."""

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
MAX_STEP_LENGTH = 8  # characters of a block's id, enough to tell it from the others of its page


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """A row of the table."""

    label: str
    sums: Sums
    links: Links | None = None
    """To its payments; None where there is no way to name them."""
    block: str = ""
    """Where one page has several."""
    site: str = ""


def spots(places: Sequence[DimensionTotals], links: Links, *, sites: Mapping[int, str]) -> Iterator[Spot]:
    """The largest first, and the rest of them in one row."""
    blocks = Counter(_source(dimensions) for dimensions in places)
    for dimensions in places[:MAX_DIMENSIONS]:
        yield Spot(
            label=dimensions.source_title or _("No page"),
            sums=dimensions.sums,
            links=_links(dimensions, links),
            block=_format_block(dimensions.block_path) if blocks[_source(dimensions)] > 1 else "",
            site=sites.get(dimensions.site_id, "") if dimensions.site_id and len(sites) > 1 else "",
        )
    yield from _rest(places[MAX_DIMENSIONS:])


def _rest(places: Sequence[DimensionTotals]) -> Iterator[Spot]:
    if places:
        words = ngettext("%(number)s other page or block", "%(number)s other pages and blocks", len(places))
        yield Spot(
            label=words % {"number": format_number(len(places))}, sums=_sum(dimensions.sums for dimensions in places)
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
    return " · ".join([field, *(step[:MAX_STEP_LENGTH] for step in steps)])


def _sum(sums: Iterable[Sums]) -> Sums:
    return reduce(add, sums)
