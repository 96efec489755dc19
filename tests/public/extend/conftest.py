"""The examples of the manual, as a site would have them in its own code."""

import sys
from types import ModuleType

import pytest

from tests.docs.blocks import blocks

PAGE = "docs/howto/extend.md"


def code_of(test):
    """The code that this test runs, without what stands in settings."""
    code = [block.code for block in blocks() if block.page == PAGE and block.run_by.endswith(test)]
    return "\n".join(each for each in code if not each.startswith("WAGTAIL_KHALTI"))


@pytest.fixture
def example(request, monkeypatch):
    """The module ``library``, with the code of the manual that this test file runs."""
    module = ModuleType("library")
    monkeypatch.setitem(sys.modules, "library", module)
    exec(code_of(request.path.name), vars(module))
    return module


@pytest.fixture
def option(settings):
    def set_option(**options):
        settings.WAGTAIL_KHALTI = {**settings.WAGTAIL_KHALTI, **options}

    return set_option
