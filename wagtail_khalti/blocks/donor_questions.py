"""What a donor is asked besides the amount."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from wagtail_khalti.questions import Question, QuestionKind


def donor_questions(value: Any) -> tuple[Question, ...]:
    """Those that the editor switched on in a donation block, in the active language."""
    questions = []
    if value.get("asks_message"):
        questions.append(Question(name="message", label=_("Message"), kind=QuestionKind.LONG_TEXT, required=False))
    if value.get("offers_anonymity"):
        questions.append(
            Question(
                name="anonymous",
                label=_("Stay anonymous"),
                kind=QuestionKind.CHECKBOX,
                required=False,
                help_text=_("Your name is not shown in public."),
            )
        )
    return tuple(questions)
