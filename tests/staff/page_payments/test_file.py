"""The payments of a page as a file."""

import csv
import io

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook
from wagtail.models import ModelLogEntry

from tests.staff.conftest import EXPORT, PERSONAL
from tests.staff.many import make_many
from tests.staff.page_payments.conftest import VIEW_PAGE, answer, source_of, url_of
from wagtail_khalti.dates.days import today
from wagtail_khalti.staff.exports.spreadsheets import rows
from wagtail_khalti.staff.page_payments import sheet
from wagtail_khalti.testing.factories import RefundFactory


@pytest.fixture
def download(organiser, shop):
    def download(desk=None, **query):
        response = (desk or organiser).client.get(url_of(shop, "payments_file"), query)
        assert response.status_code == 200, response.status_code
        return b"".join(response.streaming_content)

    return download


@pytest.fixture
def read(download):
    def read(desk=None, **query):
        return list(csv.DictReader(io.StringIO(download(desk, **query).decode("utf-8-sig"), newline="")))

    return read


class TestARow:
    @pytest.mark.every_database
    def test_has_money_and_a_column_for_each_question(self, read, shop, pay):
        payment = pay(shop, answer("Class", "7"), answer("Terms", False), fee=4_500)
        RefundFactory(payment=payment, amount=20_000)

        [row] = read()

        assert row["Reference"] == payment.readable_reference
        assert (row["Name"], row["Class"], row["Terms"]) == ("Sita Rai", "7", "No")
        assert (row["Gross"], row["Refunded"], row["Net"]) == ("1500.00", "200.00", "1255.00")

    @pytest.mark.every_database
    def test_has_the_receipt_number(self, read, shop, pay):
        payment = pay(shop)

        assert read()[0]["Receipt number"] == payment.readable_receipt_number

    def test_keeps_answers_to_renamed_questions_apart(self, read, shop, pay):
        pay(shop, answer("Grade", "6", name="class"))
        pay(shop, answer("Class", "7", name="class"))

        assert [(row["Class"], row["Grade"]) for row in read()] == [("7", ""), ("", "6")]

    def test_has_no_contacts_without_that_permission(self, read, shop, pay, person):
        pay(shop)

        assert {"E-mail", "Mobile number"}.isdisjoint(read()[0])

    def test_has_contacts_with_it(self, read, shop, pay, person):
        pay(shop)
        desk = person(VIEW_PAGE, PERSONAL, pages=[shop])

        assert read(desk)[0]["E-mail"] == "sita.rai@example.com"

    def test_has_no_name_and_no_answer_for_who_only_exports(self, read, download, shop, pay, person):
        pay(shop, answer("Class", "Lotus"))
        desk = person(EXPORT)

        assert read(desk)[0]["Name"] == ""
        assert "Class" not in read(desk)[0]
        assert b"Lotus" not in download(desk)

    def test_is_no_formula_in_any_cell_or_heading(self, download, read, shop, pay):
        pay(shop, answer("=1+1", "=2+2"), answer("Note", '@SUM(1)\n=HYPERLINK("x")'), customer_name="+977=3+3")

        [row] = read()

        assert row["'=1+1"] == "'=2+2"
        assert row["Name"] == "'+977=3+3"
        assert row["Note"].startswith("'@SUM(1)")
        assert "\n=" not in download().decode()

    def test_has_a_hundred_questions_and_the_rest_in_one_column(self, read, shop, pay):
        pay(shop, *[answer(f"Question {number}", str(number)) for number in range(500)])

        [row] = read()

        assert len([heading for heading in row if heading.startswith("Question")]) == sheet.MAX_ANSWER_COLUMNS
        assert row["Question 99"] == "99"
        assert row["Other answers"].endswith("Question 499: 499")


@pytest.mark.every_database
class TestWhichPayments:
    def test_are_those_that_the_list_shows(self, read, shop, pay):
        pay(shop), pay(shop, customer_name="Gita Rana"), pay(shop, scenario="expired", customer_name="Hari Thapa")

        assert [row["Name"] for row in read(q="Gita")] == ["Gita Rana"]
        assert [row["Name"] for row in read(status="expired")] == ["Hari Thapa"]
        assert read(mode="live") == []

    def test_are_read_some_at_a_time(self, read, organiser, shop, monkeypatch):
        monkeypatch.setattr(rows, "ROWS", 10)
        make_many(35, answers=lambda number: [answer("Seat", str(number))], **source_of(shop))

        with CaptureQueriesContext(connection) as queries:
            found = read()

        assert [row["Seat"] for row in found] == [str(number) for number in range(1, 36)]
        assert all("LIMIT 10" in query["sql"] for query in queries if "answers" in query["sql"])

    def test_can_be_none(self, read):
        assert read() == []


class TestTheDownload:
    def test_is_named_after_page_mode_and_day(self, organiser, shop):
        response = organiser.client.get(url_of(shop, "payments_file"), {"format": "exe"})

        name = f"khalti-payments-simulator-page-{shop.pk}-{today()}.csv"
        assert response["Content-Disposition"] == f'attachment; filename="{name}"'
        assert "no-store" in response["Cache-Control"]
        response.close()

    def test_is_a_workbook_if_asked(self, download, shop, pay):
        pay(shop, answer("Class\x07", "=7"))

        book = load_workbook(io.BytesIO(download(format="xlsx")))

        cells = [[cell.value for cell in row] for row in book.active.iter_rows()]
        assert "Class" in cells[0]
        assert cells[1][cells[0].index("Class")] == "=7"
        assert book.active.cell(2, cells[0].index("Class") + 1).data_type in ("s", "inlineStr")

    def test_is_in_the_log_without_what_was_searched(self, download, shop, pay):
        download(q="Sita", status="paid", format="xlsx")

        entry = ModelLogEntry.objects.get(action="wagtail_khalti.export")

        assert entry.data == {
            "what": "page",
            "page": shop.pk,
            "format": "xlsx",
            "mode": "simulator",
            "filters": {"status": "paid"},
            "searched": True,
        }
        assert "Payments of a page" in entry.message

    def test_is_refused_in_words_if_a_filter_makes_no_sense(self, organiser, shop):
        response = organiser.client.get(url_of(shop, "payments_file"), {"status": "rich"})

        assert response.status_code == 400
        assert "Status: This is not one of the choices." in response.content.decode()
        assert not ModelLogEntry.objects.filter(action="wagtail_khalti.export").exists()
