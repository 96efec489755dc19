"""What rendering our blocks costs: statements, time beside plain blocks with the same HTML, and size."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Any

from django.test import RequestFactory
from wagtail import blocks
from wagtail.models import Page, Site

import wagtail_khalti
from benchmarks.browser import Browser
from benchmarks.figures import Figure
from benchmarks.quiet import quiet_median
from benchmarks.shop import checkout_value, new_page
from tests.shop.models import ShopPage

BLOCKS = 20  # on one page
ROUNDS = 160
STRETCHES = 8
MAX_TIMES_PLAIN = 1.5
MAX_BYTES = 10_000  # of a block's HTML and CSS

LINK = re.compile(r'href="/khalti/checkout/[^"]+"')
CSS = Path(wagtail_khalti.__file__).parent / "static/wagtail_khalti/block.css"
CHECKOUT = "/khalti/checkout/x/"


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One of our blocks, and what a plain block needs for the same HTML."""

    name: str
    """In ``ShopPage.body``, and of its template."""

    words: str
    """For the table."""

    value: dict[str, Any]

    shown: Callable[[Any], dict[str, Any]]
    """The template's variables for a value: no price to convert, no offer to sign."""


class PlainBlock(blocks.StructBlock):
    """The same fields and HTML, from the same template, and nothing else."""

    def __init__(self, kind: Kind, fields: list[tuple[str, blocks.Block]]) -> None:
        super().__init__(fields, template=f"wagtail_khalti/blocks/{kind.name}.html")
        self.kind = kind

    def get_context(self, value: Any, parent_context: Any = None) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(value, parent_context=parent_context)
        usual = {"checkout_url": CHECKOUT, "button_label": "Pay with Khalti", "is_test": True, "is_preview": False}
        return context | usual | self.kind.shown(value)


def kinds(checkout: dict[str, Any]) -> Iterator[Kind]:
    yield Kind(
        name="checkout",
        words="checkout blocks",
        value=checkout,
        shown=lambda value: {"price": _rupees(value["amount"])},
    )
    common = {name: checkout[name] for name in ("heading", "text", "item_name", "fields", "thank_you_page")}
    yield Kind(
        name="donation",
        words="donation blocks",
        value={**common, "presets": ["500", "1000", "5000"], "accepts_other": True},
        shown=lambda value: {
            "presets": [(_rupees(amount), f"{CHECKOUT}?amount={amount}") for amount in value["presets"]],
            "has_button": True,
            "button_label": "Other amount",
        },
    )
    options = [{"name": f"Class {number}", "amount": str(1000 + 100 * number)} for number in range(1, 11)]
    yield Kind(
        name="price_list",
        words="price lists of ten options",
        value={**common, "options": options, "mode": "one"},
        shown=lambda value: {
            "options": [(option["name"], _rupees(option["amount"])) for option in value["options"]],
            "price": " – ".join(_rupees(value["options"][place]["amount"]) for place in (0, -1)),
        },
    )


def measure_blocks(thank_you: Page) -> Iterator[Figure]:
    checkout = checkout_value(thank_you)
    yield _added_queries(checkout)
    yield from _queries_of_counting(checkout)
    for kind in kinds(checkout):
        body = [(kind.name, {**kind.value, "heading": f"Membership {n}"}) for n in range(BLOCKS)]
        yield from _time_and_size(kind, new_page(f"Twenty {kind.words}", *body))


def _added_queries(checkout: dict[str, Any]) -> Figure:
    """The same page with and without blocks, one of them inside others."""
    card = {"type": "card", "value": {"title": "Card", "picture": None, "checkout": checkout}}
    paragraph = ("paragraph", "Open every day.")
    without = new_page("Without", paragraph)
    with_two = new_page("With", paragraph, ("checkout", checkout), ("columns", [[card]]))

    browser = Browser(sees_statements=True)
    browser.get(without.url)  # fills the caches that all pages share
    without_them, with_them = browser.get(without.url), browser.get(with_two.url)
    if with_them.response.content.count(b'href="/khalti/checkout/') != 2:
        raise RuntimeError("the page does not show its two blocks")

    return Figure(
        name="block_rendering_queries",
        what="A page with two blocks: what they add",
        value=with_them.queries - without_them.queries,
        unit="queries",
        budget=0,
    )


def _queries_of_counting(checkout: dict[str, Any]) -> Iterator[Figure]:
    """The first visitor in ten seconds, and the others."""
    without = new_page("Uncounted", ("checkout", checkout))
    counted = new_page("Counted", ("checkout", {**checkout, "limit": {"units": 60}}))

    browser = Browser(sees_statements=True)
    browser.get(without.url)
    uncounted = browser.get(without.url).queries
    for name, words, budget in (("first", "the first in ten seconds", 1), ("later", "one after that", 0)):
        yield Figure(
            name=f"counted_block_queries_{name}",
            what=f"A page with a limited number of units, {words}: what that adds",
            value=browser.get(counted.url).queries - uncounted,
            unit="queries",
            budget=budget,
        )


def _time_and_size(kind: Kind, page: ShopPage) -> Iterator[Figure]:
    request = RequestFactory().get("/")
    Site.find_for_request(request)  # as Wagtail does before it serves a page
    raw = list(page.body.raw_data)
    ours = ShopPage._meta.get_field("body").stream_block
    fields = list(ours.child_blocks[kind.name].child_blocks.items())
    plain = blocks.StreamBlock([(kind.name, PlainBlock(kind, fields))])

    def render_ours() -> str:
        page.body = ours.to_python(raw)
        return str(page.body.render_as_block({"page": page, "request": request}))

    def render_plain() -> str:
        return str(plain.to_python(raw).render_as_block({"page": page, "request": request}))

    if _without_links(render_ours()) != _without_links(render_plain()):
        raise RuntimeError(f"the {kind.words} do not have the same HTML")
    times = [(_seconds(render_ours), _seconds(render_plain)) for _round in range(ROUNDS)]
    own, peer = (quiet_median(side, STRETCHES) * 1000 for side in zip(*times, strict=True))
    yield Figure(
        name=f"{kind.name}_rendering_time",
        what=f"A page with {BLOCKS} {kind.words}, beside plain blocks with the same HTML",
        value=own,
        peer=peer,
        unit="ms",
        budget=peer * MAX_TIMES_PLAIN,
    )
    yield Figure(
        name=f"{kind.name}_bytes",
        what=f"One of the {kind.words}: HTML and CSS",
        value=len(render_ours().encode()) / BLOCKS + CSS.stat().st_size,
        unit="bytes",
        budget=MAX_BYTES,
    )


def _rupees(amount: Any) -> str:
    return f"Rs\N{NO-BREAK SPACE}{amount:,.0f}"


def _without_links(html: str) -> str:
    return LINK.sub("", html)


def _seconds(render: Callable[[], str]) -> float:
    began = perf_counter()
    render()
    return perf_counter() - began
