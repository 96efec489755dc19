"""What axe finds wrong with a page, in words; its script, half a megabyte, is put into each page once."""

import pytest

axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe-playwright-python is missing")
scripts = pytest.importorskip("axe_playwright_python.base", reason="axe-playwright-python is missing")


def complaints_of_axe(page, part=None):
    """``part``: which elements, as axe has it; None for all. Empty where there is nothing to complain of."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(scripts.AXE_SCRIPT)
    found = axe.Axe(axe_script="undefined").run(page, context=part)
    return found.generate_report() if found.violations_count else ""
