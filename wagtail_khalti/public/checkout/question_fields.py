"""Form fields for the questions of an editor's own, built by Wagtail's form builder.

The builder's own fields are replaced where people in Nepal type otherwise: numbers in any numerals, days in either
calendar, and lines without invisible characters.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.html import format_html
from django.utils.translation import gettext as _
from wagtail.contrib.forms.forms import FormBuilder

from wagtail_khalti.formatting import format_number
from wagtail_khalti.public.checkout.answer_fields import DayField, LinesField, LinkedCheckboxField, NumberField
from wagtail_khalti.public.checkout.text_fields import SingleLineField
from wagtail_khalti.public.payment.destinations import page_link
from wagtail_khalti.questions import (
    MAX_LONG_TEXT_LENGTH,
    MAX_TEXT_LENGTH,
    PAGE_PREFIX,
    Answer,
    Question,
    QuestionKind,
)

FIELD_PREFIX = "question-"
MAX_RADIO_BUTTONS = 6  # more choices become a list to select from
MAX_NUMBER_LENGTH, MAX_DATE_LENGTH = 30, 40


def question_fields(questions: Sequence[Question]) -> dict[str, forms.Field]:
    """In the order of the questions."""
    return dict(QuestionFormBuilder([BuilderField(question) for question in questions]).formfields)


def answers_to(questions: Sequence[Question], cleaned: Mapping[str, Any]) -> tuple[Answer, ...]:
    """``cleaned``: the data of a form with ``question_fields``."""
    values = [cleaned.get(field_name(question)) for question in questions]
    pairs = zip(questions, values, strict=True)
    return tuple(question.answer(None if value == "" else value) for question, value in pairs)


def initial_answers(questions: Sequence[Question], stored: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """What was answered before, as far as it is still asked. Terms have to be accepted each time."""
    values = {(answer["name"], answer["kind"]): answer["value"] for answer in stored}
    kept = [one for one in questions if not (one.required and one.kind == QuestionKind.CHECKBOX)]
    return {field_name(question): values.get((question.name, question.kind)) for question in kept}


def link_of(question: Question) -> str:
    """What can be read before ticking its checkbox; empty if there is nothing."""
    return _url(question.link) if question.link else ""


def field_name(question: Question) -> str:
    return f"{FIELD_PREFIX}{question.name}"


def version_of(questions: Sequence[Question]) -> str:
    """Another one if anything that the visitor reads was changed; empty without questions."""
    if not questions:
        return ""
    text = json.dumps([question.as_json() for question in questions])
    return hashlib.sha256(text.encode()).hexdigest()[:16]


class QuestionFormBuilder(FormBuilder):  # type: ignore[misc]
    """Wagtail's, with a field for each ``QuestionKind``."""

    def create_text_field(self, field: BuilderField, options: dict[str, Any]) -> forms.Field:
        return SingleLineField(**options, **_text(field, MAX_TEXT_LENGTH, _("Enter “%(label)s”.")))

    def create_long_text_field(self, field: BuilderField, options: dict[str, Any]) -> forms.Field:
        widget = forms.Textarea(attrs={"rows": 4})
        return LinesField(**options, **_text(field, MAX_LONG_TEXT_LENGTH, _("Enter “%(label)s”.")), widget=widget)

    def create_number_field(self, field: BuilderField, options: dict[str, Any]) -> forms.Field:
        message = _("Enter a number for “%(label)s”, such as 12 or 1,500.50.")
        widget = forms.TextInput(attrs={"inputmode": "decimal"})
        return NumberField(**options, **_text(field, MAX_NUMBER_LENGTH, message), widget=widget)

    def create_date_field(self, field: BuilderField, options: dict[str, Any]) -> forms.Field:
        message = _("Enter a date for “%(label)s” that exists, such as 2083-08-05 or 21 November 2026.")
        example = _("For example 2083-08-05 or 21 November 2026.")
        if field.help_text:
            example = format_html("{} {}", options["help_text"], example)
        options["help_text"] = example
        return DayField(**options, **_text(field, MAX_DATE_LENGTH, message))

    def create_choice_field(self, field: BuilderField, options: dict[str, Any]) -> forms.Field:
        has_radio_buttons = len(field.choices) <= MAX_RADIO_BUTTONS
        nothing = [("", _("Choose an option") if field.required else _("No answer"))]
        choices = [(choice, choice) for choice in field.choices]
        message = _("Choose an option for “%(label)s”.")
        return forms.ChoiceField(
            **options,
            choices=choices if field.required and has_radio_buttons else nothing + choices,
            widget=forms.RadioSelect if has_radio_buttons else forms.Select,
            error_messages={
                "required": field.insert_label(message),
                "invalid_choice": field.insert_label(message, is_template=True),
            },
        )

    def create_checkbox_field(self, field: BuilderField, options: dict[str, Any]) -> forms.Field:
        messages = {"required": field.insert_label(_("Tick “%(label)s” to continue."))}
        return LinkedCheckboxField(**options, link=_url(field.link), error_messages=messages)


class BuilderField:
    """A question, with the attributes that Wagtail's form builder reads."""

    default_value = None

    def __init__(self, question: Question) -> None:
        self.clean_name = field_name(question)
        self.field_type = str(question.kind)
        self.label, self.help_text, self.required = question.label, question.help_text, question.required
        self.choices, self.link = question.choices, question.link

    def insert_label(self, message: str, *, is_template: bool = False, **values: str) -> str:
        """``is_template``: Django inserts values of its own afterwards."""
        text = message % {"label": self.label, **values}
        return text.replace("%", "%%") if is_template else text


def _text(field: BuilderField, max_length: int, message: str) -> dict[str, Any]:
    too_long = _("“%(label)s” can have at most %(limit)s characters.")
    return {
        "max_length": max_length,
        "error_messages": {
            **dict.fromkeys(("required", "invalid"), field.insert_label(message)),
            "max_length": field.insert_label(too_long, is_template=True, limit=format_number(max_length)),
        },
    }


def _url(link: str) -> str:
    """Empty if the page isn't published, or if it is no address that a browser may open."""
    if link.startswith(PAGE_PREFIX):
        page = page_link(link.removeprefix(PAGE_PREFIX))
        return page.url if page else ""
    return link if link.startswith(("/", "https://", "http://")) else ""
