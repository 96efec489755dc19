"""Files of payments: for whom, of which, what stands in them, and how they are sent."""

import csv
import io
import json
import re
from datetime import datetime, time, timedelta
from zipfile import ZipFile

import pytest
from asgiref.sync import async_to_sync
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group, Permission
from django.db import connection
from django.test import AsyncClient
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook
from wagtail.models import GroupSitePermission, ModelLogEntry, Site
from wagtail.users.models import UserProfile

from tests.staff.conftest import EXPORT, PERSONAL, Seen, url_of, words_of
from wagtail_khalti.dates.days import today
from wagtail_khalti.models import KhaltiPayment
from wagtail_khalti.reporting.totals import totals
from wagtail_khalti.staff.exports.spreadsheets import rows
from wagtail_khalti.testing.factories import PaymentFactory, RefundFactory

PERSONAL_COLUMNS = {"Name", "E-mail", "Mobile number", "Answers"}


@pytest.fixture
def accountant(sign_in):
    return sign_in("accountant")


@pytest.fixture
def download(accountant):
    """The whole file, as the accountant gets it."""

    def download(name="export_payments", desk=accountant, **query):
        response = desk.client.get(url_of(name), query)
        assert response.status_code == 200, response.status_code
        return b"".join(response.streaming_content)

    return download


@pytest.fixture
def read(download):
    """The rows of the CSV file, each by its headings."""

    def read(name="export_payments", **query):
        return records(download(name, **query))

    return read


@pytest.fixture
def one_site(sign_in, home):
    """Somebody who may export the payments of the default site only, and see whom they are of there."""

    def make(*codenames, role="editor"):
        desk = sign_in(role)
        group = Group.objects.create(name="One site")
        for codename in codenames:
            permission = Permission.objects.get(codename=codename)
            GroupSitePermission.objects.create(group=group, site=Site.objects.get(), permission=permission)
        user_of(role).groups.add(group)
        return desk

    return make


def user_of(role):
    return get_user_model().objects.get(username=role)


def records(content):
    assert content.startswith(b"\xef\xbb\xbf"), "or Excel shows no Nepali"
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def sheets(content):
    book = load_workbook(io.BytesIO(content), data_only=True)
    return {sheet.title: [list(row) for row in sheet.iter_rows(values_only=True)] for sheet in book}


def parts_of(content):
    """What a workbook is made of, or nothing."""
    if not content.startswith(b"PK"):
        return []
    book = ZipFile(io.BytesIO(content))
    return [book.read(name) for name in book.namelist()]


class TestTheWayThere:
    @pytest.mark.parametrize(("role", "sees"), [("viewer", False), ("cashier", False), ("accountant", True)])
    def test_is_a_button_above_the_list_for_who_may_export(self, sign_in, paid, role, sees):
        buttons = sign_in(role).get("index", status="completed", p="1").soup.select("a.w-header-button")

        found = [button["href"] for button in buttons if words_of(button) == "Export"]

        assert found == [f"{url_of('export')}?status=completed"] * sees


class TestThePage:
    def test_says_which_payments_and_how_many(self, accountant, paid):
        page = accountant.get("export", status="completed", amount_from="1000")

        assert page.figures["Number of payments"] == "1 payment"
        assert page.figures["Status"] == "Completed"
        assert page.figures["Amount"] == "from 1000"
        assert "No money moves." in page.text

    def test_has_buttons_that_bring_the_same_payments(self, accountant, make_paid):
        make_paid(purpose="Membership")
        make_paid(90_000, purpose="Book")
        form = accountant.get("export", amount_to="1000").main.select_one(f"form[action='{url_of('export_payments')}']")
        asked = {field["name"]: field["value"] for field in form.select("input")}

        response = accountant.client.get(form["action"], {**asked, "format": "csv"})

        assert [row["Description"] for row in records(b"".join(response.streaming_content))] == ["Book"]

    def test_says_that_a_filter_makes_no_sense_and_offers_no_file(self, accountant, paid):
        page = accountant.get("export", created_from="2083-13-40")

        assert "Enter a valid date" in page.text
        assert page.main.select(f"form[action='{url_of('export_payments')}']") == []

    def test_says_how_long_a_large_file_takes(self, accountant, paid, monkeypatch):
        monkeypatch.setattr("wagtail_khalti.staff.exports.preview.MIN_SLOW_COUNT", 1)

        assert "CSV: about 1 seconds, 1 MB" in accountant.get("export").text

    @pytest.mark.every_database
    def test_says_that_there_are_more_than_are_worth_counting(self, accountant, make_paid, monkeypatch):
        monkeypatch.setattr("wagtail_khalti.staff.exports.preview.MAX_COUNT", 1)
        make_paid(), make_paid()

        assert accountant.get("export").figures["Number of payments"] == "More than 1 payments"

    def test_can_be_opened_without_any_payment(self, accountant):
        assert accountant.get("export").figures["Number of payments"] == "0 payments"


