"""What counts as an answer to each kind of question, and what is told otherwise."""

import re

import pytest
from django import forms
from django.http import QueryDict
from django.template.loader import render_to_string
from django.utils import translation

from wagtail_khalti.public.checkout.question_fields import (
    answers_to,
    field_name,
    initial_answers,
    question_fields,
    version_of,
)
from wagtail_khalti.questions import MAX_LONG_TEXT_LENGTH, MAX_QUESTIONS, MAX_TEXT_LENGTH, Question, QuestionKind

MANY = tuple(f"Class {number}" for number in range(1, 11))


def question(kind="text", **given):
    return Question(**{"name": "q1", "label": "Roll number", "kind": QuestionKind(kind), **given})


def form_for(*questions, **typed):
    data = QueryDict(mutable=True)
    for name, values in typed.items():
        data.setlist(f"question-{name}", values if isinstance(values, list) else [values])
    form = forms.Form(data, use_required_attribute=False)
    form.fields = question_fields(questions)
    return form


def value(asked, typed):
    form = form_for(asked, q1=typed)
    assert form.is_valid(), form.errors
    [answer] = answers_to([asked], form.cleaned_data)
    return answer.value


def errors(asked, typed):
    form = form_for(asked, q1=typed)
    return [str(error) for error in form.errors.get("question-q1", [])]


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("12", "12"),
        ("१२", "12"),
        ("१,२५,०००.५०", "125000.50"),
        ("1,000", "1000"),
        ("٣", "3"),
        ("007", "007"),
        (" \u200e42\u202c ", "42"),
    ],
)
def test_a_number_may_be_typed_in_any_numerals(typed, kept):
    assert value(question("number"), typed) == kept


@pytest.mark.parametrize(
    "typed", ["1e3", "NaN", "Infinity", "-5", "1,50", "1,,000", "0x1F", "1.2.3", "½", "²", "12a", "."]
)
def test_what_is_no_number_is_told(typed):
    assert errors(question("number"), typed) == ["Enter a number for “Roll number”, such as 12 or 1,500.50."]


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("2026-11-29", "2026-11-29"),
        ("29 November 2026", "2026-11-29"),
        ("2083-08-13", "2026-11-29"),
        ("१३ मंसिर २०८३", "2026-11-29"),
        ("", None),
    ],
)
def test_a_date_may_be_typed_in_both_calendars(typed, kept):
    assert value(question("date", required=False), typed) == kept


@pytest.mark.parametrize(
    "typed",
    ["2026-02-30", "30 February 2026", "2083-02-33", "2083-13-01", "9999-01-01", "0001-01-01", "tomorrow", "29"],
)
def test_a_day_that_does_not_exist_is_told(typed):
    [error] = errors(question("date"), typed)
    assert error.startswith("Enter a date for “Roll number” that exists, such as 2083-08-05")


def test_the_32nd_of_a_shorter_month_is_no_day():
    assert errors(question("date"), "2083-01-32")


def test_one_line_stays_one_line_of_what_can_be_seen():
    assert value(question(), "Sita\r\n \u202eRai\u200b\x00<script>") == "Sita Rai <script>"


def test_several_lines_stay_several():
    assert value(question("long_text"), "One\r\n\r\n\r\n\r\ntwo \u202e\t three\r\n") == "One\n\ntwo three"


@pytest.mark.parametrize(("kind", "limit"), [("text", MAX_TEXT_LENGTH), ("long_text", MAX_LONG_TEXT_LENGTH)])
def test_a_text_that_is_too_long_is_told(kind, limit):
    assert value(question(kind), "क" * limit) == "क" * limit
    [error] = errors(question(kind), "क" * (limit + 1))
    assert error.startswith("“Roll number” can have at most")


def test_line_breaks_of_browsers_count_once():
    text = "\r\n".join(["x" * 99] * 20)

    assert len(value(question("long_text"), text)) == MAX_LONG_TEXT_LENGTH - 1


@pytest.mark.parametrize("kind", ["text", "long_text", "number", "date"])
@pytest.mark.parametrize("blank", ["", "  ", "\u200b", "\u3164"])
def test_nothing_is_no_answer(kind, blank):
    assert value(question(kind, required=False), blank) is None
    assert errors(question(kind), blank)


