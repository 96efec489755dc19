"""What visitors answered to an editor's own questions, as it is stored with a payment, in words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownAnswer:
    """Name and label are the question's when it was answered; it may have been changed or deleted since."""

    name: str
    label: str
    text: str
    """Empty if nothing was answered."""


class AnswerReader:
    """For one language, the one that is active when it is made: files are written when none is active any more."""

    def __init__(self) -> None:
        self.words = {True: _("Yes"), False: _("No"), None: ""}

    def read(self, stored: Any) -> list[ShownAnswer]:
        """In the order of the form. Whatever isn't an answer is skipped: a site's own code may have stored anything."""
        return list(self._read(stored)) if isinstance(stored, list) else []

    def in_one_line(self, stored: Any) -> str:
        """``Class: 7; Roll number: 12``, without those that are empty."""
        return "; ".join(f"{answer.label}: {answer.text}" for answer in self.read(stored) if answer.text)

    def _read(self, stored: list[Any]) -> Iterator[ShownAnswer]:
        for one in stored:
            if isinstance(one, dict):
                name, label = (_line(one.get(key)) for key in ("name", "label"))
                if name or label:
                    yield ShownAnswer(name=name, label=label or name, text=self._text(one.get("value")))

    def _text(self, value: Any) -> str:
        if value is None or isinstance(value, bool):
            return self.words[value]
        return ", ".join(map(self._text, value)) if isinstance(value, list) else str(value).strip()


def _line(value: Any) -> str:
    return " ".join(str("" if value is None else value).split())
