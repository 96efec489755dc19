"""Views for those who have paid."""

import pytest
from asgiref.sync import async_to_sync
from django.test import AsyncClient
from wagtail.models import Site

from tests.payables.models import Invoice
from tests.payables.test_page import press
from wagtail_khalti.actions import check_payment, refund_payment
from wagtail_khalti.models import KhaltiPayment, KhaltiSettings
from wagtail_khalti.payables import PaymentDetails, pay_url

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.payables.urls")]

KINDS = ["function", "async", "class", "async-class"]


@pytest.fixture(params=["wsgi", "asgi"])
def get(request, client):
    """A visitor of the site, as either kind of server passes them on."""
    return client.get if request.param == "wsgi" else async_to_sync(AsyncClient().get)


@pytest.mark.parametrize("kind", KINDS)
def test_who_has_not_paid_is_sent_to_pay(get, khalti, invoice, kind):
    answer = get(f"/{kind}/{invoice.pk}/?page=2")

    assert answer["Location"] == pay_url(invoice, next_url=f"/{kind}/{invoice.pk}/?page=2")
    assert "no-store" in answer["Cache-Control"]


@pytest.mark.parametrize("kind", KINDS)
def test_who_has_paid_sees_it(get, pay, invoice, kind):
    pay(invoice)

    answer = get(f"/{kind}/{invoice.pk}/")

    assert answer.content == b"The article"
    assert "private" in answer["Cache-Control"]


@pytest.mark.parametrize("kind", KINDS)
def test_what_costs_nothing_is_seen_by_all(get, home, kind):
    assert get(f"/{kind}/0/").content == b"The article"


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_not_there_is_not_found(get, home, kind):
    assert get(f"/{kind}/999/").status_code == 404


def test_the_visitor_pays_and_comes_back_to_it(client, khalti, invoice):
    page = client.get(client.get(f"/function/{invoice.pk}/")["Location"])
    press(client, page)
    payment = KhaltiPayment.objects.get()
    khalti.pay(payment)

    back = client.get(khalti.return_path(payment))["Location"]

    assert client.get(back).content == b"The article"


def test_the_page_to_pay_leads_on_once_it_is_paid(client, khalti, invoice):
    address = client.get(f"/function/{invoice.pk}/")["Location"]
    press(client, client.get(address))
    payment = KhaltiPayment.objects.get()
    khalti.pay(payment)
    check_payment(payment)

    assert client.get(address)["Location"] == f"/function/{invoice.pk}/"


def test_who_got_all_back_has_not_paid(client, pay, invoice):
    refund_payment(pay(invoice))

    assert client.get(f"/function/{invoice.pk}/").status_code == 302


def test_what_was_submitted_is_not_the_way_back(client, invoice):
    assert client.post(f"/function/{invoice.pk}/")["Location"] == pay_url(invoice)


def test_test_money_opens_nothing_on_a_live_site(client, pay, invoice, settings):
    pay(invoice)
    settings.WAGTAIL_KHALTI = {"MODE": "live", "SECRET_KEY": "a-key"}

    assert client.get(f"/function/{invoice.pk}/").status_code == 302


def test_no_visitor_chooses_test_money_by_the_host(client, pay, invoice, settings):
    """A site beside the live one, with an account in test mode: anybody can open the same address there."""
    pay(invoice)
    live = {"MODE": "live", "SECRET_KEY": "a-key"}
    settings.WAGTAIL_KHALTI = {"MERCHANTS": {"default": live, "tests": settings.WAGTAIL_KHALTI}}
    settings.ALLOWED_HOSTS = ["tests.example"]
    site = Site.objects.create(hostname="tests.example", root_page=Site.objects.get().root_page)
    KhaltiSettings.objects.create(site=site, merchant="tests")

    assert client.get(f"/function/{invoice.pk}/", headers={"host": "tests.example"}).status_code == 302


def test_the_payable_may_choose_test_money(client, pay, invoice, settings, monkeypatch):
    pay(invoice)
    live = {"MODE": "live", "SECRET_KEY": "a-key"}
    settings.WAGTAIL_KHALTI = {"MERCHANTS": {"default": live, "tests": settings.WAGTAIL_KHALTI}}
    details = PaymentDetails(amount=150_000, merchant="tests")
    monkeypatch.setattr(Invoice, "get_payment_details", lambda self: details)

    assert client.get(f"/function/{invoice.pk}/").content == b"The article"
