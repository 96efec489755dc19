"""The parts of an Excel workbook besides its rows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from xml.sax.saxutils import quoteattr

from wagtail_khalti.staff.exports.spreadsheets.sheet import Column
from wagtail_khalti.staff.exports.spreadsheets.text_cell import text_cell

HEADING_STYLE, MONEY_STYLE = 1, 2
LONGEST_TITLE = 31  # characters, says Excel

XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
SHEET_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"

STYLES = (
    f'{XML}<styleSheet xmlns="{MAIN}">'
    '<fonts count="2"><font><sz val="11"/><name val="Calibri"/></font>'
    '<font><b/><sz val="11"/><name val="Calibri"/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill>'
    '<fill><patternFill patternType="gray125"/></fill></fills>'
    '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
    '<cellXfs count="3"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>'
    '<xf numFmtId="0" fontId="1" fillId="0" borderId="0" xfId="0" applyFont="1"/>'
    '<xf numFmtId="4" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles>'
    "</styleSheet>"
)
"""Plain, bold for headings, and 1,500.00 for sums."""

ENDING = "</sheetData></worksheet>"


def beginning(columns: Sequence[Column]) -> str:
    """Of a worksheet, up to and with the headings, which stay in sight."""
    widths = "".join(
        f'<col min="{number}" max="{number}" width="{column.width}" customWidth="1"/>'
        for number, column in enumerate(columns, start=1)
    )
    headings = "".join(text_cell(column.heading, style=HEADING_STYLE) for column in columns)
    return (
        f'{XML}<worksheet xmlns="{MAIN}"><sheetViews><sheetView workbookViewId="0">'
        '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>'
        f"<cols>{widths}</cols><sheetData><row>{headings}</row>"
    )


def parts(titles: Sequence[str]) -> Iterator[tuple[str, str]]:
    """What holds the worksheets together, by the name of the part."""
    numbers = range(1, len(titles) + 1)
    sheets = "".join(
        f'<sheet name={quoteattr(title[:LONGEST_TITLE])} sheetId="{number}" r:id="rId{number}"/>'
        for number, title in zip(numbers, titles, strict=True)
    )
    yield "xl/workbook.xml", f'{XML}<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets>{sheets}</sheets></workbook>'
    related = "".join(_relation(number, "worksheet", f"worksheets/sheet{number}.xml") for number in numbers)
    yield "xl/_rels/workbook.xml.rels", _relations(related + _relation(len(titles) + 1, "styles", "styles.xml"))
    yield "_rels/.rels", _relations(_relation(1, "officeDocument", "xl/workbook.xml"))
    yield "[Content_Types].xml", _content_types(numbers)


def _relation(number: int, kind: str, target: str) -> str:
    return f'<Relationship Id="rId{number}" Type="{OFFICE}/{kind}" Target="{target}"/>'


def _relations(relations: str) -> str:
    return f'{XML}<Relationships xmlns="{PACKAGE}/relationships">{relations}</Relationships>'


def _content_types(numbers: Sequence[int]) -> str:
    named = {f"worksheets/sheet{number}.xml": "worksheet" for number in numbers}
    named |= {"workbook.xml": "sheet.main", "styles.xml": "styles"}
    overrides = "".join(
        f'<Override PartName="/xl/{name}" ContentType="{SHEET_TYPE}.{kind}+xml"/>' for name, kind in named.items()
    )
    return (
        f'{XML}<Types xmlns="{PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Default Extension="xml" ContentType="application/xml"/>{overrides}</Types>'
    )
