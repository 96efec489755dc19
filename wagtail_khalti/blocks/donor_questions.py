"""What a donor is asked besides the amount."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A question of the checkout form, whose answer is stored with the payment."""

    name: str
    label: str
    kind: str
    """``textarea`` or ``checkbox``."""
    required: bool = False
    help_text: str = ""
    choices: tuple[str, ...] = ()
    on_receipt: bool = False
    """Whether the receipt shows the answer."""


def own_questions(value: Any) -> list[Question]:
    """Those that the editor switched on in a donation block, in the active language."""
    questions = []
    if value.get("asks_message"):
        questions.append(Question(name="message", label=_("Message"), kind="textarea"))
    if value.get("offers_anonymity"):
        help_text = _("Your name is not shown in public.")
        question = Question(name="anonymous", label=_("Stay anonymous"), kind="checkbox", help_text=help_text)
        questions.append(question)
    return questions
