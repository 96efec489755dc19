"""Questions that an editor adds to a block."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.blocks.stream_block import StreamBlockValidationError
from wagtail.blocks.struct_block import BlockGroup, StructBlockValidationError

from wagtail_khalti.blocks.thank_you_page import ThankYouPageBlock
from wagtail_khalti.database.characters import unsupported_characters_message
from wagtail_khalti.formatting import format_number
from wagtail_khalti.public.checkout.question_fields import question_fields
from wagtail_khalti.questions import MAX_LABEL_LENGTH, MAX_QUESTIONS, PAGE_PREFIX, Question, QuestionKind
from wagtail_khalti.text.lines import one_line

MIN_CHOICES, MAX_CHOICES = 2, 100


class QuestionBlock(blocks.StructBlock):
    """One question. A subclass for each kind."""

    label = blocks.CharBlock(label=_("Label"), default="", max_length=MAX_LABEL_LENGTH)
    help_text = blocks.CharBlock(
        label=_("Help text"),
        required=False,
        default="",
        max_length=255,
        help_text=_("Shown below the label, for example where to find the number."),
    )
    required = blocks.BooleanBlock(label=_("Required"), required=False, default=True)
    on_receipt = blocks.BooleanBlock(
        label=_("Show on the receipt"),
        required=False,
        default=False,
        help_text=_("Also in the e-mail with the receipt."),
    )

    kind: ClassVar[QuestionKind]
    example: ClassVar[Any] = ""
    """A label for the preview."""

    class Meta:
        label_format = "{label}"
        preview_template = "wagtail_khalti/blocks/question_preview.html"

    def get_form_layout(self) -> BlockGroup:
        """What a kind adds follows the label."""
        common = QuestionBlock.base_blocks
        own = [name for name in self.child_blocks if name not in common]
        return BlockGroup(children=["label", *own, *(name for name in common if name != "label")])

    def clean(self, value: Any) -> Any:
        cleaned = super().clean(value)
        for name in ("label", "help_text"):
            if message := unsupported_characters_message(cleaned.get(name) or ""):
                raise StructBlockValidationError({name: ValidationError(message)})
        return cleaned

    def question(self, value: Mapping[str, Any], name: str) -> Question | None:
        """None if it is incomplete, as in a draft."""
        label = one_line(value.get("label") or "")
        if not label:
            return None
        return Question(
            name=name,
            label=label,
            kind=self.kind,
            required=bool(value.get("required")),
            help_text=one_line(value.get("help_text") or ""),
            on_receipt=bool(value.get("on_receipt")),
        )

    def get_preview_value(self) -> Any:
        return self.normalize({"label": str(self.example)})

    def get_preview_context(self, value: Any, parent_context: Mapping[str, Any] | None = None) -> dict[str, Any]:
        context: dict[str, Any] = super().get_preview_context(value, parent_context=parent_context)
        question = self.question(value, "preview")
        form = forms.Form()
        form.fields = question_fields([question] if question else [])
        return {**context, "form": form}


class TextQuestionBlock(QuestionBlock):
    kind, example = QuestionKind.TEXT, _("Address")

    class Meta:
        icon = "title"
        label = _("Text (one line)")
        description = _("A short answer, such as an address or the name of a child.")


class LongTextQuestionBlock(QuestionBlock):
    kind, example = QuestionKind.LONG_TEXT, _("Message")

    class Meta:
        icon = "pilcrow"
        label = _("Text (several lines)")
        description = _("A longer answer, such as a message.")


class NumberQuestionBlock(QuestionBlock):
    kind, example = QuestionKind.NUMBER, _("Roll number")

    class Meta:
        icon = "decimal"
        label = _("Number")
        description = _("A number in English or Nepali digits, such as a roll number.")


class DateQuestionBlock(QuestionBlock):
    kind, example = QuestionKind.DATE, _("Date of birth")

    class Meta:
        icon = "date"
        label = _("Date")
        description = _("A date in BS or AD.")


class ChoiceQuestionBlock(QuestionBlock):
    choices = blocks.TextBlock(label=_("Choices"), default="", rows=4, help_text=_("One per line."))

    kind, example = QuestionKind.CHOICE, _("Class")

    class Meta:
        icon = "list-ul"
        label = _("Choice")
        description = _("One of several options, such as a class.")

    def clean(self, value: Any) -> Any:
        cleaned = super().clean(value)
        message = _choices_error(_lines(cleaned.get("choices")))
        if message and not self.is_deferred_validation:
            raise StructBlockValidationError({"choices": ValidationError(message)})
        return cleaned

    def question(self, value: Mapping[str, Any], name: str) -> Question | None:
        question, choices = super().question(value, name), tuple(dict.fromkeys(_lines(value.get("choices"))))
        return replace(question, choices=choices) if question and choices else None

    def get_preview_value(self) -> Any:
        numbers = range(1, 4)
        choices = "\n".join(gettext("Class %(number)s") % {"number": format_number(number)} for number in numbers)
        return self.normalize({"label": str(self.example), "choices": choices})


class CheckboxQuestionBlock(QuestionBlock):
    link_page = ThankYouPageBlock(
        label=_("Page to read"), required=False, help_text=_("Linked below the checkbox, such as your terms.")
    )
    link_url = blocks.URLBlock(label=_("or an address"), required=False, default="")

    kind, example = QuestionKind.CHECKBOX, _("I accept the terms and conditions")

    class Meta:
        icon = "tick-inverse"
        label = _("Checkbox")
        description = _("Yes or no. A required one must be ticked, for example to accept your terms.")

    def clean(self, value: Any) -> Any:
        cleaned = super().clean(value)
        if cleaned.get("link_page") and cleaned.get("link_url"):
            error = ValidationError(_("Choose a page or enter an address, not both."))
            raise StructBlockValidationError({"link_url": error})
        return cleaned

    def question(self, value: Mapping[str, Any], name: str) -> Question | None:
        question, page = super().question(value, name), value.get("link_page")
        link = f"{PAGE_PREFIX}{page.pk}" if page else value.get("link_url") or ""
        return question and replace(question, link=link)


class QuestionsBlock(blocks.StreamBlock):
    """The questions of one block, in their order."""

    text = TextQuestionBlock()
    long_text = LongTextQuestionBlock()
    number = NumberQuestionBlock()
    choice = ChoiceQuestionBlock()
    date = DateQuestionBlock()
    checkbox = CheckboxQuestionBlock()

    class Meta:
        max_num = MAX_QUESTIONS

    def clean(self, value: Any) -> Any:
        cleaned = super().clean(value)
        labels = [one_line(child.value.get("label") or "").casefold() for child in cleaned]
        error = StructBlockValidationError({"label": ValidationError(_("Another field has the same label."))})
        doubled = {at: error for at, label in enumerate(labels) if label and label in labels[:at]}
        if doubled:
            raise StreamBlockValidationError(block_errors=doubled)
        return cleaned


def questions_in(value: Any) -> tuple[Question, ...]:
    """Those that are complete. A question is known by the ID of its block; by its place if it has no ID of its own."""
    if not value:
        return ()
    children = list(value)
    counts = Counter(child.id for child in children)
    questions = (
        child.block.question(child.value, child.id if child.id and counts[child.id] == 1 else str(number))
        for number, child in enumerate(children, 1)
    )
    return tuple(question for question in questions if question)


def _lines(text: Any) -> list[str]:
    return [line for line in map(one_line, str(text or "").splitlines()) if line]


def _choices_error(choices: list[str]) -> str:
    """What is wrong with them, for the editor; empty if nothing is."""
    if len(choices) < MIN_CHOICES:
        return gettext("Enter at least two choices, each on a line of its own.")
    if len(choices) > MAX_CHOICES:
        return gettext("Enter at most %(limit)s choices.") % {"limit": format_number(MAX_CHOICES)}
    if doubled := next((choice for choice, count in Counter(choices).items() if count > 1), ""):
        return gettext("This choice is there twice: %(choice)s") % {"choice": doubled}
    if long := next((choice for choice in choices if len(choice) > MAX_LABEL_LENGTH), ""):
        limit = format_number(MAX_LABEL_LENGTH)
        return gettext("This choice is longer than %(limit)s characters: %(choice)s") % {
            "limit": limit,
            "choice": long,
        }
    return unsupported_characters_message("".join(choices))
