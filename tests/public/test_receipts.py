"""The receipt: one content wherever it is read, the name of the payer for the payer alone, and ways back to it."""

from datetime import UTC, datetime

import pytest
from bs4 import BeautifulSoup
from django.db import connection
from django.template import Context, Template
from django.test import RequestFactory
from django.urls import reverse
from wagtail.models import Site

from tests.public.conftest import GOOD_ANSWERS, page_of
from tests.public.test_queries import Questions
from wagtail_khalti.actions import check_payment, send_receipt, start_payment
from wagtail_khalti.blocks import KhaltiReceiptBlock
from wagtail_khalti.dates.nepali import fiscal_year_label
from wagtail_khalti.gateway import BreakdownLine, Customer
from wagtail_khalti.models import KhaltiPayment, KhaltiSettings

OWN = "/khalti/receipt/"
MIDNIGHT = datetime(2026, 7, 16, 18, 15, tzinfo=UTC)  # in Nepal the first moment of a fiscal year


@pytest.fixture
def site(home):
    site = Site.objects.get(is_default_site=True)
    site.site_name = "Village library"
    site.save()
    KhaltiSettings.objects.create(site=site, receipt_text="New Road, Kathmandu\nPAN 301234567")
    return site


@pytest.fixture
def paid(khalti, site):
    """By code of the site's, so that no browser is known to have begun it."""
    payment = start_payment(
        150_000,
        purpose="Concert",
        base_url="http://testserver",
        site=site,
        customer=Customer(name="Sita Rai", email="sita@example.com"),
        breakdown=[BreakdownLine(label="2 × tickets", amount=130_000), BreakdownLine(label="VAT", amount=20_000)],
    )
    khalti.pay(payment)
    check_payment(payment)
    KhaltiPayment.objects.update(completed_at=MIDNIGHT)
    payment.refresh_from_db()
    return payment


@pytest.fixture
def sitas(visitor, shop_page, khalti, the_payment):
    """Begun and paid in the visitor's browser."""
    visitor.choose(shop_page(fields=["name", "email", "phone"])).press_pay(**GOOD_ANSWERS)
    khalti.pay(the_payment())
    visitor.come_back(khalti, the_payment())
    return the_payment()


def rows_of(page):
    """Of the receipt: each with its label, its value and what stands below."""
    return [
        [part.get_text(" ", strip=True).removesuffix(" Copy") for part in row.find_all(["dt", "dd"])]
        for row in page.select(".khalti-summary > div")
    ]


class TestTheContent:
    def test_is_all_that_a_receipt_needs(self, client, paid):
        page = page_of(client.get(paid.get_receipt_url()))

        assert page.select_one("h2").get_text() == "Payment receipt"
        assert [[part.replace("\xa0", " ") for part in row] for row in rows_of(page)] == [
            ["Merchant", "Village library", "New Road, Kathmandu", "PAN 301234567"],
            ["Paid by", "Sita Rai"],
            ["Description", "Concert"],
            ["2 × tickets", "Rs 1,300"],
            ["VAT", "Rs 200"],
            ["Amount", "Rs 1,500"],
            ["Receipt number", f"{fiscal_year_label(paid.receipt_year)}-00001 (test)"],
            ["Paid on", "17 Jul 2026, 00:00, Nepal Time (2083-04-01 BS)"],
            ["Reference", paid.readable_reference],
            ["Khalti transaction ID", paid.transaction_id],
        ]

    def test_is_the_same_in_the_mail(self, client, paid, mailoutbox):
        send_receipt(paid)

        rows = rows_of(page_of(client.get(paid.get_receipt_url())))
        [(html, _kind)] = mailoutbox[0].alternatives
        in_html = [list(row.stripped_strings) for row in BeautifulSoup(html, "lxml").select("tr")]
        in_text = [f"{label}: {value}" for label, value, *_notes in rows]
        assert in_html == rows
        assert [line for line in mailoutbox[0].body.splitlines() if line in in_text] == in_text

    def test_is_no_receipt_before_it_is_paid(self, client, payment, site):
        page = page_of(client.get(payment.get_absolute_url()))

        assert page.select("h2") == []
        assert "PAN" not in page.get_text()

    def test_says_how_to_print_it_without_a_script(self, client, paid):
        assert "choose “Print” in your browser's menu" in page_of(client.get(paid.get_absolute_url())).get_text()


class TestTheName:
    """An address without a signature is quoted, printed and passed on."""

    def test_is_for_the_browser_that_paid(self, visitor, stranger, sitas):
        assert ["Paid by", "Sita Rai"] in rows_of(visitor.visit(sitas.get_absolute_url()).page)
        assert "Sita" not in stranger.visit(sitas.get_absolute_url()).response.content.decode()

    def test_is_for_who_has_the_signed_address(self, stranger, sitas):
        assert ["Paid by", "Sita Rai"] in rows_of(stranger.visit(sitas.get_receipt_url()).page)

    @pytest.mark.parametrize("change", [lambda url: url[:-9] + "/", lambda url: url.partition(".")[0] + "/"])
    def test_is_not_for_who_has_a_part_of_it(self, stranger, sitas, change):
        stranger.response = stranger.client.get(change(sitas.get_receipt_url()), follow=True)

        assert stranger.response.redirect_chain == [(sitas.get_absolute_url(), 302)]
        assert "Sita" not in stranger.response.content.decode()

    def test_is_not_for_the_signature_of_another(self, stranger, sitas, paid):
        signature = paid.get_receipt_url().rstrip("/").partition(".")[2]
        forged = reverse("wagtail_khalti:receipt", args=[f"{sitas.reference}.{signature}"])

        assert "Sita" not in stranger.client.get(forged, follow=True).content.decode()

    @pytest.mark.parametrize("signed", [".", "x", "%00", ".x", "नेपाली.x"])
    def test_of_nobody_is_a_page_that_says_so(self, client, db, signed):
        response = client.get(f"/khalti/receipts/{signed}/", follow=True)

        assert response.status_code == 404


class TestTheWayBack:
    def test_is_a_button_that_is_the_same_for_all(self, db, django_assert_num_queries):
        template = Template("{% load khalti %}{% khalti_receipt %}")
        request = RequestFactory().get("/")
        with django_assert_num_queries(0):
            written = template.render(Context({"request": request}))
            of_block = KhaltiReceiptBlock().render(None)

        assert f'href="{OWN}"' in written
        assert written == of_block

    def test_leads_to_what_was_paid_in_this_browser(self, visitor, sitas):
        response = visitor.client.get(OWN)

        assert response.url == sitas.get_absolute_url()
        assert "no-store" in response["Cache-Control"]

    def test_leads_past_what_was_only_begun(self, visitor, sitas, shop_page):
        visitor.choose(shop_page()).press_pay()

        assert visitor.client.get(OWN).url == sitas.get_absolute_url()

    def test_leads_to_what_was_begun_where_nothing_is_paid(self, visitor, shop_page, the_payment):
        visitor.choose(shop_page()).press_pay()

        assert visitor.client.get(OWN).url == the_payment().get_absolute_url()

    def test_leads_a_stranger_to_nobodys_receipt(self, stranger, sitas):
        stranger.visit(OWN)

        assert stranger.response.status_code == 404
        assert stranger.headline == "No receipt found"

    def test_asks_the_database_once(self, visitor, sitas):
        with Questions(connection) as questions:
            visitor.client.get(OWN)

        assert len(questions.asked) == 1
