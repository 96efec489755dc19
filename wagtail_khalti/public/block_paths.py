"""The content path of a block in its page or snippet, as Wagtail writes it: ``body.<uuid>.<field>``.

An ID that siblings share (scripts and imports can produce that) is not used: it must never lead to the other block.

Looking up a block reads the stored data and builds only that block. Finding the path of a block builds only blocks
that rendering has built already.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from django.db import models
from wagtail.blocks import Block, BoundBlock, ListBlock, StreamBlock, StructBlock
from wagtail.fields import StreamField

Child = tuple[str | None, Block, Any]
"""Its path segment (None if that is ambiguous), its definition, its value."""


def path_of(value: Any, owner: models.Model, *, block: Block) -> str | None:
    """The content path of this value in ``owner``; None if it isn't there or has no stable path."""
    for field in owner._meta.concrete_fields:
        if isinstance(field, StreamField) and field.name in owner.__dict__:
            segments = _segments_to(value, field.stream_block, owner.__dict__[field.name], type(block))
            if segments is not None:
                return ".".join([field.name, *segments])
    return None


def block_at(owner: models.Model, path: str) -> BoundBlock | None:
    """The block at a content path of ``owner``; None if there is none."""
    name, *segments = path.split(".")
    field = next((field for field in owner._meta.concrete_fields if field.name == name), None)
    if not isinstance(field, StreamField):
        return None

    block, raw = field.stream_block, list(getattr(owner, name).raw_data)
    for segment in segments:
        block, raw = _child_at(block, raw, segment)
        if block is None:
            return None
    return BoundBlock(block, block.to_python(raw))


def _segments_to(target: Any, block: Block, value: Any, kind: type[Block]) -> list[str] | None:
    if value is target:
        return []
    for segment, child, inner in _children(block, value, kind):
        rest = _segments_to(target, child, inner, kind)
        if rest is not None:
            return None if segment is None else [segment, *rest]
    return None


def _children(block: Block, value: Any, kind: type[Block]) -> Iterator[Child]:
    """The children that are, or may contain, a block of this kind."""
    if isinstance(block, StreamBlock):
        segments = stable_ids(raw.get("id") for raw in value.raw_data)
        for position, raw in enumerate(value.raw_data):
            if holds(block.child_blocks.get(raw["type"]), kind):
                yield segments[position], value[position].block, value[position].value
    elif isinstance(block, ListBlock) and holds(block.child_block, kind):
        segments = stable_ids(item.original_id for item in value.bound_blocks)
        for segment, item in zip(segments, value.bound_blocks, strict=True):
            yield segment, item.block, item.value
    elif isinstance(block, StructBlock):
        for name, child in block.child_blocks.items():
            if holds(child, kind):
                yield name, child, value.get(name)


def stable_ids(ids: Iterable[Any]) -> list[str | None]:
    """The ID of each sibling, or None if it is missing, invalid or not unique. Wagtail sets IDs on saving."""
    ids = list(ids)
    counts = Counter(map(str, ids))
    return [one if isinstance(one, str) and one and "." not in one and counts[one] == 1 else None for one in ids]


def _child_at(block: Block, raw: Any, segment: str) -> tuple[Block | None, Any]:
    """Go down one level in the stored data, without building other blocks."""
    if isinstance(block, StructBlock):
        child, raw = block.child_blocks.get(segment), raw or {}
        if child is not None and segment not in raw:  # stored before the block had this field
            return child, child.get_prep_value(child.get_default())
        return child, raw.get(segment)
    items = (raw or []) if isinstance(block, StreamBlock | ListBlock) else []
    found = [item for item in items if isinstance(item, dict) and item.get("id") == segment]
    if len(found) != 1:
        return None, None
    child = block.child_block if isinstance(block, ListBlock) else block.child_blocks.get(found[0]["type"])
    return child, found[0]["value"]


def holds(block: Block | None, kind: type[Any]) -> bool:
    """Whether it is, or contains, a block of this kind."""
    if isinstance(block, kind):
        return True
    if isinstance(block, ListBlock):
        return holds(block.child_block, kind)
    if isinstance(block, StreamBlock | StructBlock):
        return any(holds(child, kind) for child in block.child_blocks.values())
    return False
