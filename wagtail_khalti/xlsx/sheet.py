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
    DAY = "day"
    """A day in AD: 2026-11-21."""
    TIME = "time"
    """A day in AD and a time, in the site's time zone: 2026-11-21 10:03:22."""
    BS_DAY = "bs_day"
    """A day in Bikram Sambat: 2083-08-05. No spreadsheet knows that calendar."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column."""

    heading: str
    kind: Kind = Kind.TEXT
    width: int = 16
    """In characters, where a file can say it."""
    is_summed: bool = False
    """Whether the row of totals has the sum of it; of numbers only."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """One sheet, whose rows are made while they are written."""

    title: str
    columns: Sequence[Column]
    chunks: Iterable[Chunk]
    total: str = ""
    """What the row of totals is called, where a file can sum; without a name there is none."""
