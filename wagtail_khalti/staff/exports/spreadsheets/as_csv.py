"""CSV for Excel: with a byte order mark, so that Nepali is read as UTF-8, and without formulas."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from wagtail_khalti.staff.exports.spreadsheets.defusing import defused
from wagtail_khalti.xlsx import Cells, Column, Kind, Sheet, without_controls

BYTE_ORDER_MARK = b"\xef\xbb\xbf"
CONTENT_TYPE = "text/csv; charset=utf-8"


def write_csv(sheet: Sheet) -> Iterator[bytes]:
    """Sends the headings before the first query. Errors are not caught: an interrupted file must show as a failed
    download, never as a shorter file."""
    text = io.StringIO(newline="")
    write = csv.writer(text).writerows
    write([defused(without_controls([column.heading for column in sheet.columns]))])  # some are an editor's words
    yield BYTE_ORDER_MARK + _drain(text)
    for chunk in sheet.chunks:
        write(zip(*map(_safe, sheet.columns, chunk), strict=True))
        yield _drain(text)


def _safe(column: Column, cells: Cells) -> Cells:
    if column.kind is Kind.BS_DAY:  # as it is, spreadsheets would take some of these days for days in AD
        return [f"{cell} BS" if cell else cell for cell in cells]
    return defused(without_controls(cells)) if column.kind is Kind.TEXT else cells


def _drain(text: io.StringIO) -> bytes:
    written = text.getvalue().encode()
    text.seek(0)
    text.truncate()
    return written
