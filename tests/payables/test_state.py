"""What is paid for, in the query that lists it."""

import uuid
from decimal import Decimal

import pytest
from django.db.models import F, Sum

from tests.payables.models import Booking, Concert, Event, Gift, Invoice, Seat, Voucher
from wagtail_khalti.actions import check_payment, refund_payment
from wagtail_khalti.models import KhaltiPayment
from wagtail_khalti.payables import pay as start
from wagtail_khalti.payables import payment_that_paid, with_payment_state

pytestmark = [pytest.mark.django_db, pytest.mark.every_database]

LIVE = {"MODE": "live", "SECRET_KEY": "a-key"}


def state(payable):
    found = with_payment_state(type(payable)._default_manager.all(), paisa=150_000).get(pk=payable.pk)
    return (found.is_paid, found.amount_paid, found.amount_refunded, found.amount_due)


def make(model):
    if model is Seat:
        return Seat.objects.create(booking=Booking.objects.create())
    if model is Voucher:
        return Voucher.objects.create(code="Dashain-7%_'", invoice=Invoice.objects.create())
    return model.objects.create()


@pytest.mark.parametrize("model", [Invoice, Booking, Voucher, Seat, Event, Concert])
def test_every_kind_of_key_finds_its_payments(home, pay, model):
    payable, other = make(model), make(model) if model is not Voucher else Voucher.objects.create(code="x")
    assert state(payable) == (False, 0, 0, 150_000)

    pay(payable)

    assert state(payable) == (True, 150_000, 0, 0)
    assert state(other) == (False, 0, 0, 150_000)


def test_one_row_read_as_either_class_is_paid(home, pay):
    concert = Concert.objects.create()

    pay(concert)

    assert state(Event.objects.get()) == state(concert) == (True, 150_000, 0, 0)


def test_a_payable_without_the_mixin_has_it_by_a_function(home, khalti, request_):
    gift = Gift.objects.create()

    assert state(gift) == (False, 0, 0, 150_000)


def test_refunds_are_told(pay, invoice):
    payment = pay(invoice)
    refund_payment(payment, amount=50_000)
    assert state(invoice) == (True, 150_000, 50_000, 0)

    refund_payment(KhaltiPayment.objects.get())

    assert state(invoice) == (False, 150_000, 150_000, 150_000)


def test_a_duplicate_payment_is_money_too(invoice, khalti, request_, all_begun_before):
    for payment in [invoice.pay(request_), invoice.pay(request_, is_repeat=False, metadata={"second": 1})]:
        khalti.pay(payment)
        check_payment(payment)

    assert KhaltiPayment.objects.exclude(duplicate_of=None).count() == 1
    assert state(invoice) == (True, 300_000, 0, 0)


def test_an_open_payment_is_no_money(invoice, khalti, request_):
    invoice.pay(request_)

    assert state(invoice) == (False, 0, 0, 150_000)


@pytest.mark.parametrize("rupees", ["1500.10", "0.29", "999999.99", "1500"])
def test_rupees_become_paisa_exactly(home, rupees):
    Invoice.objects.create(total=Decimal(rupees))

    assert Invoice.objects.with_payment_state().get().amount_due == int(Decimal(rupees) * 100)


def test_the_price_may_be_that_of_another_object(home):
    make(Voucher)

    assert Voucher.objects.with_payment_state().get().amount_due == 150_000


def test_the_price_may_be_an_expression(home):
    Booking.objects.create(price=100)
    bookings = Booking.objects.all()

    assert bookings.with_payment_state(paisa=F("price") * 3).get().amount_due == 300
    assert bookings.with_payment_state(rupees=F("price") * 3).get().amount_due == 30_000


def test_a_price_that_is_no_column_is_left_out(home, monkeypatch):
    Invoice.objects.create()
    monkeypatch.setattr(Invoice, "payment_rupees", "get_total")

    assert not hasattr(Invoice.objects.with_payment_state().get(), "amount_due")