class TestWhatCantBeMeant:
    @pytest.mark.parametrize(
        "query",
        [{"created_from": "2026-02-30"}, {"status": "rich"}, {"paid_from": "2026-11-21", "paid_to": "2026-11-20"}],
    )
    def test_brings_no_file_of_payments_but_words(self, accountant, paid, query):
        page = accountant.get("export_payments", **query)

        assert page.status == 400
        assert "Nothing can be exported, because a filter is not valid:" in page.text
        assert ModelLogEntry.objects.filter(action="wagtail_khalti.export").count() == 0

    @pytest.mark.parametrize(
        ("first", "last", "words"),
        [
            ("2026-02-30", "2026-03-01", "Enter a valid date"),
            ("2026-03-02", "2026-03-01", "The end date is before the start date."),
            ("1976-01-01", "2026-01-01", "A period can't be longer than ten years."),
            ("2026-03-02", "", "This field is required."),
        ],
    )
    def test_brings_no_file_of_days_but_words(self, accountant, first, last, words):
        page = accountant.get("export_days", first=first, last=last)

        assert page.status == 400
        assert any(error.startswith(words) for error in page.errors)

    def test_is_csv_where_no_other_type_is_known(self, accountant, paid):
        response = accountant.client.get(url_of("export_payments"), {"format": "exe"})

        assert response["Content-Type"] == "text/csv; charset=utf-8"


class TestTheHeaders:
    @pytest.mark.parametrize(("file_type", "kind"), [("csv", "text/csv"), ("xlsx", "application/vnd.openxml")])
    def test_name_the_file_and_keep_it_from_caches(self, accountant, paid, file_type, kind):
        response = accountant.client.get(url_of("export_payments"), {"format": file_type})

        name = f"khalti-payments-simulator-{today()}.{file_type}"
        assert response["Content-Disposition"] == f'attachment; filename="{name}"'
        assert response["Content-Type"].startswith(kind)
        assert "no-store" in response["Cache-Control"]
        response.close()


