"""What commands print in the manual is what they print."""

from __future__ import annotations

import json
import re

import pytest
from babel.messages.pofile import read_po

from tests.docs.blocks import ROOT, blocks

PLACEHOLDER = re.compile(r"%\(\w+\)s|%s")
PUNCTUATION = 3  # characters; a text of placeholders alone would match anything
CATALOGUE = ROOT / "wagtail_khalti/locale/ne/LC_MESSAGES/django.po"


def sentences():
    """Page and sentence, as the examples of output show them."""
    for block in blocks():
        if block.page == "docs/howto/doctor.md" and block.language == "json":
            for finding in json.loads(block.code)["findings"]:
                yield from [(block.page, finding["sentence"]), (block.page, finding["remedy"])]
        elif block.page == "docs/howto/doctor.md" and block.code.startswith("Settings"):
            for line in block.code.splitlines():
                yield block.page, re.sub(r"^ +(ok|warning|error)? +", "", line)
        elif block.code.startswith("Asked Khalti") or "without answer" in block.code:
            yield block.page, block.code.partition(" Delivered")[0].strip()


def patterns():
    with CATALOGUE.open("rb") as file:
        messages = [message.id for message in read_po(file) if message.id]
    forms = [form for message in messages for form in ([message] if isinstance(message, str) else message)]
    parts = [PLACEHOLDER.split(form) for form in forms]
    return [re.compile(".+".join(map(re.escape, words))) for words in parts if len("".join(words)) > PUNCTUATION]


@pytest.mark.parametrize(("page", "sentence"), [found for found in sentences() if found[1] != "..."])
def test_output_is_shown_as_it_is_printed(page, sentence):
    assert any(pattern.fullmatch(sentence) for pattern in patterns()), f"{page} shows “{sentence}”"
