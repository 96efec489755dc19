"""What a visitor answered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a visitor answered, with the question's label at that time."""

    name: str
    label: str

    kind: str
    """One of ``QuestionKind``."""

    value: str | bool | None
    """Text; a number in the digits 0 to 9; a date as ``2026-11-29``; for a checkbox ``True`` or ``False``. ``None`` if
    it was left empty."""

    on_receipt: bool = False
    """Whether the receipt shows it."""


def same_answers(some: Sequence[Mapping[str, Any]], others: Sequence[Mapping[str, Any]]) -> bool:
    """Whether stored answers say the same to the same questions, whatever these are called."""
    return _values(some) == _values(others)


def _values(answers: Sequence[Mapping[str, Any]]) -> list[tuple[Any, Any]]:
    return [(answer["name"], answer["value"]) for answer in answers]
