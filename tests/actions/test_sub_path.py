"""A site at https://example.com/shop/: the addresses in a mail are those of the start, whichever process sends it."""

import threading

import pytest
from django.urls import clear_script_prefix, get_script_prefix, set_script_prefix

from wagtail_khalti.actions import check_payment, send_receipt, start_payment
from wagtail_khalti.exceptions import AnswerDelayed
from wagtail_khalti.gateway import Customer
from wagtail_khalti.lookups.pool import LookupPool
from wagtail_khalti.models import KhaltiPayment

pytestmark = pytest.mark.django_db


@pytest.fixture
def paid(khalti):
    """Begun and paid under this prefix, in a request; the process that goes on has none."""

    def make(prefix="/", **options):
        set_script_prefix(prefix)
        payment = start_payment(1000, purpose="Cake", customer=Customer(email="sita@example.com"), **options)
        clear_script_prefix()
        khalti.pay(payment)
        return check_payment(payment)

    yield make
    clear_script_prefix()


def address_in(mail):
    return next(word for word in mail.body.split() if word.startswith("http"))


@pytest.mark.parametrize(
    ("prefix", "base_url"),
    [
        ("/shop/", "https://example.com/"),
        ("/", "https://example.com/shop"),  # a proxy takes the path away
        ("/a/shop/", "https://example.com/"),
    ],
)
def test_a_receipt_leads_back_under_it(paid, mailoutbox, prefix, base_url):
    payment = paid(prefix, base_url=base_url)

    send_receipt(payment)

    root = base_url.rstrip("/") + prefix
    assert address_in(mailoutbox[0]) == root + payment.get_receipt_url().removeprefix("/")


@pytest.mark.parametrize("prefix", ["/", "/shop/"])
def test_it_is_the_address_of_the_page(paid, mailoutbox, prefix):
    payment = paid(prefix, base_url="https://example.com")
    set_script_prefix(prefix)

    send_receipt(KhaltiPayment.objects.get())

    assert address_in(mailoutbox[0]) == f"https://example.com{payment.get_receipt_url()}"


def test_a_late_answer_is_used_under_it(settings):
    """In a thread, from which receivers may write addresses."""
    settings.WAGTAIL_KHALTI = {**settings.WAGTAIL_KHALTI, "MAX_WAIT": 0.01}
    pool, may_answer, prefixes = LookupPool(), threading.Event(), []
    set_script_prefix("/shop/")

    with pytest.raises(AnswerDelayed):
        pool.call(
            "default",
            lambda: may_answer.wait(30),
            use_late_answer=lambda answer: prefixes.append(get_script_prefix()),
        )
    clear_script_prefix()
    may_answer.set()
    pool.wait()

    assert prefixes == ["/shop/"]
