"""Questions of an editor's own, which a visitor answers before paying, and the answers."""

from wagtail_khalti.questions.answer import Answer, same_answers
from wagtail_khalti.questions.question import (
    MAX_LABEL_LENGTH,
    MAX_LONG_TEXT_LENGTH,
    MAX_QUESTIONS,
    MAX_TEXT_LENGTH,
    PAGE_PREFIX,
    Question,
    QuestionKind,
)

__all__ = [
    "MAX_LABEL_LENGTH",
    "MAX_LONG_TEXT_LENGTH",
    "MAX_QUESTIONS",
    "MAX_TEXT_LENGTH",
    "PAGE_PREFIX",
    "Answer",
    "Question",
    "QuestionKind",
    "same_answers",
]
