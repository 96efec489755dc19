"""Receipts that the site changes."""

import logging
from dataclasses import asdict

import pytest
from wagtail.models import Site

from tests.public.conftest import page_of
from wagtail_khalti.actions import check_payment, send_receipt, start_payment
from wagtail_khalti.gateway import Customer
from wagtail_khalti.models import KhaltiSettings
from wagtail_khalti.receipts import has_pdf, pdf_of, receipt_of


@pytest.fixture
def paid(khalti, home):
    payment = start_payment(
        150_000,
        purpose="Book",
        site=Site.objects.get(),
        base_url="http://testserver",
        customer=Customer(email="sita@example.com"),
        metadata={"shelf": "B-12"},
    )
    khalti.pay(payment)
    return check_payment(payment)


def labels_of(payment, *, shows_payer=False):
    receipt = receipt_of(payment, KhaltiSettings.of(payment.site), None, shows_payer=shows_payer)
    return [row.label for row in receipt.rows]


def test_what_it_adds_is_on_the_page_and_in_the_mail(example, option, paid, client, mailoutbox):
    option(RECEIPT="library.with_shelf")

    page = page_of(client.get(paid.get_absolute_url()))
    send_receipt(paid)

    assert "B-12" in page.select_one(".khalti-summary").get_text()
    [mail] = mailoutbox
    assert "B-12" in mail.body
    assert "B-12" in mail.alternatives[0][0]


def test_what_it_adds_is_in_the_pdf(example, option, paid):
    if not has_pdf():
        pytest.skip("the extra is not installed")
    pypdfium2 = pytest.importorskip("pypdfium2")
    option(RECEIPT="library.with_shelf")

    pdf = pdf_of(asdict(receipt_of(paid, KhaltiSettings.of(paid.site), None, shows_payer=False)))

    document = pypdfium2.PdfDocument(pdf)
    assert "B-12" in document[0].get_textpage().get_text_bounded()
    document.close()


@pytest.mark.parametrize("result", [None, ValueError("broken"), "a text"])
def test_whoever_paid_gets_a_receipt_when_it_fails(option, paid, monkeypatch, caplog, result):
    def change(receipt, payment, *, shows_payer):
        if isinstance(result, Exception):
            raise result
        return result

    usual = labels_of(paid)
    monkeypatch.setattr("tests.shop.models.change", change, raising=False)
    option(RECEIPT="tests.shop.models.change")

    with caplog.at_level(logging.ERROR):
        assert labels_of(paid) == usual

    assert paid.reference in caplog.text
    assert "B-12" not in caplog.text


def test_it_knows_whether_the_payer_is_looking(option, paid, monkeypatch):
    seen = []

    def change(receipt, payment, *, shows_payer):
        seen.append(shows_payer)
        return receipt

    monkeypatch.setattr("tests.shop.models.change", change, raising=False)
    option(RECEIPT="tests.shop.models.change")
    labels_of(paid)
    labels_of(paid, shows_payer=True)

    assert seen == [False, True]