@pytest.mark.parametrize("choices", [("Class 1", "Class 2"), MANY])
def test_only_a_choice_of_the_list_is_taken(choices):
    asked = question("choice", label="Class", choices=choices)

    assert value(asked, "Class 2") == "Class 2"
    for typed in ("Class 99", "", "class 2", "Class 1,Class 2"):
        assert errors(asked, typed) == ["Choose an option for “Class”."]


@pytest.mark.parametrize("choices", [("Class 1", "Class 2"), MANY])
def test_an_optional_choice_can_be_left_out(choices):
    assert value(question("choice", choices=choices, required=False), "") is None


def test_a_required_checkbox_must_be_ticked():
    asked = question("checkbox", label="I accept the terms")

    assert value(asked, "on") is True
    assert errors(asked, []) == ["Tick “I accept the terms” to continue."]


def test_an_optional_checkbox_is_yes_or_no():
    asked = question("checkbox", required=False)

    assert (value(asked, "on"), value(asked, [])) == (True, False)


def test_of_a_repeated_parameter_the_last_counts():
    assert value(question(), ["first", "last"]) == "last"


@pytest.mark.parametrize("label", ["100 % cotton", "%s", "%(value)s <b>", "50%"])
@pytest.mark.parametrize(
    ("kind", "typed"),
    [("text", "x" * 300), ("text", ""), ("number", "x"), ("choice", "Z"), ("choice", ""), ("date", "x")],
)
def test_a_label_may_have_a_percent_sign(label, kind, typed):
    [error] = errors(question(kind, label=label, choices=("A", "B")), typed)

    assert f"“{label}”" in error


@pytest.mark.parametrize("allowed", [True, False])
@pytest.mark.parametrize("kind", QuestionKind)
def test_help_is_text_whatever_wagtails_forms_allow(settings, allowed, kind):
    settings.WAGTAILFORMS_HELP_TEXT_ALLOW_HTML = allowed

    form = form_for(question(kind, help_text="<b>&", label="<i>", choices=("<u>", "B")))
    page = render_to_string("wagtail_khalti/public/field.html", {"field": form["question-q1"]})

    assert "&lt;b&gt;&amp;" in page
    assert "&lt;i&gt;" in page
    assert not {"<b>", "<i>", "<u>", "&amp;lt;"} & set(re.findall(r"<\w+>|&amp;lt;", page))


@pytest.mark.parametrize("link", ["javascript:alert(1)", "data:text/html,x", "page:", "//", "ftp://x"])
def test_only_web_addresses_become_links(db, link):
    fields = question_fields([question("checkbox", link=link)])

    assert fields["question-q1"].link in ("", "//")


def test_what_was_answered_is_filled_in_as_far_as_it_is_asked():
    asked = [question(), question("date", name="q2")]
    stored = [
        {"name": "q1", "label": "Old label", "kind": "text", "value": "12", "on_receipt": False},
        {"name": "q2", "label": "Now a date", "kind": "text", "value": "x", "on_receipt": False},
        {"name": "gone", "label": "Gone", "kind": "text", "value": "x", "on_receipt": False},
    ]

    assert initial_answers(asked, stored) == {"question-q1": "12", "question-q2": None}


def test_the_version_changes_with_all_that_visitors_read():
    asked = question("checkbox", label="I accept")
    others = [
        question("checkbox", label="I accept all"),
        question("checkbox", label="I accept", link="/terms/"),
        question("checkbox", label="I accept", help_text="Read them"),
    ]

    versions = {version_of([one]) for one in (asked, *others)}
    assert len(versions) == 4
    assert version_of([asked]) == version_of([Question.from_json(asked.as_json())])
    assert version_of([]) == ""


def test_twenty_long_questions_are_built_in_their_order():
    asked = [question("long_text", name=str(number)) for number in range(MAX_QUESTIONS)]

    assert list(question_fields(asked)) == [field_name(one) for one in asked]


def test_in_nepali_the_limit_has_nepali_numerals():
    with translation.override("ne"):
        [error] = errors(question(label="नाम"), "क" * 300)

    assert "२५५" in error
