"""The receipt as a file: for the same people as the page, with the same rows."""

import re

import pypdfium2
import pytest
from django.urls import reverse

from tests.public.conftest import GOOD_ANSWERS, page_of
from wagtail_khalti.models import KhaltiPayment
from wagtail_khalti.public.payment import status_page
from wagtail_khalti.receipts import pdf


@pytest.fixture
def sitas(visitor, shop_page, khalti, the_payment):
    """Begun and paid in the visitor's browser."""
    visitor.choose(shop_page(fields=["name", "email", "phone"])).press_pay(**GOOD_ANSWERS)
    khalti.pay(the_payment())
    visitor.come_back(khalti, the_payment())
    return the_payment()


def flat(text):
    return re.sub(r"[\s\u200b\ufffe\x02]+", "", text)


def text_of(response):
    document = pypdfium2.PdfDocument(response.content)
    text = "".join(page.get_textpage().get_text_bounded() for page in document)
    document.close()
    return flat(text)


def signed(payment):
    return f"{payment.get_receipt_url()}pdf/"


def plain(payment):
    return f"{payment.get_absolute_url()}pdf/"


class TestTheFile:
    def test_is_a_download_that_nobody_caches(self, visitor, sitas):
        response = visitor.client.get(plain(sitas))

        assert (response.status_code, response["Content-Type"]) == (200, "application/pdf")
        year = sitas.receipt_year
        name = f"test-receipt-{year}-{(year + 1) % 100:02}-00001.pdf"
        assert response["Content-Disposition"] == f'attachment; filename="{name}"'
        assert "no-store" in response["Cache-Control"]
        assert response["X-Robots-Tag"] == "noindex, nofollow"

    @pytest.mark.parametrize("language", ["en", "ne"])
    def test_has_the_rows_of_the_page(self, stranger, sitas, language):
        KhaltiPayment.objects.update(language=language)
        page = page_of(stranger.client.get(sitas.get_receipt_url()))
        [button.decompose() for button in page.select("dd button")]

        text = text_of(stranger.client.get(signed(sitas)))

        rows = flat("".join(part.get_text() for part in page.select(".khalti-summary dt, .khalti-summary dd")))
        assert rows in text

    def test_is_linked_where_the_page_has_the_same_name_on_it(self, visitor, stranger, sitas):
        for browser, page, file in (
            (visitor, sitas.get_absolute_url(), plain(sitas)),
            (stranger, sitas.get_absolute_url(), plain(sitas)),
            (stranger, sitas.get_receipt_url(), signed(sitas)),
        ):
            links = [link["href"] for link in browser.visit(page).page.select(".khalti-actions a")]
            assert file in links

    def test_is_there_for_what_was_refunded_and_paid_twice(self, client, sitas):
        for changes in ({"status": "refunded", "refund_total": sitas.amount}, {"duplicate_of": sitas}):
            KhaltiPayment.objects.update(**changes)

            assert plain(sitas) in client.get(sitas.get_absolute_url()).content.decode()
            assert client.get(plain(sitas)).status_code == 200


class TestTheName:
    def test_is_for_the_payers_browser_and_the_signed_address(self, visitor, stranger, sitas):
        assert "SitaRai" in text_of(visitor.client.get(plain(sitas)))
        assert "SitaRai" in text_of(stranger.client.get(signed(sitas)))

    def test_is_not_for_a_stranger(self, stranger, sitas):
        assert "Sita" not in text_of(stranger.client.get(plain(sitas)))

    @pytest.mark.parametrize(
        "change", [lambda url: url.replace("/pdf/", "x/pdf/"), lambda url: url.partition(".")[0] + "/pdf/"]
    )
    def test_is_not_for_who_has_a_part_of_the_address(self, stranger, sitas, change):
        response = stranger.client.get(change(signed(sitas)), follow=True)

        assert response.redirect_chain == [(sitas.get_absolute_url(), 302)]
        assert "Sita" not in response.content.decode()


class TestTheOriginal:
    def test_is_the_payers_first_download(self, visitor, sitas):
        first, second = (text_of(visitor.client.get(plain(sitas))) for _time in range(2))

        assert "Copy" not in first
        assert "Copy.Theoriginalwasissuedon" in second

    def test_is_not_used_up_by_a_stranger_or_a_look_at_the_headers(self, visitor, stranger, sitas):
        assert "Copywithoutthepayer'sname." in text_of(stranger.client.get(plain(sitas)))
        visitor.client.head(plain(sitas))

        assert "Copy" not in text_of(visitor.client.get(plain(sitas)))

    def test_makes_a_copy_of_the_printed_page(self, visitor, sitas):
        assert visitor.visit(sitas.get_absolute_url()).page.select(".khalti-print-only") == []
        visitor.client.get(plain(sitas))

        [note] = visitor.visit(sitas.get_absolute_url()).page.select(".khalti-print-only")
        assert "Copy. The original was issued on" in note.get_text()


class TestNoFile:
    def test_before_it_is_paid(self, client, payment):
        assert client.get(plain(payment)).url == payment.get_absolute_url()
        assert client.get(signed(payment)).url == payment.get_receipt_url()
        assert "pdf" not in client.get(payment.get_absolute_url()).content.decode()

    @pytest.mark.parametrize("reference", ["NOBODY", "%00", "नेपाली"])
    def test_of_nobody(self, client, db, reference):
        assert client.get(f"/khalti/payments/{reference}/pdf/").status_code == 404

    def test_without_the_extra(self, visitor, sitas, monkeypatch):
        monkeypatch.setattr(status_page, "has_pdf", lambda: False)
        monkeypatch.setattr(pdf, "has_pdf", lambda: False)

        assert "pdf" not in visitor.visit(sitas.get_absolute_url()).response.content.decode()
        assert "data-print" in visitor.response.content.decode()
        assert visitor.client.get(plain(sitas)).url == sitas.get_receipt_url()
        assert KhaltiPayment.objects.get().receipt_issued_at is None, "the original is yet to be handed out"

    def test_by_post(self, client, sitas):
        assert client.post(reverse("wagtail_khalti:payment_pdf", args=[sitas.reference])).status_code == 405
