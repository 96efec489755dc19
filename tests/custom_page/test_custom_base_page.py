"""A site may swap Wagtail's base page for its own; the package never names that model."""

import subprocess
import sys

import pytest
import wagtail

pytestmark = [pytest.mark.heavy, pytest.mark.every_version]
swappable = pytest.mark.skipif(wagtail.VERSION < (8, 0), reason="Wagtail's base page can be swapped since 8.0")


@swappable
def test_a_visitor_pays_where_pages_have_another_base():
    visit = subprocess.run(
        [sys.executable, "-m", "tests.custom_page.visit"], capture_output=True, text=True, timeout=120
    )

    paid, listed = visit.stdout.splitlines() or ("", "")
    assert paid.split() == ["SalePage", "completed", "/thanks/", "/cheers/", "/sale/"], visit.stderr
    assert listed.split() == ["2", "True"], "a heading and a row, and a button in the editor"
