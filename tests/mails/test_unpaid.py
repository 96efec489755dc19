"""Whoever did not finish a payment gets one link to it: when it expired, or when Khalti was unavailable."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from tests.mail_site import SITA
from tests.mails.conftest import later, plain, subjects
from tests.public.conftest import Visitor, page_of
from wagtail_khalti.actions import check_payment
from wagtail_khalti.exceptions import GatewayUnreachable
from wagtail_khalti.mails import send_mails, unpaid
from wagtail_khalti.models import KhaltiMail, KhaltiPayment

pytestmark = pytest.mark.django_db

DOWN = {"body": "", "status": 503}
TYPED = {"name": "Sita Rai", "email": "sita@example.com", "phone": "9800000001"}


@pytest.fixture
def shop(shop_page, site):
    return shop_page(fields=["name", "email", "phone"])


@pytest.fixture
def begin(khalti, shop):
    """A visitor presses Pay, from a browser of their own."""

    def begin(**typed):
        visitor = Visitor()
        visitor.choose(shop).press_pay(**(TYPED | typed))
        return visitor

    return begin


@pytest.fixture
def expire(khalti, begin, choose):
    """A payment whose link expired, as a run found out."""

    def expire(**typed):
        begin(**typed)
        payment = KhaltiPayment.objects.latest("pk")
        khalti.expire(payment)
        return check_payment(payment)

    choose(sends_reminders=True)
    return expire


def link_in(mail):
    [link] = re.findall(r"^http://testserver(\S+)$", mail.body, re.MULTILINE)
    return link


class TestTheReminder:
    def test_says_what_expired_and_leads_back_to_it(self, expire, mailoutbox):
        payment = expire()
        send_mails()

        [sent] = mailoutbox
        assert sent.to == ["sita@example.com"]
        assert subjects(mailoutbox) == ["Your payment to Village library is not finished"]
        assert "You have not been charged." in sent.body
        assert "Amount: Rs 1,500" in plain(sent.body)
        assert link_in(sent).startswith(payment.get_absolute_url())
        assert sent.alternatives[0][1] == "text/html"
        assert payment.events.get(kind="reminder_sent").data == {"to": "s…@example.com"}

    def test_keeps_what_was_typed_in_any_browser(self, expire, mailoutbox):
        expire()
        send_mails()
        elsewhere = Client()

        page = page_of(elsewhere.get(link_in(mailoutbox[0])))
        form = page_of(elsewhere.get(page.find("a", string="Pay again")["href"]))

        typed = {field["name"]: field.get("value", "") for field in form.select("form input")}
        assert {name: typed[name] for name in TYPED} == TYPED

    def test_without_its_signature_the_link_shows_nothing(self, expire, mailoutbox, time_machine):
        payment = expire()
        send_mails()
        path, _query, signed = link_in(mailoutbox[0]).partition("?again=")

        def typed_with(again):
            page = page_of(Client().get(f"{path}?again={again}"))
            form = page_of(Client().get(page.find("a", string="Pay again")["href"]))
            return form.select_one("[name=email]").get("value", "")

        assert [typed_with(again) for again in ("", payment.reference, signed[:-1], "x" * 9_999)] == [""] * 4
        assert typed_with(signed) == "sita@example.com"
        later(time_machine, days=8)
        assert typed_with(signed) == ""

    @pytest.mark.parametrize("end", ["unpublish", "delete"])
    def test_is_not_sent_for_a_page_that_is_gone(self, expire, shop, mailoutbox, end):
        expire()
        getattr(shop, end)()
        send_mails()

        assert mailoutbox == []

    def test_is_not_sent_once_others_have_bought_the_last_unit(self, expire, begin, shop, mailoutbox):
        shop.body[0].value["limit"] = {"units": 1}
        shop.save_revision().publish()
        expire()
        begin(email="hari@example.com", phone="9800000002")
        send_mails()

        assert mailoutbox == []
        assert KhaltiMail.objects.get().due_at is None

    def test_comes_once(self, expire, khalti, mailoutbox, time_machine):
        payment = expire()
        send_mails()
        later(time_machine, days=1)
        check_payment(payment)
        send_mails()

        assert len(mailoutbox) == 1

    def test_in_the_language_of_who_began(self, expire, mailoutbox):
        payment = expire()
        KhaltiPayment.objects.filter(pk=payment.pk).update(language="ne")
        send_mails()

        assert "१,५००" in mailoutbox[0].body


class TestNoReminder:
    def test_where_the_site_does_not_want_it(self, expire, choose, mailoutbox):
        choose(sends_reminders=False)
        expire()
        send_mails()

        assert (mailoutbox, KhaltiMail.objects.count()) == ([], 0)

    @pytest.mark.parametrize("end", ["cancel", "fail"])
    def test_after_another_end(self, begin, khalti, choose, mailoutbox, end):
        """Who cancelled has decided."""
        choose(sends_reminders=True)
        begin()
        payment = KhaltiPayment.objects.get()
        getattr(khalti, end)(payment)
        check_payment(payment)
        send_mails()

        assert (mailoutbox, KhaltiMail.objects.count()) == ([], 0)

    def test_to_who_has_paid_the_same_meanwhile(self, expire, begin, khalti, mailoutbox):
        expire()
        begin()
        again = KhaltiPayment.objects.latest("pk")
        khalti.pay(again)
        check_payment(again)
        send_mails()

        assert mailoutbox == []

    def test_to_who_has_begun_again(self, expire, begin, mailoutbox):
        expire()
        begin()
        send_mails()

        assert mailoutbox == []

    def test_of_what_was_paid_late(self, expire, khalti, mailoutbox):
        payment = expire()
        khalti.pay(payment)
        check_payment(payment)
        send_mails()

        assert mailoutbox == []

    def test_of_what_the_sites_own_code_started(self, khalti, make_payment, site, choose, mailoutbox):
        """There is no page to pay it again."""
        choose(sends_reminders=True)
        payment = make_payment(customer=SITA, site=site)
        khalti.expire(payment)
        check_payment(payment)
        send_mails()

        assert mailoutbox == []

    def test_that_is_days_late(self, expire, mailoutbox):
        payment = expire()
        KhaltiPayment.objects.filter(pk=payment.pk).update(created_at=timezone.now() - timedelta(days=2))
        send_mails()

        assert mailoutbox == []

    def test_more_than_three_a_day_to_one_address(self, expire, mailoutbox, shop_page, monkeypatch):
        """Anybody can type somebody else's."""
        monkeypatch.setattr(unpaid, "_is_settled_otherwise", lambda payment: False)
        for number in range(5):
            expire(phone=f"980000000{number}")
            send_mails()

        assert len(mailoutbox) == unpaid.MAX_PER_DAY

    def test_more_than_three_a_day_to_one_inbox(self, expire, mailoutbox):
        """However it is tagged; other inboxes get theirs."""
        for number in range(5):
            expire(email=f"sita+{number}@example.com", phone=f"980000000{number}")
            send_mails()
        expire(phone="9800000005")
        send_mails()
        assert len(mailoutbox) == unpaid.MAX_PER_DAY

        for number, other in enumerate(("sitara@example.com", "sita+1@example.org", "ita@example.com"), 6):
            expire(email=other, phone=f"980000000{number}")
            send_mails()
        assert len(mailoutbox) == unpaid.MAX_PER_DAY + 3


