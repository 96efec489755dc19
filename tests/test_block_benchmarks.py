"""The benchmark of the blocks compares them with plain blocks of the same HTML, and counts what doesn't vary."""

import pytest

from benchmarks import block_rendering
from benchmarks.shop import new_page

pytestmark = pytest.mark.django_db


def test_blocks_are_measured_and_within_what_does_not_vary(home, monkeypatch):
    monkeypatch.setattr(block_rendering, "ROUNDS", 2)
    monkeypatch.setattr(block_rendering, "STRETCHES", 1)

    figures = list(block_rendering.measure_blocks(new_page("Thank you")))

    assert len({figure.name for figure in figures}) == len(figures)
    assert [figure.what for figure in figures if figure.unit != "ms" and not figure.is_ok] == []