@pytest.mark.every_database
class TestARow:
    def test_says_all_that_an_accountant_asks(self, read, make_paid, time_machine):
        time_machine.move_to("2026-11-21T04:18:00Z", tick=False)
        payment = make_paid(fee=4_500, source_title="Shop", block_path="body.1", language="ne")

        row = read(technical=1)[0]

        assert row["Reference"] == payment.readable_reference
        assert (row["Status"], row["Mode"], row["Description"]) == ("Completed", "Test (simulator)", "Membership")
        assert (row["Started (AD)"], row["Started (BS)"]) == ("2026-11-21 10:03:00", "2083-08-05 BS")
        assert (row["Paid on (AD)"], row["Paid on (BS)"]) == ("2026-11-21 10:03:00", "2083-08-05 BS")
        assert row["Receipt number"] == "2083/84-00001 (test)"
        assert (row["Amount"], row["Gross"], row["Khalti fees"]) == ("1500.00", "1500.00", "45.00")
        assert (row["Refunded"], row["Net"], row["Refundable balance"]) == ("0.00", "1455.00", "1500.00")
        assert (row["Number of refunds"], row["Refunds"], row["Unconfirmed refunds"]) == ("", "", "")
        assert (row["pidx"], row["Khalti transaction ID"]) == (payment.pidx, payment.transaction_id)
        assert (row["Khalti order ID"], row["Khalti status"]) == (payment.purchase_order_id, "Completed")
        assert (row["Khalti account"], row["Page"], row["Block"], row["Language"]) == (
            "default",
            "Shop",
            "body.1",
            "ne",
        )

    def test_has_what_accountants_need_and_no_more_unless_asked(self, read, make_paid):
        Site.objects.update(site_name="Town library")
        make_paid(site=Site.objects.get())

        row = read()[0]

        assert {"Paid on (BS)", "Gross", "Khalti fees", "Net", "Khalti transaction ID"} <= set(row)
        assert {"pidx", "Block", "Mode", "Refundable balance"}.isdisjoint(row)
        assert row["Site"] == "Town library"
        assert list(read(technical=1)[0])[: len(row)] == list(row), (
            "or a sheet made for one file would not fit the other"
        )

    def test_is_headed_as_the_pages_are_labelled(self, read, accountant, unconfirmed):
        names = {"Description", "Refunded", "Unconfirmed refunds", "Refundable balance", "Khalti transaction ID"}
        money = {"Gross", "Khalti fees", "Refunded", "Net"}

        row = read(technical=1)[0]

        assert names <= set(row)
        assert names <= set(accountant.get("inspect", unconfirmed.payment).figures)
        assert money <= set(row)
        assert money <= set(read("export_days")[0])
        insights = Seen(accountant.client.get(reverse("khalti_reports:insights"), follow=True))
        assert money <= {words_of(tile) for tile in insights.main.select(".khalti-tiles dt")}

    def test_has_no_gross_where_no_money_came(self, read, payment):
        row = read()[0]

        assert row["Amount"] == "1500.00"
        assert {row[name] for name in ("Gross", "Khalti fees", "Refunded", "Net")} == {""}

    def test_tells_what_went_back_and_how(self, read, make_paid, time_machine):
        time_machine.move_to("2026-11-21T04:18:00Z", tick=False)
        payment = make_paid()
        RefundFactory(payment=payment, amount=20_000)
        RefundFactory(payment=payment, amount=30_050, external=True)

        row = read()[0]

        assert row["Refunds"] == "2026-11-21: 200.00 (Khalti); 2026-11-21: 300.50 (Cash)"
        assert (row["Number of refunds"], row["Refunded"], row["Net"]) == ("2", "500.50", "999.50")

    def test_keeps_apart_what_is_in_doubt(self, read, unconfirmed):
        row = read(technical=1)[0]

        assert (row["Refunded"], row["Unconfirmed refunds"], row["Refundable balance"], row["Number of refunds"]) == (
            "200.00",
            "500.00",
            "800.00",
            "1",
        )

    def test_says_where_it_is_not_known_how_much_went_back(self, read, nameless):
        row = read()[0]

        assert row["Number of refunds"] == "1"
        assert row["Refunds"].endswith(": amount not known yet (Khalti's dashboard)")

    def test_is_below_zero_where_the_fee_stayed_with_khalti(self, read):
        PaymentFactory(refunded=True, fee=4_505)

        assert read()[0]["Net"] == "-45.05"

    def test_is_of_one_mode_only(self, read, paid, make_paid):
        make_paid(purpose="Real", mode="live")

        assert [row["Description"] for row in read()] == ["Membership"]
        assert [(row["Description"], row["Mode"]) for row in read(mode="live", technical=1)] == [("Real", "Live")]


class TestWhoSeesWhom:
    def test_has_names_and_numbers_for_who_may_see_them(self, read, paid):
        row = read()[0]

        assert (row["Name"], row["E-mail"], row["Mobile number"]) == ("Sita Rai", "", "9800000001")

    @pytest.mark.every_database
    def test_has_answers_in_one_column_for_them(self, read, make_paid):
        asked = {"name": "class", "label": "Class", "kind": "text", "on_receipt": True}
        make_paid(answers=[{**asked, "value": "7"}, {**asked, "name": "roll", "label": "=Roll", "value": "=17"}])
        make_paid()

        assert [row["Answers"] for row in read()] == ["", "Class: 7; '=Roll: =17"]

    def test_has_no_such_columns_for_others(self, one_site, download, paid):
        RefundFactory(payment=paid, reason="Sita Rai changed her mind")
        KhaltiPayment.objects.update(site=Site.objects.get())
        desk = one_site(EXPORT)

        for content in (download(desk=desk), download(desk=desk, format="xlsx")):
            found = records(content)[0] if content[:1] == b"\xef" else sheets(content)["Payments"][0]
            assert PERSONAL_COLUMNS.isdisjoint(found)
            assert b"Sita Rai" not in content
            assert b"Sita Rai" not in b"".join(parts_of(content))
        assert (
            "Customer names, e-mail addresses, mobile numbers and answers are not included" in desk.get("export").text
        )

    @pytest.mark.every_database
    def test_holds_only_payments_of_the_sites_within_reach(self, one_site, download, make_paid, home):
        make_paid(purpose="Of no site")
        make_paid(purpose="Theirs", site=Site.objects.get())
        desk = one_site(EXPORT)
        another = Site.objects.create(hostname="other.example", root_page=home)
        make_paid(purpose="Of another site", site=another)

        assert [row["Description"] for row in records(download(desk=desk))] == ["Theirs"]
        assert desk.get("export").figures["Number of payments"] == "1 payment"
        total = records(download("export_days", desk=desk, first=str(today()), last=str(today())))[-1]
        assert total["Payments"] == "1"

    def test_leaves_out_names_of_a_site_where_they_may_not_be_seen(self, one_site, download, make_paid, home):
        make_paid(purpose="Theirs", site=Site.objects.get())
        desk = one_site(EXPORT, PERSONAL)
        another = Site.objects.create(hostname="other.example", root_page=home)
        make_paid(purpose="Of another site", site=another)
        permission = Permission.objects.get(codename=EXPORT)
        GroupSitePermission.objects.create(
            group=Group.objects.get(name="One site"), site=another, permission=permission
        )

        found = {row["Description"]: (row["Name"], row["Mobile number"]) for row in records(download(desk=desk))}

        assert found == {"Theirs": ("Sita Rai", "9800000001"), "Of another site": ("", "")}


