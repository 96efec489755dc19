"""The parts of an Excel workbook besides its rows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

from wagtail_khalti.xlsx.control_characters import without_controls
from wagtail_khalti.xlsx.sheet import Column
from wagtail_khalti.xlsx.text_cell import text_cell

HEADING_STYLE, MONEY_STYLE, TIME_STYLE, DAY_STYLE, BOLD_MONEY_STYLE = range(1, 6)
MAX_TITLE_LENGTH = 31  # characters, says Excel
A4 = 9  # of Excel's sizes of paper

XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
SHEET_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"

STYLES = (
    f'{XML}<styleSheet xmlns="{MAIN}">'
    '<numFmts count="2"><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd\\ hh:mm"/>'
    '<numFmt numFmtId="165" formatCode="yyyy\\-mm\\-dd"/></numFmts>'
    '<fonts count="2"><font><sz val="11"/><name val="Calibri"/></font>'
    '<font><b/><sz val="11"/><name val="Calibri"/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill>'
    '<fill><patternFill patternType="gray125"/></fill></fills>'
    '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
    '<cellXfs count="6"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>'
    '<xf numFmtId="0" fontId="1" fillId="0" borderId="0" xfId="0" applyFont="1"/>'
    '<xf numFmtId="4" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>'
    '<xf numFmtId="164" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>'
    '<xf numFmtId="165" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>'
    '<xf numFmtId="4" fontId="1" fillId="0" borderId="0" xfId="0" applyNumberFormat="1" applyFont="1"/></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles>'
    "</styleSheet>"
)
"""Plain, bold for headings, 1,500.00 for sums, times and days as ISO writes them, bold sums for totals."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Worksheet:
    """One that is written."""

    title: str
    table: str
    """Where its table is, with the headings and without the totals: ``$A$1:$T$101``."""


def letters_of(number: int) -> str:
    """Of a column: A for 1, Z for 26, AA for 27."""
    before, last = divmod(number - 1, 26)
    return f"{letters_of(before) if before else ''}{chr(ord('A') + last)}"


def beginning(columns: Sequence[Column]) -> str:
    """Of a worksheet, up to and with the headings, which stay in sight."""
    widths = "".join(
        f'<col min="{number}" max="{number}" width="{column.width}" customWidth="1"/>'
        for number, column in enumerate(columns, start=1)
    )
    words = without_controls([column.heading for column in columns])
    headings = "".join(
        text_cell(f"{letters_of(number)}1", heading, style=HEADING_STYLE)
        for number, heading in enumerate(words, start=1)
    )
    return (
        f'{XML}<worksheet xmlns="{MAIN}"><sheetPr><pageSetUpPr fitToPage="1"/></sheetPr>'
        '<sheetViews><sheetView workbookViewId="0">'
        '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>'
        f'<cols>{widths}</cols><sheetData><row r="1">{headings}</row>'
    )


def ending(table: str) -> str:
    """Of a worksheet: the table can be filtered, and is printed landscape, as wide as the paper, with page numbers."""
    return (
        f'</sheetData><autoFilter ref="{table.replace("$", "")}"/>'
        '<pageMargins left="0.4" right="0.4" top="0.5" bottom="0.6" header="0.3" footer="0.3"/>'
        f'<pageSetup paperSize="{A4}" orientation="landscape" fitToWidth="1" fitToHeight="0"/>'
        "<headerFooter><oddFooter>&amp;L&amp;A&amp;R&amp;P / &amp;N</oddFooter></headerFooter></worksheet>"
    )


def workbook_files(made: Sequence[Worksheet]) -> Iterator[tuple[str, str]]:
    """What holds the worksheets together, by the name of the part."""
    numbers = range(1, len(made) + 1)
    titles = [worksheet.title[:MAX_TITLE_LENGTH] for worksheet in made]
    sheets = "".join(
        f'<sheet name={quoteattr(title)} sheetId="{number}" r:id="rId{number}"/>'
        for number, title in zip(numbers, titles, strict=True)
    )
    names = "".join(
        _names(place, title, worksheet.table) for place, (title, worksheet) in enumerate(zip(titles, made, strict=True))
    )
    yield (
        "xl/workbook.xml",
        f'{XML}<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets>{sheets}</sheets>'
        f"<definedNames>{names}</definedNames></workbook>",
    )
    related = "".join(_relation(number, "worksheet", f"worksheets/sheet{number}.xml") for number in numbers)
    yield "xl/_rels/workbook.xml.rels", _relations(related + _relation(len(made) + 1, "styles", "styles.xml"))
    yield "_rels/.rels", _relations(_relation(1, "officeDocument", "xl/workbook.xml"))
    yield "[Content_Types].xml", _content_types(numbers)


def _names(place: int, title: str, table: str) -> str:
    """What Excel keeps by name: where the filter is, and which rows each printed page repeats."""
    sheet = escape("'" + title.replace("'", "''") + "'")
    return (
        f'<definedName name="_xlnm._FilterDatabase" localSheetId="{place}" hidden="1">{sheet}!{table}</definedName>'
        f'<definedName name="_xlnm.Print_Titles" localSheetId="{place}">{sheet}!$1:$1</definedName>'
    )


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
