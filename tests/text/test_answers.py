"""Answers as they are stored, in words."""

import pytest
from django.utils import translation

from wagtail_khalti.text.answers import AnswerReader, ShownAnswer


def stored(value, label="Class", name="class"):
    return {"name": name, "label": label, "kind": "text", "value": value, "on_receipt": True}


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("7", "7"),
        (" ७ ", "७"),
        (True, "Yes"),
        (False, "No"),
        (None, ""),
        ("", ""),
        (0, "0"),
        (12, "12"),
        (["a", True], "a, Yes"),
        ({"a": 1}, "{'a': 1}"),
        ("2026-11-30", "2026-11-30"),
    ],
)
def test_a_value_in_words(value, text):
    assert AnswerReader().read([stored(value)]) == [ShownAnswer(name="class", label="Class", text=text)]


@pytest.mark.parametrize("value", [None, "text", 7, {}, [None], [7], [{}], [{"name": None, "label": ""}], [["a"]]])
def test_what_is_no_answer_is_skipped(value):
    assert AnswerReader().read(value) == []


def test_a_question_without_a_label_is_called_by_its_name():
    assert AnswerReader().read([stored("7", label="")])[0].label == "class"


def test_one_line_has_those_that_were_answered():
    answers = [stored("7"), stored("", "House", "house"), stored("17", "Roll number", "roll")]

    assert AnswerReader().in_one_line(answers) == "Class: 7; Roll number: 17"


def test_the_words_are_those_of_when_it_was_made():
    with translation.override("ne"):
        reader = AnswerReader()
        yes = translation.gettext("Yes")

    assert reader.read([stored(True)])[0].text == yes
    assert yes != "Yes"