NAMES = [
    '=HYPERLINK("http://evil.example","Refund")',
    "+9779800000001",
    "-2+3",
    "@SUM(A1)",
    "  =1+1",
    "\u200f=1+1",
    "\u202e@SUM(A1)",
    "＝1+1",
]
PLAIN_NAMES = [
    "<script>alert(1)</script>",
    "राम बहादुर थापा",
    "x" * 200,
    'a "b", c',
    "two\nlines",
    "A-1",
    "abc\u202edef",
]


class TestWhatPeopleTyped:
    @pytest.mark.parametrize("name", NAMES)
    def test_is_no_formula_in_csv(self, read, make_paid, name):
        make_paid(name=name, source_title=name)
        row = read(technical=1)[0]

        assert (row["Name"], row["Page"]) == (f"'{name}", f"'{name}")

    @pytest.mark.parametrize("name", ['x;=HYPERLINK("http://evil")', "y\n=1+1", "a\t@SUM(A1)", "b; \u200f-1"])
    def test_is_no_formula_where_semicolons_part_the_cells(self, download, make_paid, name):
        make_paid(name=name)

        cells = [cell for row in csv.reader(io.StringIO(download().decode()), delimiter=";") for cell in row]

        assert [cell for cell in cells if cell.strip(" \u200f")[:1] in ("=", "+", "-", "@")] == []

    @pytest.mark.parametrize("name", PLAIN_NAMES)
    def test_stays_as_it_was_typed_in_csv(self, read, make_paid, name):
        make_paid(name=name)

        assert read()[0]["Name"] == name

    @pytest.mark.parametrize("name", [*NAMES, *PLAIN_NAMES])
    def test_stays_as_it_was_typed_and_is_a_text_in_excel(self, download, make_paid, name):
        make_paid(name=name)

        content = download(format="xlsx")

        headings, row, _total = sheets(content)["Payments"]
        assert dict(zip(headings, row, strict=True))["Name"] == name
        formulas = re.findall("<f>(.*?)</f>", ZipFile(io.BytesIO(content)).read("xl/worksheets/sheet1.xml").decode())
        assert all(re.fullmatch(r"SUBTOTAL\(109,[A-Z]2:[A-Z]2\)", formula) for formula in formulas)

    @pytest.mark.parametrize("file_type", ["csv", "xlsx"])
    @pytest.mark.every_database
    def test_loses_what_no_file_can_hold(self, download, make_paid, file_type):
        make_paid(purpose="a\x01b\x1fc\ufffed")

        content = download(format=file_type)

        found = records(content)[0]["Description"] if file_type == "csv" else sheets(content)["Payments"][1][6]
        assert found == "abcd"


