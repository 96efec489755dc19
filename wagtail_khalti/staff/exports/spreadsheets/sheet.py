"""A sheet: its columns, and what fills them, chunk by chunk."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum

Cells = Sequence[str]
Chunk = Sequence[Cells]
"""Some rows, column by column: much is done with all cells of a column at once, which is what makes it fast."""


class Kind(Enum):
    """What a column holds."""

    TEXT = "text"
    """Whatever anybody may have typed."""
    NUMBER = "number"
    """A whole number."""
    MONEY = "money"
    """Rupees with two decimals and a dot: 1500.00."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column."""

    heading: str
    kind: Kind = Kind.TEXT
    width: int = 16
    """In characters, where a file can say it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """One sheet, whose rows are made while they are written."""

    title: str
    columns: Sequence[Column]
    chunks: Iterable[Chunk]
