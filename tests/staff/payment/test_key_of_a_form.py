"""The last form before money goes back is for one refund: of this payment, of this amount, of what was left."""

from wagtail_khalti.actions import refund_payment

LAST_FORM = {"amount": "500", "reason": "", "mobile": "", "refundable": "150000", "key": "a-key"}


def test_a_key_is_for_one_amount(desk, paid, confirm, khalti):
    form = confirm(paid).form
    desk.send(form)

    page = desk.send(form, amount="400")

    assert page.messages == ["This form has already been submitted. Check the amounts again. No refund was sent."]
    assert khalti.calls("refund") == 1


def test_a_key_is_for_one_payment(desk, make_paid, confirm, khalti):
    first, second = make_paid(), make_paid()
    key = confirm(first).form.data["key"]
    desk.post("refund", first, **LAST_FORM | {"key": key})

    page = desk.post("refund", second, **LAST_FORM | {"key": key})

    assert page.messages == ["This form has already been submitted. Check the amounts again. No refund was sent."]
    assert khalti.calls("refund") == 1


def test_a_key_of_the_sites_own_code_is_never_met(desk, paid, khalti):
    refund_payment(paid, 10_000, idempotency_key="a-key")

    desk.post("refund", paid, **LAST_FORM | {"refundable": "140000"})

    assert khalti.calls("refund") == 2


def test_where_somebody_else_refunded_meanwhile_nothing_happens(desk, paid, confirm, khalti):
    form = confirm(paid).form
    refund_payment(paid, 10_000)

    page = desk.send(form)

    assert page.messages == ["There was another refund in the meantime. Check the amounts again. No refund was sent."]
    assert page.figures["Refundable balance"] == "Rs 1,400"
    assert khalti.calls("refund") == 1
