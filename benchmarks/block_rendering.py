"""What rendering our blocks costs: statements, time beside plain blocks with the same HTML, and size."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
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
from wagtail_khalti.blocks import KhaltiCheckoutBlock

BLOCKS = 20  # on one page
ROUNDS = 160
STRETCHES = 8
MAX_TIMES_PLAIN = 1.5
MAX_BYTES = 10_000  # of a block's HTML and CSS

LINK = re.compile(r'href="/khalti/checkout/[^"]+"')
CSS = Path(wagtail_khalti.__file__).parent / "static/wagtail_khalti/block.css"


class PlainBlock(blocks.StructBlock):
    """The same fields and HTML, from the same template, and nothing else: no price to convert, no offer to sign."""

    class Meta:
        template = "wagtail_khalti/blocks/checkout.html"

    def get_context(self, value: Any, parent_context: Any = None) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(value, parent_context=parent_context)
        shown = {"price": f"Rs\N{NO-BREAK SPACE}{value['amount']:,.0f}", "checkout_url": "/khalti/checkout/x/"}
        return context | shown | {"is_test": True, "is_preview": False}


def measure_blocks(thank_you: Page) -> Iterator[Figure]:
    checkout = checkout_value(thank_you)
    yield _added_queries(checkout)
    page = new_page("Twenty", *[("checkout", {**checkout, "heading": f"Membership {n}"}) for n in range(BLOCKS)])
    yield from _time_and_size(page)


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


def _time_and_size(page: ShopPage) -> Iterator[Figure]:
    request = RequestFactory().get("/")
    Site.find_for_request(request)  # as Wagtail does before it serves a page
    raw = list(page.body.raw_data)
    fields = list(KhaltiCheckoutBlock().child_blocks.items())
    ours, plain = ShopPage._meta.get_field("body").stream_block, blocks.StreamBlock([("checkout", PlainBlock(fields))])

    def render_ours() -> str:
        page.body = ours.to_python(raw)
        return str(page.body.render_as_block({"page": page, "request": request}))

    def render_plain() -> str:
        return str(plain.to_python(raw).render_as_block({"page": page, "request": request}))

    if _without_links(render_ours()) != _without_links(render_plain()):
        raise RuntimeError("the blocks do not have the same HTML")
    times = [(_seconds(render_ours), _seconds(render_plain)) for _round in range(ROUNDS)]
    own, peer = (quiet_median(side, STRETCHES) * 1000 for side in zip(*times, strict=True))
    yield Figure(
        name="block_rendering_time",
        what=f"A page with {BLOCKS} checkout blocks, beside plain blocks with the same HTML",
        value=own,
        peer=peer,
        unit="ms",
        budget=peer * MAX_TIMES_PLAIN,
    )
    yield Figure(
        name="block_bytes",
        what="One block: HTML and CSS",
        value=len(render_ours().encode()) / BLOCKS + CSS.stat().st_size,
        unit="bytes",
        budget=MAX_BYTES,
    )


def _without_links(html: str) -> str:
    return LINK.sub("", html)


def _seconds(render: Callable[[], str]) -> float:
    began = perf_counter()
    render()
    return perf_counter() - began