@pytest.fixture
def three(pay, home):
    """Two invoices are paid, one of them for more."""
    paid, larger, unpaid = (Invoice.objects.create(total=total) for total in (1500, 1600, 1700))
    pay(paid), pay(larger)
    return paid, larger, unpaid


def test_filters_and_orders_work(three):
    paid, larger, unpaid = three
    found = Invoice.objects.with_payment_state()

    assert list(found.filter(is_paid=False)) == [unpaid]
    assert set(found.filter(is_paid=True)) == {paid, larger}
    assert list(found.order_by("-amount_paid", "pk")) == [larger, paid, unpaid]
    assert list(found.filter(amount_due__gt=0).values("pk", "amount_due")) == [{"pk": unpaid.pk, "amount_due": 170_000}]
    assert found.filter(is_paid=True).count() == 2
    assert found.exclude(is_paid=True).exists()
    assert found.aggregate(all=Sum("amount_paid"))["all"] == 310_000


def test_it_is_one_query_and_one_more_for_prefetched_payments(three, django_assert_num_queries):
    with django_assert_num_queries(2):
        invoices = list(Invoice.objects.with_payment_state().prefetch_related("payments").order_by("pk"))
        assert [len(invoice.payments.all()) for invoice in invoices] == [1, 1, 0]
        assert [invoice.is_paid for invoice in invoices] == [True, True, False]


def test_a_payment_of_another_kind_of_thing_with_the_same_key(pay, invoice):
    """And one whose key isn't even a number, which a join would stumble over."""
    pay(Event.objects.create(pk=invoice.pk))
    KhaltiPayment.objects.update(payable_type=KhaltiPayment.objects.get().payable_type, payable_id="no-number")

    assert state(invoice) == (False, 0, 0, 150_000)
    assert state(Event.objects.get())[0] is False


def test_test_money_pays_nothing_on_a_live_site(pay, invoice, settings, request_):
    pay(invoice)
    settings.WAGTAIL_KHALTI = LIVE

    assert state(invoice) == (False, 0, 0, 150_000)
    assert payment_that_paid(invoice) is None
    assert payment_that_paid(invoice, request_) is None


def test_also_where_another_account_is_in_test_mode(pay, invoice, settings, request_):
    pay(invoice)
    settings.WAGTAIL_KHALTI = {"MERCHANTS": {"default": {**LIVE}, "tests": settings.WAGTAIL_KHALTI}}
    settings.WAGTAIL_KHALTI["MERCHANTS"]["tests"] = {"MODE": "sandbox", "SECRET_KEY": "k"}

    assert state(invoice)[0] is False
    assert Invoice.objects.with_payment_state(mode="simulator").get().is_paid


def test_a_mode_that_is_none(home):
    with pytest.raises(ValueError, match="test"):
        Invoice.objects.with_payment_state(mode="test")


def test_live_money_pays_nothing_on_a_test_site(pay, invoice):
    pay(invoice)
    KhaltiPayment.objects.update(mode="live")

    assert state(invoice)[0] is False


@pytest.mark.parametrize("model", [Invoice, Booking, Voucher, Concert])
def test_the_payments_of_an_object_are_its_own(home, khalti, request_, model):
    payable = make(model)
    payment = payable.pay(request_)

    assert list(payable.payments.all()) == [payment]
    assert list(model.objects.prefetch_related("payments").get(pk=payable.pk).payments.all()) == [payment]
    assert payable.payments.paid().count() == 0


def test_the_payments_of_a_class_without_the_mixin(home, khalti, request_):
    gift = Gift.objects.create()
    payment = start(gift, request_)

    assert (
        list(gift.payments.all()) == list(Gift.objects.prefetch_related("payments").get().payments.all()) == [payment]
    )


def test_a_key_with_other_dashes_is_the_same_key(home, khalti, request_):
    key = uuid.uuid4()
    Booking.objects.create(pk=key).pay(request_)

    assert Booking(pk=key.hex).payments.count() == 1