@pytest.fixture
def links(choose):
    choose(sends_links=True, unavailable_message="Or pay <b>in cash</b>\nat the office.")


@pytest.fixture
def wait(time_machine):
    """Until the link is due."""
    return lambda: later(time_machine, minutes=2, seconds=1)


@pytest.mark.usefixtures("links")
class TestWhileKhaltiIsUnavailable:
    @pytest.fixture
    def stopped(self, khalti, begin):
        khalti.answer("initiate", **DOWN)
        return begin()

    def test_the_page_offers_to_finish_later_in_the_sites_words(self, stopped):
        payment = KhaltiPayment.objects.get()

        errors = stopped.page.select_one("#errors")

        assert errors.find("a", string="Link to your payment")["href"] == payment.get_absolute_url()
        assert "You will also get the link by e-mail." in errors.get_text()
        assert "Or pay <b>in cash</b>" in errors.get_text()
        assert errors.find("b") is None
        assert "failed" not in stopped.page.get_text().lower()
        assert {name: stopped.typed[name] for name in TYPED} == TYPED

    def test_the_mail_leads_to_the_payment_once(self, stopped, khalti, mailoutbox, wait):
        khalti.answer("initiate", **DOWN)
        stopped.press_pay()
        send_mails()
        assert mailoutbox == [], "Khalti may be back in a moment"
        wait()
        send_mails()
        send_mails()

        [sent] = mailoutbox
        assert (sent.to, subjects(mailoutbox)) == (["sita@example.com"], ["Finish your payment to Village library"])
        payment = KhaltiPayment.objects.get()
        assert link_in(sent).startswith(payment.get_absolute_url())
        assert payment.events.get(kind="link_sent").data == {"to": "s…@example.com"}

        stopped.visit(link_in(sent))
        assert "We've e-mailed you the link." in stopped.page.get_text()
        assert "Or pay <b>in cash</b>" in stopped.page.get_text()

    def test_from_the_mail_it_goes_on_to_khalti(self, stopped, mailoutbox, wait):
        wait()
        send_mails()
        elsewhere = Client()

        page = page_of(elsewhere.get(link_in(mailoutbox[0])))
        response = elsewhere.get(page.find("a", string="Try again")["href"])

        assert response.url == KhaltiPayment.objects.get().payment_url

    def test_from_the_mail_next_day_the_form_is_filled_in(self, stopped, mailoutbox, time_machine, wait):
        wait()
        send_mails()
        later(time_machine, days=1)
        elsewhere = Client()

        page = page_of(elsewhere.get(link_in(mailoutbox[0])))
        form = page_of(elsewhere.get(page.find("a", string="Try again")["href"], follow=True))

        assert form.select_one("[name=email]")["value"] == "sita@example.com"

    def test_who_was_quicker_gets_no_mail(self, stopped, mailoutbox, wait):
        stopped.press_pay()
        wait()
        send_mails()

        assert stopped.response.url == KhaltiPayment.objects.get().payment_url
        assert mailoutbox == []
        assert not KhaltiMail.objects.queued().exists()

    def test_without_an_address_no_mail_is_promised(self, khalti, shop_page, visitor_of, mailoutbox, wait):
        khalti.answer("initiate", **DOWN)
        visitor = visitor_of(shop_page(title="Other", fields=["name"]), name="Sita")
        wait()
        send_mails()

        assert "finish later" in visitor.page.get_text()
        assert "e-mail" not in visitor.page.get_text()
        assert mailoutbox == []

    def test_what_the_sites_own_code_started_is_its_own_affair(self, khalti, make_payment, site, mailoutbox, wait):
        khalti.answer("initiate", **DOWN)
        with pytest.raises(GatewayUnreachable):
            make_payment(customer=SITA, site=site)
        wait()
        send_mails()

        assert mailoutbox == []

    def test_a_key_that_is_rejected_will_not_be_better_later(self, begin, settings, mailoutbox, wait):
        settings.WAGTAIL_KHALTI = {**settings.WAGTAIL_KHALTI, "SECRET_KEY": "invalid-key"}
        visitor = begin()
        wait()
        send_mails()

        assert "finish later" not in visitor.page.get_text()
        assert mailoutbox == []


@pytest.fixture
def visitor_of():
    def visit(shop, **typed):
        visitor = Visitor()
        visitor.choose(shop).press_pay(**typed)
        return visitor

    return visit


def test_where_the_site_sends_no_links_the_page_offers_one(khalti, begin, mailoutbox, wait):
    khalti.answer("initiate", **DOWN)
    visitor = begin()
    wait()
    send_mails()

    assert visitor.page.find("a", string="Link to your payment")
    assert "by e-mail" not in visitor.page.get_text()
    assert mailoutbox == []
