"""The Nepali catalogue: whole, sure of itself, and compiled from what is written."""

import gettext
import re
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

import wagtail_khalti

FOLDER = Path(wagtail_khalti.__file__).parent / "locale" / "ne" / "LC_MESSAGES"


@pytest.fixture(scope="module")
def messages():
    with (FOLDER / "django.po").open("rb") as file:
        return [message for message in read_po(file, locale="ne") if message.id]


def test_every_sentence_is_translated(messages):
    assert [message.id for message in messages if not message.string or message.fuzzy] == []


def test_every_placeholder_is_kept(messages):
    for message in messages:
        wanted, kept = (sorted(re.findall(r"%\(\w+\)s", text)) for text in (message.id, message.string))
        assert kept == wanted, message.id


def test_what_is_compiled_is_what_is_written(messages):
    with (FOLDER / "django.mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)

    assert {message.id: compiled.gettext(message.id) for message in messages} == {
        message.id: message.string for message in messages
    }


def test_digits_are_nepali_except_in_examples_to_type(messages):
    for message in messages:
        said = message.string.replace("98XXXXXXXX", "")
        assert not re.search("[0-9]", said), message.string
