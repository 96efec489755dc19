"""The content path of a block in its page or snippet, as Wagtail writes it: ``body.<uuid>.<field>``.

An ID that siblings share (scripts and imports can produce that) is not used: it must never lead to the other block.

Looking up a block reads the stored data and builds only that block. Finding the path of a block builds only blocks
that rendering has built already.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any

from django.db import models
from wagtail.blocks import Block, BoundBlock, ListBlock, StreamBlock, StructBlock
from wagtail.fields import StreamField

Child = tuple[int | str, Block, Any]
"""Its position or its name, its definition, its value."""


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
    for place, child, inner in _children(block, value, kind):
        if inner is target:
            rest: list[str] | None = []
        elif isinstance(child, kind):
            continue  # another block that sells something, which contains none
        else:
            rest = _segments_to(target, child, inner, kind)
        if rest is not None:
            segment = _segment(block, value, place)
            return None if segment is None else [segment, *rest]
    return None


def _children(block: Block, value: Any, kind: type[Block]) -> Iterator[Child]:
    """The children that are, or may contain, a block of this kind."""
    if isinstance(block, StreamBlock):
        holding = _holding(block, kind)
        for position, raw in enumerate(value.raw_data):
            if raw["type"] in holding:
                child = value[position]
                yield position, child.block, child.value
    elif isinstance(block, ListBlock) and holds(block.child_block, kind):
        for position, item in enumerate(value.bound_blocks):
            yield position, item.block, item.value
    elif isinstance(block, StructBlock):
        for name in _holding(block, kind):
            yield name, block.child_blocks[name], value.get(name)


def _holding(block: StreamBlock | StructBlock, kind: type[Block]) -> Collection[str]:
    """The names of the children that are, or contain, a block of this kind.

    Kept with the definition, which never changes: a page with many blocks asks for each of them.
    """
    known: dict[type[Block], Collection[str]] = block.__dict__.setdefault("_khalti_holding", {})
    if kind not in known:
        known[kind] = {name: None for name, child in block.child_blocks.items() if holds(child, kind)}
    return known[kind]


def _segment(block: Block, value: Any, place: int | str) -> str | None:
    """The path segment of a child; None if it is ambiguous."""
    if isinstance(place, str):
        return place
    is_stream = isinstance(block, StreamBlock)
    ids = [raw.get("id") for raw in value.raw_data] if is_stream else [item.original_id for item in value.bound_blocks]
    return _stable_id(ids[place], ids)


def _stable_id(one: Any, ids: Sequence[Any]) -> str | None:
    is_unique = isinstance(one, str) and one and "." not in one and list(map(str, ids)).count(one) == 1
    return one if is_unique else None


def stable_ids(ids: Iterable[Any]) -> list[str | None]:
    """The ID of each sibling, or None if it is missing, invalid or not unique. Wagtail sets IDs on saving."""
    ids = list(ids)
    return [_stable_id(one, ids) for one in ids]


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
