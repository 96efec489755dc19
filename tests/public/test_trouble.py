"""Khalti down, slow, confused, or contradicting itself: no error page, no payment lost, none wrongly completed."""

from datetime import timedelta
from importlib import import_module

import pytest
from django.urls import reverse
from django.utils import timezone

from wagtail_khalti.models import KhaltiPayment
from wagtail_khalti.models.status import Status
from wagtail_khalti.simulator.models import SimulatedPayment

APPLY_LOOKUP = import_module("wagtail_khalti.ledger.apply_lookup")  # in the package its name is the function's
DOWN = "Khalti is temporarily unavailable. You have not been charged. Please try again."
HTML = {"body": "<html>Down</html>", "content_type": "text/html"}
NO_ANSWERS = {
    "503 and HTML": {**HTML, "status": 503},
    "200 and HTML": {**HTML, "status": 200},
    "500": {"body": "", "status": 500},
    "429": {"body": "{}", "status": 429, "headers": {"Retry-After": "60"}},
    "too slow": {"body": "{}", "delay": 60},
    "a redirect": {"body": "", "status": 302, "headers": {"Location": "https://evil.example/"}},
    "broken JSON": {"body": '{"pidx": "'},
    "a list": {"body": "[]"},
    "nothing": {"body": ""},
    "no pidx": {"body": '{"payment_url": "https://pay.khalti.com/"}'},
    "no link": {"body": '{"pidx": "jz3xH8BuZQ5MSo7CoNJ9pY"}'},
    "a link that is none": {"body": '{"pidx": "jz3xH8BuZQ5MSo7CoNJ9pY", "payment_url": "javascript:alert(1)"}'},
    "a megabyte": {"body": " " * 1_000_000},
}


@pytest.mark.parametrize("answer", NO_ANSWERS.values(), ids=NO_ANSWERS)
def test_no_usable_answer_to_initiate_is_told_kindly(visitor, khalti, shop_page, the_payment, answer):
    khalti.answer("initiate", **answer)

    visitor.choose(shop_page(fields=["name"])).press_pay(name="Sita Rai")

    assert visitor.response.status_code == 200
    assert visitor.errors == [DOWN]
    assert visitor.typed["name"] == "Sita Rai"
    assert the_payment().status == Status.CREATED


def test_the_same_form_pays_the_same_payment_once_khalti_is_back(visitor, khalti, shop_page, the_payment):
    khalti.answer("initiate", **NO_ANSWERS["503 and HTML"])
    visitor.choose(shop_page(fields=["name"])).press_pay(name="Sita Rai")
    reference = the_payment().reference

    visitor.press_pay()

    assert visitor.response.url == the_payment().payment_url
    assert the_payment().reference == reference
    assert SimulatedPayment.objects.count() == 1


def test_a_wrong_key_is_told_kindly_and_not_in_detail(visitor, khalti, shop_page, settings, caplog):
    settings.WAGTAIL_KHALTI = {**settings.WAGTAIL_KHALTI, "SECRET_KEY": "invalid-key"}

    visitor.choose(shop_page()).press_pay()

    assert visitor.errors == ["We can't take payments right now. You have not been charged."]
    assert "invalid-key" not in visitor.response.content.decode() + caplog.text


def test_without_any_key_the_page_says_that_nothing_can_be_paid(visitor, shop_page, settings):
    settings.WAGTAIL_KHALTI = {**settings.WAGTAIL_KHALTI, "SECRET_KEY": ""}

    visitor.choose(shop_page()).press_pay()

    assert visitor.errors == ["We can't take payments right now. You have not been charged."]


def test_a_phone_that_khalti_refuses_is_told_beside_the_phone(visitor, khalti, shop_page):
    refusal = {"customer_info": {"phone": ["Enter a valid phone number."]}, "error_key": "validation_error"}
    khalti.answer("initiate", refusal, status=400)

    visitor.choose(shop_page(fields=["name", "phone"])).press_pay(name="Sita", phone="9800000001")

    assert visitor.errors == ["Khalti did not accept this: Enter a valid phone number."]
    assert visitor.page.select_one("#errors a")["href"] == "#id_phone"
    assert visitor.page.select_one("#id_phone")["aria-invalid"] == "true"
    assert visitor.typed["phone"] == "9800000001"


def test_after_a_refusal_the_corrected_form_pays(visitor, khalti, shop_page):
    refusal = {"customer_info": {"phone": ["Enter a valid phone number."]}, "error_key": "validation_error"}
    khalti.answer("initiate", refusal, status=400)
    visitor.choose(shop_page(fields=["name", "phone"])).press_pay(name="Sita", phone="9800000001")

    visitor.press_pay(phone="9800000002")

    payment = KhaltiPayment.objects.get(status=Status.INITIATED)
    assert visitor.response.url == payment.payment_url
    assert payment.customer_phone == "9800000002"


def test_after_a_refusal_the_same_form_may_be_tried_again(visitor, khalti, shop_page):
    khalti.answer("initiate", {"amount": ["Limit reached."], "error_key": "validation_error"}, status=400)
    visitor.choose(shop_page()).press_pay()

    visitor.press_pay()

    assert visitor.response.url == KhaltiPayment.objects.get(status=Status.INITIATED).payment_url


def test_an_error_about_a_field_not_on_the_form_is_shown_too(visitor, khalti, shop_page):
    khalti.answer("initiate", {"amount": ["Limit reached."], "error_key": "validation_error"}, status=400)

    visitor.choose(shop_page()).press_pay()

    assert visitor.errors == ["Khalti did not accept this: Limit reached."]


