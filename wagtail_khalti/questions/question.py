"""A question of an editor's own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any, Self

from wagtail_khalti.questions.answer import Answer

MAX_QUESTIONS = 20  # in one block
MAX_LABEL_LENGTH = 150  # characters; also of a choice
MAX_TEXT_LENGTH = 255  # characters of a one-line answer
MAX_LONG_TEXT_LENGTH = 2000
PAGE_PREFIX = "page:"


class QuestionKind(StrEnum):
    """What a question asks for, and so which form field it becomes."""

    TEXT = "text"
    """One line."""
    LONG_TEXT = "long_text"
    """Several lines."""
    NUMBER = "number"
    """A number, which may have decimals."""
    CHOICE = "choice"
    """One of its ``choices``."""
    DATE = "date"
    """A day, typed in AD or BS."""
    CHECKBOX = "checkbox"
    """Yes or no; a required one must be ticked, such as for terms and conditions."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One form field of an editor's own."""

    name: str
    """Identifies it, also after its label was changed."""

    label: str
    kind: QuestionKind

    required: bool = True
    help_text: str = ""

    choices: tuple[str, ...] = ()
    """For the kind ``CHOICE``."""

    link: str = ""
    """What a visitor can read before ticking a checkbox: a URL, or ``page:`` and the primary key of a page."""

    on_receipt: bool = False
    """Whether the receipt shows the answer."""

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        return cls(**{**data, "kind": QuestionKind(data["kind"]), "choices": tuple(data["choices"])})

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    def answer(self, value: str | bool | None) -> Answer:
        return Answer(name=self.name, label=self.label, kind=self.kind, value=value, on_receipt=self.on_receipt)