class TestExcel:
    def test_has_real_numbers_and_a_sheet_of_refunds(self, download, make_paid, desk):
        payment = make_paid()
        desk.send(desk.get("record_refund", payment).form, amount="300.50", method="cash", reason="=cmd|calc")

        book = sheets(download(format="xlsx"))

        assert list(book) == ["Payments", "Refunds"]
        row = dict(zip(*book["Payments"][:2], strict=True))
        assert (row["Gross"], row["Refunded"], row["Number of refunds"]) == (1500, 300.5, 1)
        refund = dict(zip(*book["Refunds"][:2], strict=True))
        assert refund["Reference"] == payment.readable_reference
        assert (refund["Refunded"], refund["Method"], refund["Reason"]) == (300.5, "Cash", "=cmd|calc")
        assert refund["Requested by"] == "Manager Gurung"

    @pytest.mark.every_database
    def test_has_real_times_and_totals_of_the_filtered_rows(self, download, make_paid, time_machine):
        time_machine.move_to("2026-11-21T04:18:21Z", tick=False)
        RefundFactory(payment=make_paid(fee=4_505), amount=20_000)
        make_paid(90_000)

        content = download(format="xlsx")

        at = datetime.fromisoformat("2026-11-21 10:03:21")
        headings, first, _second, total = sheets(content)["Payments"]
        row, totals = dict(zip(headings, first, strict=True)), dict(zip(headings, total, strict=True))
        assert row["Paid on (AD)"] == at
        assert row["Paid on (BS)"] == "2083-08-05"
        assert [totals[name] for name in ("Reference", "Gross", "Khalti fees", "Refunded", "Net", "Amount")] == [
            "Total",
            2400,
            45.05,
            200,
            2154.95,
            None,
        ]
        refunds = sheets(content)["Refunds"]
        assert (refunds[1][0], refunds[2][3]) == (at, 200)

    def test_has_both_sheets_also_without_a_payment(self, download):
        book = sheets(download(format="xlsx"))

        assert {title: len(found) for title, found in book.items()} == {"Payments": 1, "Refunds": 1}

    def test_has_headings_in_the_language_of_who_asks(self, sign_in, accountant, download, paid):
        UserProfile.objects.update_or_create(user=user_of("accountant"), defaults={"preferred_language": "ne"})

        assert "रकम" in records(download())[0]


@pytest.mark.every_database
class TestTheDays:
    def test_are_the_totals_with_a_row_for_all_of_them(self, read, make_paid):
        make_paid(150_000, fee=1_500)
        RefundFactory(payment=make_paid(50_000, fee=1_500), amount=20_000)
        first, last = today() - timedelta(days=2), today()

        found = read("export_days", first=str(first), last=str(last))

        sums = totals(first, last, mode="simulator").all
        assert [row["Day (AD)"] for row in found] == [str(first), str(first + timedelta(days=1)), str(last), "Total"]
        assert found[0]["Gross"] == "0.00"
        assert {name: found[-1][name] for name in ("Payments", "Gross", "Khalti fees", "Refunded", "Net")} == {
            "Payments": "2",
            "Gross": "2000.00",
            "Khalti fees": "30.00",
            "Refunded": "200.00",
            "Net": "1770.00",
        }
        assert (sums.gross, sums.net) == (200_000, 177_000)

    def test_are_understood_in_bs_and_written_in_both(self, read):
        found = read("export_days", first="2083-08-01", last="2083-08-02")

        assert [(row["Day (AD)"], row["Day (BS)"]) for row in found[:2]] == [
            ("2026-11-17", "2083-08-01 BS"),
            ("2026-11-18", "2083-08-02 BS"),
        ]

    def test_are_this_month_of_bs_where_none_is_named(self, read, time_machine):
        time_machine.move_to("2026-11-21T04:18:00Z", tick=False)

        found = read("export_days")

        assert (found[0]["Day (BS)"], found[-2]["Day (BS)"]) == ("2083-08-01 BS", "2083-08-05 BS")

    def test_are_numbers_in_excel(self, download, paid):
        book = sheets(download("export_days", format="xlsx", first=str(today()), last=str(today())))

        assert book["Days"][1][0] == datetime.combine(today(), time())
        assert book["Days"][2] == ["Total", None, 1, 1500, 0, 0, 0, 1500]


