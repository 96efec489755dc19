"""What customers do, and what Khalti does to them."""

from shop.models import State
from shop.payments import refund_missing
from wagtail_khalti.actions import check_payment, reconcile, refund_payment
from wagtail_khalti.money import Paisa


def test_a_cart_is_paid_and_its_stock_is_taken(khalti, sita, book, mask, stock):
    sita.order_these({book: 2, mask: 1})
    assert "Pay Rs\xa02,100 with Khalti" in sita.page
    payment = sita.press_pay()
    khalti.pay(payment)
    assert stock() == [3, 1]

    receipt = khalti.return_to_site(sita.client, payment)

    assert "Thank you" in receipt.text
    assert (sita.state, stock()) == (State.SOLD, [1, 0])
    assert payment.get_absolute_url() in sita.page
    assert "(paid with Khalti)" in sita.client.get("/orders/").text


def test_a_quantity_of_none_takes_it_out_of_the_cart(sita, book, mask):
    sita.client.post("/", {"product": mask.pk, "quantity": 1})
    sita.order_these({book: 2, mask: 0})

    assert [line.product for line in sita.order.lines.all()] == [book]


def test_cash_on_delivery_takes_the_stock_at_once(sita, book, stock):
    sita.order_these({book: 2}, pays_cash="on")
    assert (sita.state, stock()) == (State.CASH, [1, 1])

    for _press in range(2):
        sita.client.post(sita.order.get_absolute_url())

    assert (sita.state, stock()) == (State.CANCELLED, [3, 1])


def test_an_order_belongs_to_its_customer(sita, hari, book):
    sita.order_these({book: 1})

    assert hari.client.get(sita.order.get_absolute_url()).status_code == 404
    assert "Order" not in hari.client.get("/orders/").text


def test_who_cancels_at_khalti_can_pay_later(khalti, sita, book, stock):
    first = sita.order_these({book: 1}).press_pay()
    khalti.cancel(first)
    khalti.return_to_site(sita.client, first)
    assert (sita.state, stock()) == (State.OPEN, [3, 1])

    sita.pay(khalti)

    assert (sita.state, stock()) == (State.SOLD, [2, 1])


def test_a_payment_that_expires_leaves_the_order_open(khalti, sita, book, stock):
    payment = sita.order_these({book: 1}).press_pay()
    khalti.expire(payment)
    khalti.lose_callback(payment)

    reconcile()

    assert (sita.state, stock()) == (State.OPEN, [3, 1])
    assert "Pay Rs\xa0450 with Khalti" in sita.page


def test_who_pays_and_never_comes_back_gets_it(khalti, sita, book, stock):
    payment = sita.order_these({book: 1}).press_pay()
    khalti.pay(payment)
    khalti.lose_callback(payment)

    reconcile()

    assert (sita.state, stock()) == (State.SOLD, [2, 1])


def test_another_amount_buys_nothing(khalti, sita, book, stock):
    payment = sita.order_these({book: 1}).press_pay()
    khalti.pay(payment)
    khalti.answer_lookup(payment, total_amount=1_000, times=3)

    khalti.return_to_site(sita.client, payment)

    assert (sita.state, stock()) == (State.OPEN, [3, 1])


def test_the_payment_of_another_order_buys_nothing(khalti, sita, hari, book, mask, stock):
    cheap = hari.order_these({book: 1}).pay(khalti)
    dear = sita.order_these({mask: 1}).press_pay()

    address = khalti.return_path(cheap).replace(cheap.reference, dear.reference)
    assert cheap.pidx in address
    sita.client.get(address, follow=True)

    assert (sita.state, stock()) == (State.OPEN, [2, 1])


def test_a_double_click_is_one_payment(khalti, sita, book, stock):
    sita.order_these({book: 1})

    assert sita.press_pay() == sita.press_pay()

    sita.pay(khalti)
    assert sita.order.payments.count() == 1
    assert stock() == [2, 1]


def test_a_part_is_refunded_and_then_the_rest(khalti, sita, book, stock):
    payment = sita.order_these({book: 2}).pay(khalti)
    payment.refresh_from_db()

    refund_payment(payment, Paisa(10_000))
    assert (sita.state, stock()) == (State.SOLD, [1, 1])

    refund_payment(payment)
    assert (sita.state, stock()) == (State.CANCELLED, [3, 1])
    assert "(refunded)" in sita.client.get("/orders/").text


def test_the_last_item_goes_to_who_pays_first(khalti, sita, hari, mask, stock):
    late = sita.order_these({mask: 1}).press_pay()
    hari.order_these({mask: 1}).pay(khalti)
    khalti.pay(late)
    check_payment(late)
    assert (hari.state, sita.state, stock()) == (State.SOLD, State.MISSING, [3, 0])

    refund_missing()
    refund_missing()

    assert (sita.state, stock()) == (State.CANCELLED, [3, 0])
    assert khalti.calls("refund", late) == 1


def test_what_is_sold_out_is_told_before_paying(khalti, sita, hari, mask):
    sita.order_these({mask: 1})
    hari.order_these({mask: 1}).pay(khalti)

    assert "Currently unavailable" in sita.page
    assert sita.client.post(sita.order.get_pay_url(), {"total_seen": 120_000}).status_code == 404
    assert not sita.order.payments.exists()
