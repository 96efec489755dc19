"""Receipt numbers in the site's own format."""

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.utils import translation

from wagtail_khalti.models.references import format_receipt_number, parse_receipt_number
from wagtail_khalti.receipts import pdf_name
from wagtail_khalti.staff.listing.search import find
from wagtail_khalti.text.receipt_numbers import read_number_format

INVOICE = "INV-{year}-{number:06}"


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("{years}-{number:05}", "2083/84-00042"),
        (INVOICE, "INV-2083-000042"),
        ("{number}/{year}", "42/2083"),
        ("{years} No. {number}", "2083/84 No. 42"),
        ("रसिद-{year}-{number:04}", "रसिद-2083-0042"),
        ("KTM{{{year}}}/{number}", "KTM{2083}/42"),
        ("{year} ({number}) BS", "2083 (42) BS"),
    ],
)
def test_a_number_is_read_as_it_was_written(text, written):
    numbers = read_number_format(text)

    assert numbers.write(2083, 42) == written
    assert numbers.read(written) == (2083, 42)
    assert numbers.read(f"{written} (test)") == (2083, 42)


@pytest.mark.parametrize("number", [1, 99_999, 123_456_789])
def test_a_number_may_be_longer_than_its_format(number):
    numbers = read_number_format("INV-{year}-{number:02}")

    assert numbers.read(numbers.write(2083, number)) == (2083, number)


@pytest.mark.parametrize(
    "text", ["INV-2083-000042", "inv 2083 42", "2083-42", "२०८३-४२", "INV_2083_42", "2083/84-00042"]
)
def test_it_is_found_however_it_is_typed(option, text):
    option(RECEIPT_NUMBERS=INVOICE)

    assert parse_receipt_number(text) == (2083, 42)


@pytest.mark.parametrize(
    "text", ["", "INV", "INV-2083", "2345-6789-ABCD-EFGH", "XYZ-2083-42", "2083-42x", "9800000001"]
)
def test_what_is_no_number_is_none(option, text):
    option(RECEIPT_NUMBERS=INVOICE)

    assert parse_receipt_number(text) is None


@pytest.mark.parametrize(
    "text",
    [
        *("", "INV", "{number}", "{year}", "{year}{number}", "{year}-{years}-{number}", "{number}-{number}-{year}"),
        *("{year}-{number:x}", "{year:05}-{number}", "{year!r}-{number}", "{year.real}-{number}", "{0}-{number}"),
        *("{year}-{number", "A1-{year}-{number}", "{year}-{number}-2", "{years}{number}", "{}-{number}", None, 5),
    ],
)
def test_a_format_whose_numbers_can_not_be_found_is_refused(text):
    with pytest.raises(ImproperlyConfigured, match="RECEIPT_NUMBERS"):
        read_number_format(text)


def test_pages_still_render_with_settings_that_can_not_be_read(option):
    option(RECEIPT_NUMBERS="nonsense")

    assert format_receipt_number(2083, 42, is_test=False) == "2083/84-00042"
    assert parse_receipt_number("2083/84-42") == (2083, 42)


def test_it_is_in_the_numerals_of_the_reader(option):
    option(RECEIPT_NUMBERS=INVOICE)

    with translation.override("ne"):
        assert format_receipt_number(2083, 42, is_test=False) == "INV-२०८३-००००४२"


def test_staff_find_it_and_the_file_is_named_by_it(option, khalti, payment):
    option(RECEIPT_NUMBERS=INVOICE)
    khalti.pay(payment)
    from wagtail_khalti.actions import check_payment

    check_payment(payment)
    payment.refresh_from_db()

    number = payment.readable_receipt_number.removesuffix(" (test)")
    assert number.startswith("INV-")
    assert find(number, payment.mode).keys == [payment.pk]
    assert pdf_name(payment) == f"test-receipt-{number}.pdf"


@pytest.mark.parametrize("nonsense", ["-" * 254, "A-" * 127, "2083" + "-" * 250, "(" * 254])
def test_long_nonsense_takes_no_time(nonsense):
    """Without possessive quantifiers the first of them would take longer than anybody lives."""
    numbers = read_number_format("A B C D E F G H-{years}-{number}")

    assert numbers.read(nonsense) is None
