"""Spreadsheets as such: limits of Excel, odd texts, and how much memory they take."""

import io
import re
import tracemalloc
from zipfile import ZipFile

import pytest
from openpyxl import load_workbook

from wagtail_khalti.staff.exports.spreadsheets.as_csv import write_csv
from wagtail_khalti.staff.exports.spreadsheets.cells import MAX_CACHED, CachedText, plain_rupees
from wagtail_khalti.staff.exports.spreadsheets.defusing import defused
from wagtail_khalti.xlsx import Column, Kind, Sheet, Spool, write_xlsx
from wagtail_khalti.xlsx.text_cell import MAX_LENGTH
from wagtail_khalti.xlsx.workbook import letters_of

MEGABYTE = 1_000_000


def make_sheet(chunks, title="Seats", total=""):
    columns = [
        Column(heading="Name"),
        Column(heading="Amount", kind=Kind.MONEY, is_summed=True),
        Column(heading="Rows", kind=Kind.NUMBER, is_summed=True),
    ]
    return Sheet(title=title, columns=columns, chunks=chunks, total=total)


def numbered(first, last):
    numbers = range(first, last + 1)
    return [[f"Seat {number}" for number in numbers], [f"{number}.50" for number in numbers], list(map(str, numbers))]


def rows_of(parts):
    content = b"".join(parts)
    read = []
    for read_only in (False, True):
        book = load_workbook(io.BytesIO(content), read_only=read_only, data_only=True)
        read.append({sheet.title: [list(row) for row in sheet.iter_rows(values_only=True)] for sheet in book})
        book.close()
    assert read[0] == read[1]
    return read[0]


class TestALongTable:
    def test_goes_on_in_the_next_sheet_and_loses_no_row(self):
        sheets = rows_of(write_xlsx([make_sheet([numbered(1, 4), numbered(5, 8), numbered(9, 10)])], max_rows=5))

        assert list(sheets) == ["Seats", "Seats 2", "Seats 3"]
        assert [len(rows) for rows in sheets.values()] == [5, 5, 3]
        assert all(rows[0] == ["Name", "Amount", "Rows"] for rows in sheets.values())
        assert [row[2] for rows in sheets.values() for row in rows[1:]] == list(range(1, 11))

    def test_has_no_empty_sheet_behind_a_full_one(self):
        assert list(rows_of(write_xlsx([make_sheet([numbered(1, 4)])], max_rows=5))) == ["Seats"]

    def test_goes_on_in_the_next_sheet_before_it_is_too_large(self):
        sheets = rows_of(write_xlsx([make_sheet([numbered(1, 4), numbered(5, 8)])], max_bytes=100))

        assert [len(rows) for rows in sheets.values()] == [5, 5]

    def test_is_followed_by_the_next_table(self):
        tables = [
            make_sheet([numbered(1, 6)]),
            make_sheet([], title="Other"),
            make_sheet([numbered(1, 1)], title="Last"),
        ]

        assert list(rows_of(write_xlsx(tables, max_rows=5))) == ["Seats", "Seats 2", "Other", "Last"]

    @pytest.mark.parametrize("write", [write_csv, lambda sheet: write_xlsx([sheet])])
    def test_is_sent_while_it_is_written(self, write):
        asked = []

        def chunks():
            for number in range(40):
                asked.append(number)
                yield numbered(1, 2000)

        parts = write(make_sheet(chunks()))

        assert next(parts)
        assert asked == []
        next(parts)
        assert len(asked) < 20, "or it were all in memory"
        assert b"" not in list(parts), "to some servers an empty part is the end"

    @pytest.mark.parametrize("write", [write_csv, lambda sheet: write_xlsx([sheet])])
    def test_takes_no_more_memory_than_a_short_one(self, write):
        def peak(chunks):
            tracemalloc.start()
            for _part in write(make_sheet(numbered(1, 2000) for _number in range(chunks))):
                pass
            found = tracemalloc.get_traced_memory()[1]
            tracemalloc.stop()
            return found

        few, many = peak(3), peak(30)

        assert many < few + MEGABYTE / 2
        assert many < 30 * MEGABYTE


