"""A figure with its peer and its budget: how it is shown and how it is written down."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    name: str
    what: str
    """For the table."""

    value: float
    unit: str
    peer: float | None = None
    """The plain view's, measured in the same run."""

    budget: float | None = None
    """The most that ``value`` may be; where the promise is relative, reckoned from ``peer``."""

    @property
    def ratio(self) -> float | None:
        return self.value / self.peer if self.peer else None

    @property
    def is_ok(self) -> bool:
        return self.budget is None or self.value <= self.budget

    def as_json(self) -> dict[str, object]:
        return {
            "value": _rounded(self.value),
            "unit": self.unit,
            "peer": _rounded(self.peer),
            "ratio": _rounded(self.ratio),
            "budget": _rounded(self.budget),
            "ok": self.is_ok,
        }

    def as_row(self) -> tuple[str, ...]:
        numbers = (self.value, self.peer, self.ratio, self.budget)
        word = "" if self.budget is None else "ok" if self.is_ok else "MISSED"
        return self.what, self.unit, *map(_shown, numbers), word


def table(figures: Iterable[Figure]) -> str:
    """Lines for a terminal."""
    rows = [("", "unit", "ours", "plain", "ratio", "at most", ""), *(figure.as_row() for figure in figures)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join(_line(row, widths) for row in rows)


def verdict(figures: Iterable[Figure]) -> str:
    missed = [figure.name for figure in figures if not figure.is_ok]
    return f"MISSED BUDGETS: {', '.join(missed)}" if missed else "All within budget."


def write(figures: Iterable[Figure], path: Path) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps({figure.name: figure.as_json() for figure in figures}, indent=2) + "\n")


def _line(row: tuple[str, ...], widths: list[int]) -> str:
    what, unit, *numbers, word = row
    shown = [number.rjust(width) for number, width in zip(numbers, widths[2:-1], strict=True)]
    return "  ".join([what.ljust(widths[0]), unit.ljust(widths[1]), *shown, word]).rstrip()


def _rounded(number: float | None) -> float | None:
    return None if number is None else round(number, 3)


def _shown(number: float | None) -> str:
    return "" if number is None else f"{number:.2f}".removesuffix(".00")
