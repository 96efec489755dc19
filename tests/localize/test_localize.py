"""Content made by code leaves fields out, and wagtail-localize translates it all the same."""

import subprocess
import sys

import pytest

SOLD_OUT_ON_BOTH = ["True", "True"]

pytestmark = [pytest.mark.heavy, pytest.mark.every_version]


def test_a_translation_follows_the_price_and_shares_units():
    visit = subprocess.run([sys.executable, "-m", "tests.localize.visit"], capture_output=True, text=True, timeout=120)

    assert visit.stdout.split() == ["सदस्यता", "180000", "True", "कक्षा", "True", *SOLD_OUT_ON_BOTH], visit.stderr
