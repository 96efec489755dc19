"""Offers for front ends that read pages from Wagtail's API, version 2 or 3.

Wagtail tells a block there the request, but not which page it is on. Without its page units could not be counted, and
the price would have to stand in the link. So the package gives both APIs a way of their own to read stream fields,
which adds the page to the context of the blocks.
"""

from __future__ import annotations

from django.apps import apps


def give_blocks_their_page() -> None:
    """Called once at start. Does nothing where the APIs aren't installed."""
    if apps.is_installed("wagtail.api.v2"):
        from wagtail_khalti.public.headless import v2

        v2.use_for_stream_fields()
    if apps.is_installed("wagtail.api.v3"):
        from wagtail_khalti.public.headless import v3

        v3.use_for_stream_fields()
