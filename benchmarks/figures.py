"""A figure with its peer and its budget: shown as a table row and as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
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
    """The maximum of ``value``; relative limits are calculated from ``peer``."""

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
    return lines(rows, left=(0, 1, 6))


def verdict(figures: Iterable[Figure]) -> str:
    missed = [figure.name for figure in figures if not figure.is_ok]
    return f"MISSED BUDGETS: {', '.join(missed)}" if missed else "All within budget."


def write(figures: Iterable[Figure], path: Path) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps({figure.name: figure.as_json() for figure in figures}, indent=2) + "\n")


def keep(figures: Iterable[Figure], path: Path) -> None:
    """For the process that started this one."""
    path.write_text(json.dumps([asdict(figure) for figure in figures]))


def kept(path: Path) -> list[Figure]:
    return [Figure(**figure) for figure in json.loads(path.read_text())]


def lines(rows: Sequence[Sequence[str]], *, left: Sequence[int] = (0,)) -> str:
    """Columns of text for a terminal, right-aligned except for the columns in ``left``."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join(
        "  ".join(
            cell.ljust(width) if number in left else cell.rjust(width)
            for number, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    )


def _rounded(number: float | None) -> float | None:
    return None if number is None else round(number, 3)


def _shown(number: float | None) -> str:
    return "" if number is None else f"{number:.2f}".removesuffix(".00")
