"""The files that developers are sent to are where the text says."""

import re
from pathlib import Path

import pytest

import wagtail_khalti

PACKAGE = Path(wagtail_khalti.__file__).parent
ROOT = Path(__file__).parents[2]
FILE_NAME = re.compile(r"`([\w./-]+\.(?:py|html|txt|js|cfg|toml))`")


@pytest.mark.parametrize("page", ["CONTRIBUTING.md", "docs/architecture.md"])
def test_every_file_that_is_named_exists(page):
    named = set(FILE_NAME.findall((ROOT / page).read_text()))

    assert len(named) > 10
    assert sorted(name for name in named if not any((folder / name).is_file() for folder in (PACKAGE, ROOT))) == []


def test_each_example_names_its_files_in_order():
    [section] = re.findall(r"^### Five examples\n(.*?)^## ", (ROOT / "CONTRIBUTING.md").read_text(), re.M | re.S)
    walks = section.split("\n#### ")[1:]

    assert len(walks) == 5
    for walk in walks:
        steps = re.findall(r"^(\d+)\. (.*)$", walk, re.M)
        assert [int(number) for number, _text in steps] == list(range(1, len(steps) + 1))
        assert all(FILE_NAME.match(text) for _number, text in steps)
