"""Control characters: XML forbids them, so no cell may hold one."""

from __future__ import annotations

import re

from wagtail_khalti.xlsx.sheet import Cells

CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def without_controls(cells: Cells) -> Cells:
    """Seldom is anything to be done."""
    text = "".join(cells)
    if text.isprintable() or not CONTROLS.search(text):  # the first is quicker, and nearly always enough
        return cells
    return [CONTROLS.sub("", cell) for cell in cells]
