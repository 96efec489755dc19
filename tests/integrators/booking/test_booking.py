"""The calls of the front end, without it."""

from booking.models import Booking


def test_a_slot_is_booked_and_paid(khalti, sita, slot, payment_of):
    payment = payment_of(sita.start(sita.book(slot)))
    khalti.pay(payment)

    khalti.return_to_site(sita.client, payment)
    answer = sita.verify(payment).json()

    assert (answer["is_paid"], answer["amount"]) == (True, 150_000)
    assert Booking.objects.get().is_confirmed
    assert "Massage" not in sita.client.get("/").text


def test_a_slot_is_not_sold_twice(khalti, sita, hari, slot, payment_of):
    payment = payment_of(sita.start(sita.book(slot)))

    told = hari.start(hari.book(slot))
    assert (told.status_code, told.json()["type"]) == (409, "urn:wagtail-khalti:problem:sold-out")

    khalti.cancel(payment)
    assert sita.verify(payment).json()["is_ended"]
    assert hari.start(hari.book(slot)).status_code == 201


def test_a_booking_belongs_to_its_customer(khalti, sita, hari, slot, payment_of):
    payable = sita.book(slot)
    payment = payment_of(sita.start(payable))

    assert hari.start(payable).status_code == 404
    assert hari.verify(payment).status_code == 404
    assert hari.client.get(f"/api/khalti/payments/{payment.reference}/").status_code == 404


def test_a_second_press_goes_on_with_the_payment(khalti, sita, slot, payment_of):
    payment = payment_of(sita.start(sita.book(slot)))

    again = sita.start(sita.book(slot)).json()

    assert (again["type"], again["reference"]) == ("urn:wagtail-khalti:problem:payment-open", payment.reference)


def test_a_repeated_request_is_one_payment(khalti, sita, slot):
    key = "booking-of-sita-at-nine"

    first, second = [sita.start(sita.book(slot), key=key).json() for _time in range(2)]

    assert first["reference"] == second["reference"]
    assert khalti.calls("initiate") == 1
