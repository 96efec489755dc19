"""A column for each question that was asked: also one that has another label now, or was deleted."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

from django.utils.translation import gettext as _

from wagtail_khalti.text.answers import ShownAnswer

Question = tuple[str, str]
"""Name and label."""


class Questions:
    """In the order in which they come, up to ``limit``. Answers to others are in one more column, with their labels."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.shown: dict[Question, None] = {}
        self.has_others = False
        self.others_heading = _("Other answers")

    def add(self, answers: Iterable[ShownAnswer]) -> None:
        for answer in answers:
            question = (answer.name, answer.label)
            if question in self.shown:
                continue
            if len(self.shown) < self.limit:
                self.shown[question] = None
            else:
                self.has_others = True

    @property
    def headings(self) -> list[str]:
        """The labels. Where two questions have the same one, their names tell them apart."""
        counts = Counter(label for _name, label in self.shown)
        headings = [f"{label} ({name})" if counts[label] > 1 else label for name, label in self.shown]
        return [*headings, self.others_heading] if self.has_others else headings

    def cells(self, answers: Sequence[ShownAnswer]) -> list[str]:
        """The texts for one payment, in the order of the headings."""
        texts: dict[Question, list[str]] = defaultdict(list)
        others = []
        for answer in answers:
            if answer.text and (answer.name, answer.label) in self.shown:
                texts[answer.name, answer.label].append(answer.text)
            elif answer.text:
                others.append(f"{answer.label}: {answer.text}")
        cells = [", ".join(texts[question]) if question in texts else "" for question in self.shown]
        return [*cells, "; ".join(others)] if self.has_others else cells
