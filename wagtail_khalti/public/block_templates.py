"""Blocks that don't pass the page's context on to their children."""

from __future__ import annotations

from collections.abc import Iterator

from wagtail.blocks import Block, ListBlock, StructBlock

from wagtail_khalti.public.block_paths import holds
from wagtail_khalti.public.terms import Offering


def blocks_without_template(block: Block) -> Iterator[StructBlock]:
    """Each ``StructBlock`` in this one that contains a checkout block and has no template of its own."""
    if isinstance(block, Offering) or not holds(block, Offering):
        return
    if isinstance(block, StructBlock) and _has_no_template(block):
        yield block
    children = [block.child_block] if isinstance(block, ListBlock) else block.child_blocks.values()
    for child in children:
        yield from blocks_without_template(child)


def _has_no_template(block: StructBlock) -> bool:
    kind = type(block)
    is_default = kind.render is Block.render and kind.render_basic is StructBlock.render_basic
    return is_default and kind.get_template is Block.get_template and not getattr(block.meta, "template", None)
