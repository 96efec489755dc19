"""A text in a worksheet's XML: marked as one, so that it is no formula, and therefore kept as it was typed."""

from __future__ import annotations

import re
from xml.sax.saxutils import escape

MAX_LENGTH = 32_767  # characters, of which Excel counts those beyond the first plane twice

ESCAPED_BY_EXCEL = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
"""Excel takes ``_x000D_`` for a carriage return, and ``_x005F_`` for the underscore."""


def text_cell(place: str, text: str, *, style: int = 0) -> str:
    """Any text without control characters, as much of it as a cell can hold; ``place`` as in ``B7``."""
    if not text:
        return ""
    lines = _shortened(text.replace("\r\n", "\n").replace("\r", "\n"))
    shown = escape(ESCAPED_BY_EXCEL.sub("_x005F_", lines))
    look = f' s="{style}"' if style else ""
    return f'<c r="{place}"{look} t="inlineStr"><is><t xml:space="preserve">{shown}</t></is></c>'


def _shortened(text: str) -> str:
    counted = text.encode("utf-16-le")
    return text if len(counted) <= 2 * MAX_LENGTH else counted[: 2 * MAX_LENGTH].decode("utf-16-le", "ignore")
