"""By page and block: where on the site the money comes from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from operator import add

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from wagtail_khalti.actions.totals import PlaceSums, Sums
from wagtail_khalti.staff.insights.links import Links
from wagtail_khalti.writing import write_number

MOST_PLACES = 50
LONGEST_STEP = 8  # characters of a block's id, enough to tell it from the others of its page


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


def spots(places: Sequence[PlaceSums], links: Links, *, sites: Mapping[int, str]) -> Iterator[Spot]:
    """The largest first, and the rest of them in one row."""
    blocks = Counter(_source(place) for place in places)
    for place in places[:MOST_PLACES]:
        yield Spot(
            label=place.source_title or _("No page"),
            sums=place.sums,
            links=_links(place, links),
            block=_write_block(place.block_path) if blocks[_source(place)] > 1 else "",
            site=sites.get(place.site_id, "") if place.site_id and len(sites) > 1 else "",
        )
    yield from _rest(places[MOST_PLACES:])


def _rest(places: Sequence[PlaceSums]) -> Iterator[Spot]:
    if places:
        words = ngettext("%(number)s other place", "%(number)s other places", len(places))
        yield Spot(label=words % {"number": write_number(len(places))}, sums=_sum(place.sums for place in places))


def _links(place: PlaceSums, links: Links) -> Links | None:
    if not place.source_type_id:
        return None
    source = f"{place.source_type_id}-{place.source_id}"
    return replace(links, source=source, site=place.site_id or links.site)


def _source(place: PlaceSums) -> tuple[object, ...]:
    return place.site_id, place.source_type_id, place.source_id


def _write_block(path: str) -> str:
    """``body · 6b1dd3f4`` of ``body.6b1dd3f4-…``."""
    field, *steps = path.split(".")
    return " · ".join([field, *(step[:LONGEST_STEP] for step in steps)])


def _sum(sums: Iterable[Sums]) -> Sums:
    return reduce(add, sums)