def test_words_of_khalti_are_shown_as_text_and_never_as_markup(visitor, khalti, shop_page):
    khalti.answer("initiate", {"amount": ["<script>alert(1)</script>"], "error_key": "validation_error"}, status=400)

    visitor.choose(shop_page()).press_pay()

    assert b"<script>alert" not in visitor.response.content


LOOKUPS_WITHOUT_AN_ANSWER = {
    name: NO_ANSWERS[name] for name in ("503 and HTML", "200 and HTML", "429", "too slow", "a list", "broken JSON")
} | {
    "401": {"body": '{"detail": "Invalid token.", "status_code": 401}', "status": 401},
    "404": {"body": '{"detail": "Not found.", "error_key": "validation_error"}', "status": 404},
}


@pytest.mark.parametrize("answer", LOOKUPS_WITHOUT_AN_ANSWER.values(), ids=LOOKUPS_WITHOUT_AN_ANSWER)
def test_without_a_lookup_answer_the_visitor_waits(visitor, khalti, payment, answer, monkeypatch):
    monkeypatch.setattr("wagtail_khalti.gateway.client.time.sleep", lambda seconds: None)
    khalti.pay(payment)
    khalti.answer("lookup", times=20, **answer)

    visitor.come_back(khalti, payment)

    assert visitor.headline == "We are confirming your payment with Khalti."
    assert "there is no need to pay again" in visitor.page.get_text()
    payment.refresh_from_db()
    assert payment.status == Status.INITIATED


def test_where_others_are_faster_each_time_the_visitor_waits(visitor, khalti, payment, monkeypatch):
    turns = []
    monkeypatch.setattr(APPLY_LOOKUP, "_change_status", lambda *args, **kwargs: turns.append(1))
    khalti.pay(payment)

    visitor.come_back(khalti, payment)

    assert visitor.headline == "We are confirming your payment with Khalti."
    assert len(turns) == 10, "ten times on the way back, and none on the page"


def test_when_khalti_answers_again_the_waiting_ends(visitor, khalti, payment, monkeypatch, time_machine):
    monkeypatch.setattr("wagtail_khalti.gateway.client.time.sleep", lambda seconds: None)
    khalti.pay(payment)
    khalti.answer("lookup", status=503, times=3, **HTML)
    visitor.come_back(khalti, payment)
    time_machine.move_to(timezone.now() + timedelta(seconds=5))

    visitor.visit(payment.get_absolute_url())

    assert visitor.headline == "Thank you. Your payment is complete."


CONTRADICTIONS = {
    "one paisa less": {"total_amount": 149_999},
    "one paisa more": {"total_amount": 150_001},
    "a hundredth": {"total_amount": 1500},
    "no amount": {"total_amount": ...},
    "true": {"total_amount": True},
    "a fraction": {"total_amount": 150_000.5},
    "negative": {"total_amount": -150_000},
    "another pidx": {"pidx": "jz3xH8BuZQ5MSo7CoNJ9pY"},
    "no pidx": {"pidx": ...},
    "an unknown word": {"status": "Ambiguous"},
    "completed and refunded": {"refunded": True},
}


@pytest.mark.parametrize("changes", CONTRADICTIONS.values(), ids=CONTRADICTIONS)
def test_a_contradiction_completes_nothing_and_says_do_not_repay(visitor, khalti, payment, changes):
    khalti.answer_lookup(payment, **changes)

    visitor.come_back(khalti, payment)

    assert visitor.headline == "We're reviewing your payment. Please don't pay again."
    text = visitor.page.get_text(" ", strip=True)
    assert "Our staff have been notified" in text
    assert payment.readable_reference in text
    assert visitor.page.find("a", string="accounts@example.com")["href"] == "mailto:accounts@example.com"
    payment.refresh_from_db()
    assert payment.status == Status.INITIATED
    assert payment.issues.open().count() == 1


class TestOnTheWayToKhalti:
    """The page that a second click, and a retry, go through."""

    @pytest.fixture
    def unsent(self, visitor, khalti, shop_page, the_payment):
        khalti.answer("initiate", **NO_ANSWERS["503 and HTML"])
        visitor.choose(shop_page()).press_pay()
        return the_payment()

    def address(self, payment):
        return reverse("wagtail_khalti:continue", args=[payment.reference])

    def test_goes_on_when_khalti_is_back(self, visitor, unsent, the_payment):
        response = visitor.client.get(self.address(unsent))

        assert response.url == the_payment().payment_url

    def test_says_that_khalti_is_still_down_and_offers_a_retry(self, visitor, khalti, unsent):
        khalti.answer("initiate", **NO_ANSWERS["503 and HTML"])

        visitor.visit(self.address(unsent))

        assert visitor.headline == "Khalti is temporarily unavailable. You have not been charged."
        assert visitor.page.find("a", string="Try again")["href"] == self.address(unsent)

    def test_waits_while_another_request_is_sending(self, visitor, unsent):
        KhaltiPayment.objects.update(initiating_at=timezone.now())

        visitor.visit(self.address(unsent))

        assert visitor.headline == "One moment: we are taking you to Khalti."
        assert visitor.page.select_one("noscript meta")["content"] == "3; url=?poll=1"
        assert SimulatedPayment.objects.count() == 0

    def test_leads_to_khalti_as_long_as_it_can_be_paid_there(self, visitor, payment):
        assert visitor.client.get(self.address(payment)).url == payment.payment_url

    def test_leads_to_the_receipt_when_it_is_paid(self, visitor, khalti, payment):
        khalti.pay(payment)
        visitor.come_back(khalti, payment)

        assert visitor.client.get(self.address(payment)).url == payment.get_absolute_url()
