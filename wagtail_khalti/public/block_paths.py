"""Where a block stands in its page or snippet, in Wagtail's own words: ``body.<uuid>.<field>``.

An id that siblings share, as scripts and imports make them, is no address: it leads nowhere, never to the other one.

Looking a block up reads the stored data and builds that block alone. Finding a block's place builds what could hold
it, which rendering it has built already.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from django.db import models
from wagtail.blocks import Block, BoundBlock, ListBlock, StreamBlock, StructBlock
from wagtail.fields import StreamField

Child = tuple[str | None, Block, Any]
"""The step to it (None where no step leads to it alone), its definition, its value."""


def path_of(value: Any, owner: models.Model, *, block: Block) -> str | None:
    """The content path of this very value in ``owner``; None where it isn't there, or has no lasting address."""
    for field in owner._meta.concrete_fields:
        if isinstance(field, StreamField) and field.name in owner.__dict__:
            steps = _steps_to(value, field.stream_block, owner.__dict__[field.name], type(block))
            if steps is not None:
                return ".".join([field.name, *steps])
    return None


def block_at(owner: models.Model, path: str) -> BoundBlock | None:
    """The block at a content path of ``owner`` as it is now; None where there is none any more."""
    name, *steps = path.split(".")
    field = next((field for field in owner._meta.concrete_fields if field.name == name), None)
    if not isinstance(field, StreamField):
        return None

    block, raw = field.stream_block, list(getattr(owner, name).raw_data)
    for step in steps:
        block, raw = _step_down(block, raw, step)
        if block is None:
            return None
    return BoundBlock(block, block.to_python(raw))


def _steps_to(wanted: Any, block: Block, value: Any, kind: type[Block]) -> list[str] | None:
    if value is wanted:
        return []
    for step, child, inner in _children(block, value, kind):
        rest = _steps_to(wanted, child, inner, kind)
        if rest is not None:
            return None if step is None else [step, *rest]
    return None


def _children(block: Block, value: Any, kind: type[Block]) -> Iterator[Child]:
    """The children among which a block of this kind can be."""
    if isinstance(block, StreamBlock):
        steps = _steps(raw.get("id") for raw in value.raw_data)
        for position, raw in enumerate(value.raw_data):
            if holds(block.child_blocks.get(raw["type"]), kind):
                yield steps[position], value[position].block, value[position].value
    elif isinstance(block, ListBlock) and holds(block.child_block, kind):
        steps = _steps(item.original_id for item in value.bound_blocks)
        for step, item in zip(steps, value.bound_blocks, strict=True):
            yield step, item.block, item.value
    elif isinstance(block, StructBlock):
        for name, child in block.child_blocks.items():
            if holds(child, kind):
                yield name, child, value.get(name)


def _steps(ids: Iterable[Any]) -> list[str | None]:
    """For each sibling its id, where that is one: Wagtail gives it when a page is saved, code may give anything."""
    ids = list(ids)
    times = Counter(map(str, ids))
    return [one if isinstance(one, str) and one and "." not in one and times[one] == 1 else None for one in ids]


def _step_down(block: Block, raw: Any, step: str) -> tuple[Block | None, Any]:
    """One step in the stored data, which needs no other block to be built."""
    if isinstance(block, StructBlock):
        child, raw = block.child_blocks.get(step), raw or {}
        if child is not None and step not in raw:  # stored before the block had this field
            return child, child.get_prep_value(child.get_default())
        return child, raw.get(step)
    items = (raw or []) if isinstance(block, StreamBlock | ListBlock) else []
    found = [item for item in items if isinstance(item, dict) and item.get("id") == step]
    if len(found) != 1:
        return None, None
    child = block.child_block if isinstance(block, ListBlock) else block.child_blocks.get(found[0]["type"])
    return child, found[0]["value"]


def holds(block: Block | None, kind: type[Any]) -> bool:
    """Whether it is of this kind, or one in it is."""
    if isinstance(block, kind):
        return True
    if isinstance(block, ListBlock):
        return holds(block.child_block, kind)
    if isinstance(block, StreamBlock | StructBlock):
        return any(holds(child, kind) for child in block.child_blocks.values())
    return False
