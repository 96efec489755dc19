"""An Excel workbook that is sent while it is written. Libraries send nothing until the last row is in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from zipfile import ZIP_DEFLATED, ZipFile

from wagtail_khalti.xlsx import workbook
from wagtail_khalti.xlsx.sheet import Sheet
from wagtail_khalti.xlsx.workbook import Worksheet
from wagtail_khalti.xlsx.xml_rows import XmlRows

CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MAX_ROWS = 1_048_576  # of a sheet, its headings and totals among them: Excel's own limit
MAX_BYTES = 1_500_000_000  # of a sheet's XML: from 2 GiB on it would need a form of zip that Excel refuses in a stream
QUICKLY = 1  # of zlib's levels: a larger file in a third of the time


class Outlet:
    """Where the zip file is written to, and taken from at once. ``zipfile`` knows how to do without going back."""

    def __init__(self) -> None:
        self.parts: list[bytes] = []

    def write(self, part: bytes) -> int:
        self.parts.append(bytes(part))
        return len(part)

    def flush(self) -> None:
        """Nothing waits here."""

    def drain(self) -> bytes:
        written = b"".join(self.parts)
        self.parts.clear()
        return written


def write_xlsx(sheets: Iterable[Sheet], *, max_rows: int = MAX_ROWS, max_bytes: int = MAX_BYTES) -> Iterator[bytes]:
    """One sheet after another; what is too long for one goes on in the next, with the headings again.

    An error is let through: without its end the file can't be opened, and can't be taken for a whole one.
    """
    outlet, made = Outlet(), list[Worksheet]()
    with ZipFile(outlet, "w", ZIP_DEFLATED, compresslevel=QUICKLY) as file:  # type: ignore[call-overload] # asks for less
        file.writestr("xl/styles.xml", workbook.STYLES)
        yield outlet.drain()
        for sheet in sheets:
            rows = XmlRows(sheet)
            for title in _titles(sheet, rows):
                with file.open(f"xl/worksheets/sheet{len(made) + 1}.xml", "w") as part:
                    for written in _sheet_parts(sheet, rows, max_rows=max_rows, max_bytes=max_bytes):
                        part.write(written)
                        if ready := outlet.drain():
                            yield ready
                made.append(Worksheet(title=title, table=rows.table))
        for name, text in workbook.workbook_files(made):
            file.writestr(name, text)
    yield outlet.drain()


def _titles(sheet: Sheet, rows: XmlRows) -> Iterator[str]:
    """As many as it takes; one also where there is no row."""
    yield sheet.title
    number = 2
    while rows.are_left():
        yield f"{sheet.title} {number}"
        number += 1


def _sheet_parts(sheet: Sheet, rows: XmlRows, *, max_rows: int, max_bytes: int) -> Iterator[bytes]:
    yield workbook.beginning(sheet.columns).encode()
    rows.begin()
    lines, room = max_rows - (2 if sheet.total else 1), max_bytes
    while lines and room > 0 and (taken := rows.take(lines)):
        written = "".join(taken).encode()
        lines, room = lines - len(taken), room - len(written)
        yield written
    yield (rows.total() + workbook.ending(rows.table)).encode()
