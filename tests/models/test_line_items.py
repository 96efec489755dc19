"""The items of a payment, from its breakdown."""

from wagtail_khalti.models import KhaltiPayment
from wagtail_khalti.receipts.line_items import LineItem, line_items_of


def payment_of(*lines, purpose="Seat"):
    return KhaltiPayment(purpose=purpose, breakdown=[{"label": label, "amount": amount} for label, amount in lines])


def test_items_keep_their_order_and_signs():
    items = line_items_of(payment_of(("Ticket", 12_000), ("Discount", -2_000)))

    assert items == [LineItem(label="Ticket", amount=12_000), LineItem(label="Discount", amount=-2_000)]


def test_a_label_is_shown_on_one_line():
    assert [item.label for item in line_items_of(payment_of(("Front\r\nrow\u202e", 1000)))] == ["Front row"]


def test_a_single_item_named_like_the_payment_is_left_out():
    assert line_items_of(payment_of(("Seat ", 1000), purpose=" Seat")) == []


def test_a_payment_without_a_breakdown_has_no_items():
    assert line_items_of(payment_of()) == []
