"""Who was given money back reads how much, when, where it goes and what remains, and nothing that is undecided."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from tests.shop.models import Order
from wagtail_khalti.actions import (
    check_payment,
    enter_refund_amount,
    record_refund,
    refund_payment,
    resolve_refund,
    start_payment,
)
from wagtail_khalti.exceptions import RequestRejected
from wagtail_khalti.formatting import format_time
from wagtail_khalti.models import KhaltiPayment
from wagtail_khalti.models.refund import Method

pytestmark = pytest.mark.django_db

WHOLE = "This payment was refunded."
PART = "This payment was partially refunded."
THANKS = "Thank you. Your payment is complete."
TWICE = "You've paid twice. We'll refund this payment."

BACK_TO_SOURCE = "The money is returned to the original payment method, usually within two working days."
TO_AN_ACCOUNT = "The money is sent to a Khalti account, usually within two working days."
IN_CASH = "The money was refunded in cash."
BY_BANK_TRANSFER = "The money was sent by bank transfer."


@pytest.fixture
def paid(khalti, payment):
    """Rs 1,500, paid from the wallet."""
    khalti.pay(payment)
    return check_payment(payment)


@pytest.fixture
def page(visitor):
    """How a payment stands, to whom its address is known."""

    def visit(payment):
        return Seen(visitor.visit(payment.get_absolute_url()))

    return visit


class Seen:
    def __init__(self, visitor):
        self.headline = visitor.headline
        self.title = visitor.page.title.get_text(strip=True)
        self.html = visitor.response.content.decode()
        self.text = visitor.page.get_text(" ", strip=True).replace("\xa0", " ")
        self.rows = [
            [part.get_text(" ", strip=True).replace("\xa0", " ") for part in row.find_all(["dt", "dd"])]
            for row in visitor.page.select(".khalti-summary > div")
        ]
        self.refunds = [row for row in self.rows if row[0] == "Refunded"]
        self.remains = dict(row[:2] for row in self.rows).get("Amount paid after refunds")


def test_all_of_it_goes_back_to_where_it_came_from(page, paid):
    refund = refund_payment(paid)

    seen = page(paid)

    assert seen.headline == WHOLE
    assert seen.title.startswith("Payment refunded")
    assert seen.refunds == [["Refunded", "Rs 1,500", format_time(refund.sent_at, with_zone=True)]]
    assert BACK_TO_SOURCE in seen.text
    assert seen.remains is None


def test_a_part_of_it_leaves_the_rest_paid(page, paid):
    refund = refund_payment(paid, 50_000)

    seen = page(paid)

    assert seen.headline == PART
    assert seen.refunds == [["Refunded", "Rs 500", format_time(refund.sent_at, with_zone=True)]]
    assert BACK_TO_SOURCE in seen.text
    assert seen.remains == "Rs 1,000"


def test_a_refund_to_a_mobile_does_not_name_the_account(khalti, page, payment):
    khalti.pay(payment, bank=True)
    refund_payment(check_payment(payment), mobile="9812345678", reason="Sita was unhappy")

    seen = page(payment)

    assert seen.headline == WHOLE
    assert TO_AN_ACCOUNT in seen.text
    assert BACK_TO_SOURCE not in seen.text
    for secret in ("9812345678", "98XXXXX678", "unhappy"):
        assert secret not in seen.html


@pytest.mark.parametrize(("method", "words"), [(Method.CASH, IN_CASH), (Method.BANK_TRANSFER, BY_BANK_TRANSFER)])
@pytest.mark.parametrize(
    ("amount", "headline", "remains"), [(50_000, PART, "Rs 1,000"), (150_000, WHOLE, None)], ids=["part", "whole"]
)
def test_a_cash_refund_unknown_to_khalti_is_shown_to_the_visitor(page, paid, method, words, amount, headline, remains):
    record_refund(paid, amount, method=method, reason="At the desk")

    seen = page(paid)

    paid.refresh_from_db()
    assert paid.status == "completed"
    assert seen.headline == headline
    assert [row[1] for row in seen.refunds] == ["Rs 500" if amount == 50_000 else "Rs 1,500"]
    assert words in seen.text
    assert BACK_TO_SOURCE not in seen.text
    assert seen.remains == remains
    assert "At the desk" not in seen.html


def test_each_of_several_refunds_says_where_it_goes(page, paid):
    refund_payment(paid, 50_000)
    record_refund(paid, 30_000, method=Method.CASH)
    record_refund(paid, 20_000, method=Method.BANK_TRANSFER)

    seen = page(paid)

    assert [(amount, *where) for _words, amount, _moment, *where in seen.refunds] == [
        ("Rs 500", BACK_TO_SOURCE),
        ("Rs 300", IN_CASH),
        ("Rs 200", BY_BANK_TRANSFER),
    ]
    assert seen.remains == "Rs 500"


def test_where_several_go_the_same_way_that_is_said_once(page, paid):
    refund_payment(paid, 50_000)
    refund_payment(paid, 30_000)

    seen = page(paid)

    assert [(amount, *where) for _words, amount, _moment, *where in seen.refunds] == [("Rs 500",), ("Rs 300",)]
    assert seen.text.count(BACK_TO_SOURCE) == 1


def test_parts_that_add_up_to_all_of_it_are_all_of_it(page, paid):
    refund_payment(paid, 100_000)
    record_refund(paid, 50_000, method=Method.CASH)

    seen = page(paid)

    paid.refresh_from_db()
    assert paid.status == "partially_refunded"
    assert seen.headline == WHOLE
    assert seen.remains is None


def test_a_part_of_unknown_amount_is_told_without_a_number(khalti, page, paid):
    khalti.refund_in_dashboard(paid, amount=40_000)
    found = check_payment(paid).refunds.get()

    seen = page(paid)

    assert seen.headline == PART
    assert seen.refunds == [
        ["Refunded", "Part of the payment", f"before {format_time(found.created_at, with_zone=True)}"]
    ]
    assert "Rs 400" not in seen.text
    assert seen.remains is None


def test_once_the_amount_is_entered_it_is_told(khalti, page, paid):
    khalti.refund_in_dashboard(paid, amount=40_000)
    enter_refund_amount(check_payment(paid).refunds.get(), 40_000)

    seen = page(paid)

    assert [row[1] for row in seen.refunds] == ["Rs 400"]
    assert seen.remains == "Rs 1,100"


def test_an_over_refund_is_shown_as_a_full_refund(khalti, page, paid):
    record_refund(paid, 150_000, method=Method.CASH)
    khalti.refund_in_dashboard(paid, amount=40_000)
    found = check_payment(paid).refunds.last()
    for is_entered in (False, True):
        if is_entered:
            enter_refund_amount(found, 40_000)

        seen = page(paid)

        assert seen.headline == WHOLE
        assert [row[1] for row in seen.refunds] == ["Rs 1,500", "Part of the payment"]
        assert seen.remains is None


def test_a_dashboard_refund_has_no_exact_time(khalti, page, paid):
    khalti.refund_in_dashboard(paid)
    found = check_payment(paid).refunds.get()

    seen = page(paid)

    assert seen.headline == WHOLE
    assert seen.refunds == [["Refunded", "Rs 1,500", f"before {format_time(found.created_at, with_zone=True)}"]]


def test_the_page_of_who_looks_first_notices_a_refund_at_khalti(khalti, page, payment):
    khalti.pay(payment)
    khalti.refund_in_dashboard(payment)

    seen = page(payment)

    assert seen.headline == WHOLE
    assert [row[1] for row in seen.refunds] == ["Rs 1,500"]


@pytest.fixture
def unconfirmed(khalti, paid):
    """Rs 500 that Khalti was asked for, which lost the request; it may still be at work on it, as far as we know."""
    khalti.trouble("refund", "reset_before", payment=paid)
    return refund_payment(paid, 50_000)


def test_what_is_in_doubt_is_not_told(page, paid, unconfirmed):
    assert unconfirmed.state == "unconfirmed"

    seen = page(paid)

    assert seen.headline == THANKS
    assert seen.refunds == []
    assert "Rs 500" not in seen.text
    assert seen.remains is None


@pytest.mark.parametrize(("was_found", "headline"), [(True, PART), (False, THANKS)])
def test_what_a_person_decided_is_told_if_it_was_made(page, paid, unconfirmed, was_found, headline):
    resolve_refund(unconfirmed, was_found=was_found)

    seen = page(paid)

    assert seen.headline == headline
    assert [row[1] for row in seen.refunds] == ["Rs 500"] * was_found


def test_what_was_refused_is_not_told(khalti, page, paid):
    khalti.answer("refund", {"detail": "Not enough balance."}, status=400)
    with pytest.raises(RequestRejected):
        refund_payment(paid)

    seen = page(paid)

    assert seen.headline == THANKS
    assert "balance" not in seen.html


def test_what_is_in_doubt_beside_what_is_done_lessens_nothing(khalti, page, paid):
    refund_payment(paid, 50_000)
    khalti.trouble("refund", "reset_before", payment=paid)
    refund = refund_payment(paid, 30_000)
    assert refund.state == "unconfirmed"

    seen = page(paid)

    assert [row[1] for row in seen.refunds] == ["Rs 500"]
    assert seen.remains == "Rs 1,000"


def test_who_comes_back_after_all_was_given_back_is_not_thanked(khalti, client, home):
    payment = start_payment(150_000, purpose="Order", base_url="http://testserver", success_url="/thank-you/")
    khalti.pay(payment)
    path = khalti.return_path(payment)
    assert client.get(path).url == "/thank-you/"

    record_refund(KhaltiPayment.objects.get(), 150_000, method=Method.CASH)

    assert client.get(path).url == payment.get_absolute_url()


class TestTheSecondPaymentForTheSameThing:
    @pytest.fixture
    def second(self, khalti, home):
        order = Order.objects.create()
        terms = {"purpose": "Order", "payable": order, "base_url": "http://testserver"}
        payments = [start_payment(150_000, **terms), start_payment(150_000, **terms)]
        for payment in payments:
            khalti.pay(payment)
            check_payment(payment)
        return payment

    def test_given_back_by_us_it_is_refunded(self, page, second):
        refund_payment(second)

        assert page(second).headline == WHOLE

    def test_given_back_in_cash_it_is_refunded(self, page, second):
        record_refund(second, 150_000, method=Method.CASH)

        seen = page(second)

        assert seen.headline == WHOLE
        assert IN_CASH in seen.text
        assert "Our staff have been told" not in seen.text
        assert "do not pay again" not in seen.text

    def test_partially_refunded_it_is_still_an_issue_for_staff(self, page, second):
        record_refund(second, 50_000, method=Method.CASH)

        seen = page(second)

        assert seen.headline == TWICE
        assert f"{PART} {IN_CASH}" in seen.text
        assert [row[1] for row in seen.refunds] == ["Rs 500"]
        assert seen.remains == "Rs 1,000"

    def test_a_refund_in_doubt_changes_nothing(self, khalti, page, second):
        khalti.trouble("refund", "reset_before", payment=second)
        refund_payment(second)

        seen = page(second)

        assert seen.headline == TWICE
        assert PART not in seen.text


def test_in_nepali_the_numbers_are_nepali(khalti, visitor, home):
    with translation.override("ne"):
        payment = start_payment(12_345_650, purpose="सदस्यता", base_url="http://testserver")
    khalti.pay(payment)
    refund_payment(check_payment(payment), 12_000_000)

    visitor.visit(payment.get_absolute_url())

    assert visitor.page.html["lang"] == "ne"
    [said] = [row for row in visitor.page.select(".khalti-summary > div") if "१,२०,०००" in row.get_text()]
    assert not any(digit in said.get_text() for digit in "0123456789")
    assert "रु\xa0३,४५६.५०" in visitor.page.get_text()


def test_a_payment_without_refunds_costs_no_extra_query(page, visitor, paid):
    page(paid)

    with CaptureQueriesContext(connection) as asked:
        page(paid)

    statements = [query["sql"].translate(str.maketrans("", "", '"`')) for query in asked.captured_queries]
    assert not [sql for sql in statements if "FROM wagtail_khalti_khaltirefund" in sql]


def test_what_went_back_costs_one_question_more(page, paid):
    with CaptureQueriesContext(connection) as before:
        page(paid)
    refund_payment(paid, 50_000)

    with CaptureQueriesContext(connection) as after:
        page(paid)

    assert len(after) == len(before) + 1


def test_the_person_who_gave_it_back_is_not_named(page, paid, django_user_model):
    refund_payment(paid, 50_000)
    paid.refunds.update(requested_by=django_user_model.objects.create(username="mina"))

    assert "mina" not in page(paid).html