class TestAWorksheet:
    @pytest.fixture
    def book(self):
        sheet = make_sheet([numbered(1, 3), numbered(4, 5)], title="A seat's & more", total="Total")
        content = b"".join(write_xlsx([sheet], max_rows=5))
        return load_workbook(io.BytesIO(content))

    def test_has_a_place_in_each_row_and_cell(self):
        content = b"".join(write_xlsx([make_sheet([[["a", ""], ["1.00", ""], ["", "2"]]])]))

        raw = ZipFile(io.BytesIO(content)).read("xl/worksheets/sheet1.xml").decode()
        assert re.findall('<row r="([^"]+)">', raw) == ["1", "2", "3"]
        assert re.findall('<c r="([^"]+)"', raw) == ["A1", "B1", "C1", "A2", "B2", "C2", "C3"]
        assert len(re.findall("<(?:row|c)[ >/]", raw)) == 10, "nothing is without a place"

    def test_can_be_filtered_below_headings_that_stay_in_sight(self, book):
        first, second = book

        assert (first.auto_filter.ref, second.auto_filter.ref) == ("A1:C4", "A1:C3")
        assert first.freeze_panes == "A2"

    def test_prints_landscape_in_page_width_with_its_headings(self, book):
        first, _second = book

        assert (first.page_setup.orientation, first.page_setup.paperSize) == ("landscape", 9)
        assert (first.sheet_properties.pageSetUpPr.fitToPage, first.page_setup.fitToHeight) == (True, 0)
        assert first.print_title_rows == "$1:$1"

    def test_sums_its_own_rows_and_says_what_came_of_it(self, book):
        first, second = book

        assert [cell.value for cell in first[5]] == ["Total", "=SUBTOTAL(109,B2:B4)", "=SUBTOTAL(109,C2:C4)"]
        assert [cell.value for cell in second[4]] == ["Total", "=SUBTOTAL(109,B2:B3)", "=SUBTOTAL(109,C2:C3)"]

    def test_has_each_sum_also_for_programs_that_reckon_nothing(self):
        cells = [["x", "y", "z"], ["0.10", "", "-1000000000000.30"], ["1", "2", "3"]]

        rows = rows_of(write_xlsx([make_sheet([cells], total="Total")]))["Seats"]

        assert rows[-1] == ["Total", -1000000000000.2, 6]

    def test_has_no_totals_of_nothing(self):
        assert rows_of(write_xlsx([make_sheet([], total="Total")]))["Seats"] == [["Name", "Amount", "Rows"]]

    @pytest.mark.parametrize(("number", "letters"), [(1, "A"), (26, "Z"), (27, "AA"), (52, "AZ"), (703, "AAA")])
    def test_names_its_columns_by_letters(self, number, letters):
        assert letters_of(number) == letters


class TestTextInExcel:
    @pytest.mark.parametrize(
        "text", ["  spaces  ", "a & b < c", "_x000D_", "__x0041_", "😀 नेपाल", "tab\there", "1500.00"]
    )
    def test_stays_as_it_is(self, text):
        content = b"".join(write_xlsx([make_sheet([[[text], [""], [""]]])]))

        raw = ZipFile(io.BytesIO(content)).read("xl/worksheets/sheet1.xml").decode()
        shown = load_workbook(io.BytesIO(content)).active["A2"].value
        assert shown.replace("_x005F_x", "_x") == text
        assert raw.count("inlineStr") == 4, "three headings and the text"

    def test_escapes_underscores_that_excel_would_decode(self):
        content = b"".join(write_xlsx([make_sheet([[["_x000D_"], [""], [""]]])]))

        assert b"_x005F_x000D_" in ZipFile(io.BytesIO(content)).read("xl/worksheets/sheet1.xml")

    def test_is_cut_where_a_cell_is_full(self):
        rows = rows_of(write_xlsx([make_sheet([[["x" * 40_000, "😀" * 20_000], ["", ""], ["", ""]]])]))["Seats"]

        assert (rows[1][0], rows[2][0]) == ("x" * MAX_LENGTH, "😀" * (MAX_LENGTH // 2))

    def test_has_ends_of_lines_as_excel_has_them(self):
        assert rows_of(write_xlsx([make_sheet([[["a\r\nb\rc"], [""], [""]]])]))["Seats"][1][0] == "a\nb\nc"

    def test_is_the_name_of_a_sheet_also_in_nepali_and_with_signs(self):
        assert list(rows_of(write_xlsx([make_sheet([], title='भुक्तानी & "more"')]))) == ['भुक्तानी & "more"']


@pytest.mark.parametrize("text", ["\t=1", "\r=1", "\n=1", "\u200b+1", "\ufeff-1", "\x00@A", " \u2066=1", "＋1"])
def test_a_formula_is_found_behind_what_nobody_sees(text):
    plain, found = defused(["a", text])

    assert (plain, found[0], found.replace("'", "")) == ("a", "'", text)


@pytest.mark.parametrize("text", ["", "a=1", "1-1", "नमस्ते", "(=1)", " a", "\u200ba"])
def test_what_is_no_formula_stays(text):
    assert defused([text, "\u0915"]) == [text, "\u0915"]


@pytest.mark.parametrize(
    ("paisa", "written"),
    [(0, "0.00"), (5, "0.05"), (-5, "-0.05"), (150_000, "1500.00"), (10**17 + 1, "1000000000000000.01"), (None, "")],
)
def test_rupees_are_exact(paisa, written):
    assert plain_rupees(paisa) == written


def test_answers_are_kept_only_as_long_as_there_is_room():
    kept = CachedText(str)

    assert [kept[number] for number in range(MAX_CACHED + 5)][-1] == str(MAX_CACHED + 4)
    assert len(kept) == 5


def test_a_spool_gives_back_what_was_put_and_is_gone_afterwards():
    with Spool() as spool:
        spool.put([["a\nb", "\ud800"], ["1", "2"]])
        spool.put([["c"], ["3"]])

        assert list(spool.chunks()) == [[["a\nb", "\ud800"], ["1", "2"]], [["c"], ["3"]]]
    assert spool.file.closed
