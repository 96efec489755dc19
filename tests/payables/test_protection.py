"""What is paid for can't be deleted, and deleting anything else deletes no payment."""

import pytest
from django.contrib.admin.utils import NestedObjects
from django.contrib.auth.models import User
from django.db import DEFAULT_DB_ALIAS
from django.db.models import ProtectedError

from tests.payables.models import Booking, Concert, Event, Gift, Invoice, Thing, Voucher
from wagtail_khalti.actions import check_payment, refund_payment
from wagtail_khalti.models import KhaltiPayment
from wagtail_khalti.payables import pay as start

pytestmark = [pytest.mark.django_db, pytest.mark.every_database]

MODELS = [Invoice, Booking, Voucher, Event, Concert, Gift]


@pytest.fixture
def paid(khalti, request_):
    """Makes an object of this class, which is paid."""

    def paid(model):
        given = {"code": "a", "invoice": Invoice.objects.create()} if model is Voucher else {}
        payable = model.objects.create(**given)
        payment = start(payable, request_)
        khalti.pay(payment)
        check_payment(payment)
        return payable

    return paid


@pytest.mark.parametrize("model", MODELS)
def test_an_object_that_is_paid_stays(home, paid, model):
    payable = paid(model)

    with pytest.raises(ProtectedError) as raised:
        payable.delete()

    assert raised.value.protected_objects == {KhaltiPayment.objects.get()}
    assert model.objects.filter(pk=payable.pk).exists()


@pytest.mark.parametrize("model", MODELS)
def test_so_do_many_at_once(home, paid, model):
    paid(model)

    with pytest.raises(ProtectedError):
        model.objects.all().delete()

    assert model.objects.exists()


@pytest.mark.parametrize(("read_as", "model"), [(Event, Concert), (Thing, Gift)])
def test_it_stays_by_whichever_class_it_is_read(home, paid, read_as, model):
    payable = paid(model)

    with pytest.raises(ProtectedError):
        read_as.objects.get(pk=payable.pk).delete()
    with pytest.raises(ProtectedError):
        read_as.objects.all().delete()


def test_what_would_be_deleted_with_another_object_stays(home, paid):
    with pytest.raises(ProtectedError):
        paid(Voucher).invoice.delete()


@pytest.mark.parametrize("model", MODELS)
def test_an_unpaid_object_goes_and_its_payment_stays(home, khalti, request_, model):
    payable = model.objects.create(**({"code": "a", "invoice": Invoice.objects.create()} if model is Voucher else {}))
    payment = start(payable, request_)
    khalti.cancel(payment)
    check_payment(payment)

    payable.delete()

    assert not model.objects.exists()
    assert KhaltiPayment.objects.get() == payment


def test_what_is_being_paid_at_khalti_stays(khalti, invoice, request_):
    """Its visitor may have paid already."""
    invoice.pay(request_)

    with pytest.raises(ProtectedError):
        invoice.delete()


def test_what_was_given_back_stays_with_its_receipt(pay, invoice):
    refund_payment(pay(invoice))

    with pytest.raises(ProtectedError):
        invoice.delete()


def test_one_that_is_paid_keeps_the_others_of_a_query(pay, invoice):
    pay(invoice)
    Invoice.objects.create()

    with pytest.raises(ProtectedError):
        Invoice.objects.all().delete()

    Invoice.objects.exclude(pk=invoice.pk).delete()
    assert Invoice.objects.get() == invoice


def test_what_test_money_paid_can_be_cleared_on_a_live_site(pay, invoice, settings):
    pay(invoice)
    settings.WAGTAIL_KHALTI = {"MODE": "live", "SECRET_KEY": "a-key"}

    invoice.delete()

    assert KhaltiPayment.objects.exists()


def test_live_money_protects_on_a_test_site(pay, invoice):
    """A copy of the live database."""
    pay(invoice)
    KhaltiPayment.objects.update(mode="live")

    with pytest.raises(ProtectedError):
        invoice.delete()


def test_the_confirmation_page_of_an_admin_says_what_protects(pay, invoice):
    payment = pay(invoice)
    collector = NestedObjects(using=DEFAULT_DB_ALIAS)

    collector.collect([invoice])

    assert collector.protected == {payment}


def test_a_key_that_is_no_number_disturbs_nothing(pay, invoice):
    KhaltiPayment.objects.filter(pk=pay(Invoice.objects.create()).pk).update(payable_id="no-number")

    invoice.delete()


def test_a_user_can_go(pay, home):
    """Their paid invoices stay, as the site's model says."""
    user = User.objects.create(username="ram")
    pay(Invoice.objects.create(customer=user))

    user.delete()

    assert Invoice.objects.get().customer is None


@pytest.mark.parametrize("case", [("a", "A"), ("é", "e")])
def test_a_code_in_other_letters_is_another_voucher(pay, invoice, case):
    """MariaDB would find the one by the other; its table has room for only one of them."""
    pay(Voucher.objects.create(code=case[0], invoice=invoice))

    Voucher(code=case[1])._meta.get_field("payments").bulk_related_objects([Voucher(code=case[1])])


def test_a_raw_delete_asks_nobody(pay, invoice):
    """As with every protection of Django's: what Django documents as private is left alone."""
    pay(invoice)

    Invoice.objects.all()._raw_delete(DEFAULT_DB_ALIAS)

    assert KhaltiPayment.objects.get().has_lost_payable
