"""Rows as a worksheet's XML."""

from __future__ import annotations

import re
from collections.abc import Iterator

from wagtail_khalti.staff.exports.spreadsheets.defusing import without_controls
from wagtail_khalti.staff.exports.spreadsheets.sheet import Cells, Chunk, Column, Kind, Sheet
from wagtail_khalti.staff.exports.spreadsheets.text_cell import EMPTY, LONGEST, text_cell
from wagtail_khalti.staff.exports.spreadsheets.workbook import MONEY_STYLE

BETWEEN = "\x00"  # in no cell: controls are gone by then
SPECIAL = re.compile(r"[&<>\r]|_x|\A\s|\s\x00|\x00\s|\s\Z")
"""In the cells of a column, one after another: something in one of them can't be written as it is."""


class XmlRows:
    """The rows of a sheet, taken as many at a time as there is room for."""

    def __init__(self, sheet: Sheet) -> None:
        self.chunks = _chunks(sheet)
        self.waiting: list[str] = []

    def are_left(self) -> bool:
        while not self.waiting and (chunk := next(self.chunks, None)) is not None:
            self.waiting = chunk
        return bool(self.waiting)

    def take(self, most: int) -> list[str]:
        """Some of the next ones; none only where there are no more."""
        self.are_left()
        taken, self.waiting = self.waiting[:most], self.waiting[most:]
        return taken


def _chunks(sheet: Sheet) -> Iterator[list[str]]:
    for chunk in sheet.chunks:
        yield _rows(sheet, chunk)


def _rows(sheet: Sheet, chunk: Chunk) -> list[str]:
    columns = map(_cells, sheet.columns, chunk)
    return [f"<row>{cells}</row>" for cells in map("".join, zip(*columns, strict=True))]


def _cells(column: Column, cells: Cells) -> list[str]:
    if column.kind is Kind.MONEY:
        return [f'<c s="{MONEY_STYLE}"><v>{cell}</v></c>' if cell else EMPTY for cell in cells]
    if column.kind is Kind.NUMBER:
        return [f"<c><v>{cell}</v></c>" if cell else EMPTY for cell in cells]
    cells = without_controls(cells)
    if SPECIAL.search(BETWEEN.join(cells)) or max(map(len, cells), default=0) > LONGEST // 2:
        return [text_cell(cell) for cell in cells]
    return [f'<c t="inlineStr"><is><t>{cell}</t></is></c>' if cell else EMPTY for cell in cells]
