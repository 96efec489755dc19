"""Whether a page has a block that sells something, or may have one."""

from __future__ import annotations

from typing import Any

from django.db import models
from wagtail.blocks import Block, ListBlock, StreamBlock, StructBlock
from wagtail.fields import StreamField

from wagtail_khalti.public.block_paths import holds
from wagtail_khalti.public.terms import Offering


def can_offer(model: type[models.Model]) -> bool:
    """Whether its content may hold such a block. Makes no query."""
    return bool(_fields(model))


def offers_something(page: models.Model) -> bool:
    """Whether its content holds such a block. Reads the stored data, and builds no block."""
    return any(_contains(field.stream_block, getattr(page, field.name).raw_data) for field in _fields(type(page)))


def _fields(model: type[models.Model]) -> list[StreamField]:
    fields = (field for field in model._meta.concrete_fields if isinstance(field, StreamField))
    return [field for field in fields if holds(field.stream_block, Offering)]


def _contains(block: Block | None, raw: Any) -> bool:
    if isinstance(block, Offering):
        return True
    if isinstance(block, StructBlock):
        values = raw if isinstance(raw, dict) else {}
        return any(_contains(child, values.get(name)) for name, child in block.child_blocks.items())
    if isinstance(block, StreamBlock):
        items = (item for item in raw or [] if isinstance(item, dict))
        return any(_contains(block.child_blocks.get(item.get("type")), item.get("value")) for item in items)
    return isinstance(block, ListBlock) and any(_contains(block.child_block, _value(item)) for item in raw or [])


def _value(item: Any) -> Any:
    """Of an item of a list: stored alone, before Wagtail gave each an ID."""
    return item["value"] if isinstance(item, dict) and item.get("type") == "item" else item