class TestTheLog:
    def test_says_who_took_what_and_not_whom_they_looked_for(self, accountant, download, paid):
        download(status="completed", q="9800000001", format="xlsx")

        entry = ModelLogEntry.objects.get(action="wagtail_khalti.export")
        assert entry.user.username == "accountant"
        assert entry.data == {
            "what": "payments",
            "format": "xlsx",
            "mode": "simulator",
            "filters": {"status": "completed"},
            "searched": True,
        }
        assert "9800000001" not in json.dumps(entry.data)
        assert entry.formatter.format_message(entry) == "File downloaded: Payments, Test (simulator), Excel"

    def test_keeps_nothing_that_anybody_may_write_into_an_address(self, accountant, paid):
        for name, path in (("payments", "export_payments"), ("days", "export_days")):
            accountant.client.get(f"{url_of(path)}?foo=%00&bar={'x' * 5000}").getvalue()

            data = ModelLogEntry.objects.filter(action="wagtail_khalti.export").latest("pk").data
            assert data["what"] == name
            assert "foo" not in json.dumps(data)
            assert "bar" not in json.dumps(data)

    def test_says_it_before_the_first_byte(self, accountant, paid):
        response = accountant.client.get(url_of("export_payments"))

        assert ModelLogEntry.objects.filter(action="wagtail_khalti.export").count() == 1
        response.close()


@pytest.fixture
def many(db, home):
    """So many payments, one a minute, the oldest first."""

    def make(how_many):
        at = timezone.now() - timedelta(minutes=how_many)
        return [
            PaymentFactory(completed=True, purpose=f"Seat {number}", at=at + timedelta(minutes=number))
            for number in range(how_many)
        ]

    return make


@pytest.fixture
def small_chunks(monkeypatch):
    monkeypatch.setattr(rows, "ROWS", 10)


@pytest.mark.every_database
class TestASentFile:
    def test_begins_before_a_payment_was_read(self, accountant, paid):
        response = accountant.client.get(url_of("export_payments"))

        with CaptureQueriesContext(connection) as queries:
            first = next(iter(response.streaming_content))

        assert first.startswith(b"\xef\xbb\xbfReference,Status")
        assert len(queries) == 0
        response.close()

    @pytest.mark.parametrize("file_type", ["csv", "xlsx"])
    def test_asks_the_database_twice_for_each_chunk(self, accountant, many, small_chunks, file_type):
        many(35)
        KhaltiPayment.objects.update(refund_total=100)
        response = accountant.client.get(url_of("export_payments"), {"format": file_type})

        with CaptureQueriesContext(connection) as queries:
            b"".join(response.streaming_content)

        assert len(queries) == 2 * 4

    def test_has_each_payment_once_in_the_order_of_the_list(self, read, many, small_chunks):
        made = many(35)

        assert [row["Description"] for row in read()] == [payment.purpose for payment in reversed(made)]

    def test_has_each_payment_once_also_of_one_moment(self, read, many, small_chunks):
        made = many(35)
        KhaltiPayment.objects.update(created_at=timezone.now())

        assert [row["Description"] for row in read()] == [payment.purpose for payment in reversed(made)]

    def test_loses_and_doubles_nothing_while_payments_change(self, accountant, many, small_chunks):
        made = many(35)
        response = accountant.client.get(url_of("export_payments"))
        parts = iter(response.streaming_content)
        content = next(parts) + next(parts)

        for part in parts:
            PaymentFactory(purpose="New")
            KhaltiPayment.objects.filter(pk=made[5].pk).update(status="refunded")
            content += part

        assert [row["Description"] for row in records(content)] == [payment.purpose for payment in reversed(made)]

    @pytest.mark.parametrize("file_type", ["csv", "xlsx"])
    def test_breaks_off_with_the_error_that_stopped_it(self, accountant, many, small_chunks, file_type):
        many(35)
        response = accountant.client.get(url_of("export_payments"), {"format": file_type})
        parts = iter(response.streaming_content)
        next(parts)

        def stop(*args):
            raise RuntimeError("the database is gone")

        with pytest.raises(RuntimeError, match="the database is gone"), connection.execute_wrapper(stop):
            list(parts)

    @pytest.mark.parametrize("file_type", ["csv", "xlsx"])
    def test_may_be_given_up_in_its_middle(self, accountant, many, small_chunks, file_type):
        many(35)
        response = accountant.client.get(url_of("export_payments"), {"format": file_type})
        parts = iter(response.streaming_content)
        next(parts)

        response.close()

        assert list(parts) == []

    def test_comes_chunk_by_chunk_also_under_asgi(self, accountant, many, small_chunks):
        many(35)
        client = AsyncClient()
        client.force_login(user_of("accountant"))

        async def fetch():
            response = await client.get(url_of("export_payments"))
            return response.is_async, [part async for part in response.streaming_content]

        is_async, parts = async_to_sync(fetch)()

        assert (is_async, len(parts)) == (True, 1 + 4)
        assert len(records(b"".join(parts))) == 35
