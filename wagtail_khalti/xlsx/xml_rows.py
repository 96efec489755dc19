"""Rows as a worksheet's XML, each cell with its place: without one some programs read nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from math import fsum

from wagtail_khalti.xlsx.control_characters import without_controls
from wagtail_khalti.xlsx.sheet import Cells, Chunk, Column, Kind, Sheet
from wagtail_khalti.xlsx.text_cell import MAX_LENGTH, text_cell
from wagtail_khalti.xlsx.workbook import (
    BOLD_MONEY_STYLE,
    DAY_STYLE,
    HEADING_STYLE,
    MONEY_STYLE,
    TIME_STYLE,
    letters_of,
)

BETWEEN = "\x00"  # in no cell: controls are gone by then
SPECIAL = ("&", "<", ">", "\r", "\n", "\t", "_x", f" {BETWEEN}", f"{BETWEEN} ")
"""In the cells of a column, one after another: something in one of them can't be written as it is. Looked for one by
one, since that takes a tenth of the time of a pattern."""

STYLES = {Kind.MONEY: MONEY_STYLE, Kind.NUMBER: 0, Kind.DAY: DAY_STYLE, Kind.TIME: TIME_STYLE}
FIRST_ROW = 2  # below the headings
EPOCH, ONE_DAY = datetime(1899, 12, 30), timedelta(days=1)  # noqa: DTZ001 - as Excel counts: in no zone
VISIBLE_SUM = 109  # of SUBTOTAL: of what a filter leaves


class XmlRows:
    """The rows of a sheet, taken as many at a time as there is room for, and summed."""

    def __init__(self, sheet: Sheet) -> None:
        self.sheet = sheet
        self.letters = [letters_of(number) for number in range(1, len(sheet.columns) + 1)]
        self.chunks = iter(sheet.chunks)
        self.waiting: Chunk = ()
        self.begin()

    def begin(self) -> None:
        """The next rows are the first ones of a worksheet."""
        self.next_row = FIRST_ROW
        self.sums = [0] * len(self.sheet.columns)

    @property
    def table(self) -> str:
        """Where it stands so far, with its headings: ``$A$1:$T$101``."""
        return f"$A$1:${self.letters[-1]}${self.next_row - 1}"

    def are_left(self) -> bool:
        while not _length(self.waiting) and (chunk := next(self.chunks, None)) is not None:
            self.waiting = chunk
        return bool(_length(self.waiting))

    def take(self, most: int) -> list[str]:
        """Some of the next ones; none only where there are no more."""
        if not self.are_left():
            return []
        taken, self.waiting = ([cells[:most] for cells in self.waiting], [cells[most:] for cells in self.waiting])
        return self._rows(taken)

    def total(self) -> str:
        """Of the rows since the beginning, and of those alone that a filter leaves; nothing where nothing is summed."""
        if not self.sheet.total or self.next_row == FIRST_ROW:
            return ""
        name = text_cell(f"A{self.next_row}", self.sheet.total, style=HEADING_STYLE)
        end = "" if self.sheet.columns[-1].is_summed else self._end(str(self.next_row))
        return f'<row r="{self.next_row}">{name}{"".join(self._sums())}{end}</row>'

    def _rows(self, chunk: Chunk) -> list[str]:
        numbers = list(map(str, range(self.next_row, self.next_row + _length(chunk))))
        self.next_row += len(numbers)
        self._count(chunk)
        columns = [_cells(*each, numbers) for each in zip(self.sheet.columns, self.letters, chunk, strict=True)]
        columns[-1] = [cell or self._end(number) for cell, number in zip(columns[-1], numbers, strict=True)]
        rows = map("".join, zip(*columns, strict=True))
        return [f'<row r="{number}">{cells}</row>' for number, cells in zip(numbers, rows, strict=True)]

    def _end(self, number: str) -> str:
        """Of each row, or programs that read row by row find rows of all lengths."""
        return f'<c r="{self.letters[-1]}{number}"/>'

    def _count(self, chunk: Chunk) -> None:
        for place, (column, cells) in enumerate(zip(self.sheet.columns, chunk, strict=True)):
            if column.is_summed:
                self.sums[place] += round(fsum(map(float, filter(None, cells))) * 100)

    def _sums(self) -> Iterator[str]:
        last = self.next_row - 1
        for column, letters, hundredths in zip(self.sheet.columns, self.letters, self.sums, strict=True):
            if column.is_summed:
                style = BOLD_MONEY_STYLE if column.kind is Kind.MONEY else HEADING_STYLE
                formula = f"SUBTOTAL({VISIBLE_SUM},{letters}{FIRST_ROW}:{letters}{last})"
                total = Decimal(f"{hundredths}e-2")
                value = f"<f>{formula}</f><v>{total}</v>"  # which programs that don't reckon show
                yield f'<c r="{letters}{self.next_row}" s="{style}">{value}</c>'


def _length(chunk: Chunk) -> int:
    return len(chunk[0]) if chunk else 0


def _cells(column: Column, letters: str, cells: Cells, numbers: Sequence[str]) -> list[str]:
    """Where nothing stands there is no cell."""
    begin = f'<c r="{letters}'
    rows = zip(cells, numbers, strict=True)
    if column.kind in (Kind.DAY, Kind.TIME):
        rows = zip(map(_serial, cells), numbers, strict=True)
    if column.kind in STYLES:
        middle = f'" s="{STYLES[column.kind]}"><v>'
        return [f"{begin}{number}{middle}{cell}</v></c>" if cell else "" for cell, number in rows]
    cells = without_controls(cells)
    text = f"{BETWEEN}{BETWEEN.join(cells)}{BETWEEN}"
    if any(sign in text for sign in SPECIAL) or max(map(len, cells), default=0) > MAX_LENGTH // 2:
        return [text_cell(f"{letters}{number}", cell) for cell, number in zip(cells, numbers, strict=True)]
    rows = zip(cells, numbers, strict=True)
    return [f'{begin}{number}" t="inlineStr"><is><t>{cell}</t></is></c>' if cell else "" for cell, number in rows]


def _serial(moment: str) -> str:
    """Days since Excel's epoch, so exactly that no program shows the second before."""
    return f"{(datetime.fromisoformat(moment) - EPOCH) / ONE_DAY:.10f}" if moment else ""
