"""The answers to an editor's questions, as a receipt shows them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from wagtail_khalti.formatting import format_day_in_both_calendars
from wagtail_khalti.models import KhaltiPayment
from wagtail_khalti.numerals import with_numerals_of
from wagtail_khalti.questions import QuestionKind
from wagtail_khalti.text.lines import one_line


def answers_on_receipt(payment: KhaltiPayment) -> Iterator[tuple[str, str]]:
    """Label and value of those that the editor chose, without those that were left empty."""
    for answer in payment.answers:
        if answer["on_receipt"] and (text := answer_text(answer)):
            yield one_line(answer["label"]), text


def answer_text(answer: Mapping[str, Any]) -> str:
    """A stored answer as one line in the active language."""
    value = answer["value"]
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    text = one_line(value or "")
    if answer["kind"] == QuestionKind.NUMBER:
        return with_numerals_of(get_language(), text)
    return _day(text) if answer["kind"] == QuestionKind.DATE else text


def _day(text: str) -> str:
    try:
        return format_day_in_both_calendars(date.fromisoformat(text))
    except ValueError:  # the site's own code may store another text
        return text
