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


def forms(words):
    """One, or where it is counted, one for each plural."""
    return [words] if isinstance(words, str) else list(words)


def test_every_sentence_is_translated(messages):
    assert [message.id for message in messages if not all(forms(message.string)) or message.fuzzy] == []


def test_every_placeholder_is_kept(messages):
    for message in messages:
        for asked, said in zip(forms(message.id), forms(message.string), strict=True):
            wanted, kept = (sorted(re.findall(r"%\(\w+\)[.\d]*\w", text)) for text in (asked, said))
            assert kept == wanted, message.id


def test_what_is_compiled_is_what_is_written(messages):
    with (FOLDER / "django.mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)

    for message in messages:
        one, *more = forms(message.id)
        said = [compiled.ngettext(one, more[0], count) for count in (1, 2)] if more else [compiled.gettext(one)]
        assert said == forms(message.string)


TYPED = (
    r"98XXXXXXXX|--verbosity 0|wagtail_khalti 0001|1500 वा 1500\.50|2026-11-21 जस्तै|2083-08-05 जस्तै|"
    r"utf8mb4|RECONCILE_EVERY 0|%\(\w+\)\.1f"
)


def test_digits_are_nepali_except_in_what_is_typed(messages):
    for message in messages:
        for form in forms(message.string):
            said = re.sub(TYPED, "", form)
            assert not re.search("[0-9]", said), form
