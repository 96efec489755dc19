"""How a payment stands, in words, with a next step, and with nothing that a stranger should not read."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from tests.public.conftest import GOOD_ANSWERS
from wagtail_khalti.actions import start_payment
from wagtail_khalti.gateway import BreakdownLine
from wagtail_khalti.testing.factories import PaymentFactory

WORDS = {
    "pay": "Thank you. Your payment is complete.",
    "begin": "We are confirming your payment with Khalti.",
    "cancel": "You cancelled the payment. You have not been charged.",
    "expire": "The payment link has expired. You have not been charged.",
    "fail": "The payment failed.",
}


@pytest.fixture
def sitas_payment(visitor, shop_page, the_payment):
    """Begun by a visitor who gave name, e-mail address and mobile number."""
    visitor.choose(shop_page(fields=["name", "email", "phone"])).press_pay(**GOOD_ANSWERS)
    return the_payment()


@pytest.mark.parametrize(("happens", "words"), WORDS.items(), ids=WORDS)
def test_each_state_has_its_words_and_the_reference_to_quote(visitor, khalti, sitas_payment, happens, words):
    getattr(khalti, happens)(sitas_payment)

    visitor.visit(sitas_payment.get_absolute_url())

    assert visitor.headline == words
    text = visitor.page.get_text(" ", strip=True)
    assert sitas_payment.readable_reference in text
    assert "Rs\xa01,500" in text
    assert "accounts@example.com" in text


@pytest.mark.parametrize("happens", WORDS)
def test_each_state_has_a_next_step(visitor, khalti, sitas_payment, happens):
    getattr(khalti, happens)(sitas_payment)

    visitor.visit(sitas_payment.get_absolute_url())

    steps = {link.get_text(strip=True): link["href"] for link in visitor.page.select(".khalti-actions a")}
    again = f"{reverse('wagtail_khalti:checkout', args=[sitas_payment.offer])}?again={sitas_payment.reference}"
    assert steps.pop("Back to Shop") == sitas_payment.source.url
    assert (
        steps
        == {
            "pay": {"Download receipt (PDF)": f"{sitas_payment.get_absolute_url()}pdf/"},
            "begin": {"Check again": sitas_payment.get_absolute_url(), "Continue to Khalti": sitas_payment.payment_url},
            "cancel": {"Pay again": again},
            "expire": {"Pay again": again},
            "fail": {"Pay again": again},
        }[happens]
    )


@pytest.mark.parametrize("happens", ["pay", "begin", "cancel", "expire", "fail"])
def test_a_payment_started_by_the_sites_code_has_a_next_step_too(visitor, khalti, payment, happens):
    getattr(khalti, happens)(payment)

    visitor.visit(payment.get_absolute_url())

    assert visitor.page.find("a", string="Go to the home page")["href"] == "/"
    assert visitor.page.find("a", string="Pay again") is None


@pytest.mark.parametrize("happens", WORDS)
def test_a_stranger_with_the_link_sees_only_a_masked_number(stranger, khalti, sitas_payment, happens):
    getattr(khalti, happens)(sitas_payment)

    stranger.visit(sitas_payment.get_absolute_url())

    html = stranger.response.content.decode()
    assert "98XXXXX001" in html
    for secret in ("Sita", "sita@example.com", "9800000001", sitas_payment.idempotency_key):
        assert secret not in html


def test_the_receipt_shows_what_makes_up_the_amount(visitor, khalti, home):
    lines = [BreakdownLine(label="Tickets", amount=100_000), BreakdownLine(label="VAT 13%", amount=13_000)]
    payment = start_payment(113_000, purpose="Concert", breakdown=lines, base_url="http://testserver")
    khalti.pay(payment)

    visitor.visit(payment.get_absolute_url())

    text = visitor.page.get_text(" ", strip=True).replace("\xa0", " ")
    assert "Tickets Rs 1,000 VAT 13% Rs 130 Amount Rs 1,130" in text


@pytest.mark.parametrize(
    ("partial", "words"), [(False, "This payment was refunded."), (True, "This payment was partially refunded.")]
)
def test_a_refund_says_where_the_money_goes(visitor, khalti, payment, partial, words):
    khalti.pay(payment)
    khalti.refund_in_dashboard(payment, partial=partial)

    visitor.visit(payment.get_absolute_url())

    assert visitor.headline == words
    assert "The money is returned to the original payment method" in visitor.page.get_text()


def test_late_money_is_a_paid_payment(visitor, khalti, payment, time_machine):
    khalti.cancel(payment)
    visitor.visit(payment.get_absolute_url())
    khalti.pay(payment)
    time_machine.move_to(timezone.now() + timedelta(seconds=65))

    visitor.visit(payment.get_absolute_url())

    assert visitor.headline == "Thank you. Your payment is complete."


def test_reloading_does_not_hammer_khalti(visitor, khalti, payment):
    for _time in range(5):
        visitor.visit(payment.get_absolute_url())

    assert payment.events.filter(kind="looked_up").count() == 1


def test_a_payment_khalti_does_not_know_is_not_leased(visitor):
    """No response would end the lease, and until then nobody else could work on the payment."""
    payment = PaymentFactory(created=True)

    visitor.visit(payment.get_absolute_url())

    payment.refresh_from_db()
    assert (payment.pidx, payment.leased_until) == (None, None)


class TestWaiting:
    """The page asks again by itself, with longer and longer pauses, and then leaves it to a button."""

    def refresh_of(self, visitor):
        meta = visitor.page.select_one("noscript meta[http-equiv=refresh]")
        return meta and meta["content"]

    def test_reloads_itself_without_a_script(self, visitor, payment):
        visitor.visit(payment.get_absolute_url())

        assert self.refresh_of(visitor) == "3; url=?poll=1"

    def test_stops_reloading_after_a_while(self, visitor, payment):
        visitor.visit(payment.get_absolute_url())

        turns = 0
        while refresh := self.refresh_of(visitor):
            turns += 1
            visitor.visit(payment.get_absolute_url() + refresh.partition("url=")[2])

        assert turns == 10
        assert visitor.page.find("a", string="Check again")["href"] == payment.get_absolute_url()
        assert visitor.page.select_one("script[data-intervals]") is None

    def test_tells_the_script_the_same_pauses(self, visitor, payment):
        visitor.visit(payment.get_absolute_url())

        assert visitor.page.select_one("script[data-intervals]")["data-intervals"] == "3,3,5,5,10,10,20,20,30,30"

    def test_ends_do_not_reload(self, visitor, khalti, payment):
        khalti.pay(payment)

        visitor.visit(payment.get_absolute_url())

        assert self.refresh_of(visitor) is None
        assert visitor.page.select_one("script[data-intervals]") is None

    @pytest.mark.parametrize("poll", ["-1", "99999999999999999999", "x", "", "१", "1.5", "\x00"])
    def test_a_senseless_poll_harms_nothing(self, visitor, payment, poll):
        response = visitor.client.get(payment.get_absolute_url(), {"poll": poll})

        assert response.status_code == 200


def test_what_a_buyer_reads_is_text_and_never_markup(visitor, khalti, shop_page, the_payment):
    visitor.choose(shop_page(item_name="<script>alert(1)</script>")).press_pay()

    visitor.visit(the_payment().get_absolute_url())

    assert b"<script>alert" not in visitor.response.content


@pytest.mark.parametrize(
    ("contact", "link"),
    [
        ("accounts@example.com", "mailto:accounts@example.com"),
        ("+977 1-4412345", "tel:+97714412345"),
        ("https://example.com/contact/", "https://example.com/contact/"),
        ("Mina, at the desk", None),
        ("javascript:alert(1)", None),
    ],
)
def test_whom_to_ask_can_be_pressed_where_that_is_an_address(visitor, payment, settings, contact, link):
    settings.WAGTAIL_KHALTI = {**settings.WAGTAIL_KHALTI, "CONTACT": contact}

    visitor.visit(payment.get_absolute_url())

    assert contact in visitor.page.get_text()
    anchor = visitor.page.find("a", string=contact)
    assert (anchor and anchor["href"]) == link


def test_only_reading_is_allowed(client, payment):
    for method in ("post", "put", "delete", "patch"):
        assert getattr(client, method)(payment.get_absolute_url()).status_code == 405
    assert client.head(payment.get_absolute_url()).status_code == 200
