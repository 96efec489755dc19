"""The organiser is told of each sale, or once a day: bundled, and never a flood."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction
from django.utils import timezone, translation

from tests.mails.conftest import later, plain, subjects
from tests.shop.models import Order
from wagtail_khalti.actions import check_payment
from wagtail_khalti.gateway import Customer
from wagtail_khalti.mails import queue_sale_mail, sale_letters, send_mails
from wagtail_khalti.mails.sales import next_summary
from wagtail_khalti.models import KhaltiMail, KhaltiPayment

pytestmark = pytest.mark.django_db

OFFICE = "office@example.com"


@pytest.fixture
def each(choose):
    choose(sale_recipients=OFFICE, sale_mail_frequency="each")


@pytest.fixture
def daily(choose):
    choose(sale_recipients=OFFICE, sale_mail_frequency="daily")


@pytest.fixture
def live():
    """What is sold counts as real from then on."""

    def live():
        KhaltiPayment.objects.update(mode="live")

    return live


@pytest.mark.usefixtures("each")
class TestForEachSale:
    def test_says_what_was_sold_to_whom_and_where_to_see_it(self, make_paid, mailoutbox, live):
        payment = make_paid(purpose="Roll 12,\nclass 9")
        live()
        send_mails()

        [sent] = mailoutbox
        assert (sent.to, sent.cc, sent.bcc) == ([OFFICE], [], [])
        assert plain(sent.subject) == "New sale: Roll 12, class 9, Rs 1,500"
        payment.refresh_from_db()
        lines = plain(sent.body).splitlines()
        assert lines[:3] == ["Village library", "Sales: 1", "Total: Rs 1,500"]
        assert "Roll 12, class 9: Rs 1,500" in lines
        assert "Name: Sita Rai" in lines
        assert f"Reference: {payment.readable_reference}" in lines
        assert f"http://testserver/admin/khalti_payments/inspect/{payment.pk}/" in lines
        [(page, kind)] = sent.alternatives
        assert kind == "text/html"
        for words in ("Roll 12, class 9", "Sita Rai", payment.readable_reference, f"/inspect/{payment.pk}/"):
            assert words in page

    def test_goes_out_at_once_and_then_every_ten_minutes(self, make_paid, mailoutbox, live, time_machine):
        make_paid(purpose="First")
        live()
        send_mails()
        for _sale in range(3):
            later(time_machine, minutes=2)
            make_paid()
            live()
            send_mails()
        assert subjects(mailoutbox) == ["New sale: First, Rs 1,500"]

        later(time_machine, minutes=4, seconds=1)
        send_mails()
        later(time_machine, minutes=11)
        send_mails()
        assert subjects(mailoutbox)[1:] == ["3 new sales: Rs 4,500"]

        make_paid(purpose="Later")
        live()
        send_mails()
        assert subjects(mailoutbox)[2:] == ["New sale: Later, Rs 1,500"]

    def test_of_a_hundred_at_once_is_one_mail(self, make_paid, mailoutbox, monkeypatch):
        monkeypatch.setattr(sale_letters, "MAX_LISTED", 3)
        for _sale in range(5):
            make_paid()
        send_mails()

        [sent] = mailoutbox
        assert "Total: Rs 7,500" in plain(sent.body), "the sums include those that are not listed"
        assert sent.body.count("Name: Sita Rai") == 3
        assert "More sales: 2." in sent.body

    def test_says_that_a_test_is_one_and_adds_it_to_nothing(self, make_paid, mailoutbox, live):
        make_paid(purpose="Real")
        live()
        send_mails()
        make_paid(purpose="Try")
        send_mails()

        real, test = mailoutbox
        assert plain(real.subject) == "New sale: Real, Rs 1,500"
        assert plain(test.subject) == "TEST (no money moved): New sale: Try, Rs 1,500"
        assert test.body.startswith("TEST: no money moved.")
        assert "Real" not in test.body

    def test_is_in_the_sites_language_not_the_visitors(self, make_paid, mailoutbox, live):
        with translation.override("ne"):
            make_paid()
        live()
        with translation.override("ne"):
            send_mails()

        assert plain(mailoutbox[0].subject) == "New sale: Membership, Rs 1,500"

    def test_is_in_the_history_of_each_payment(self, make_paid):
        payments = [make_paid(), make_paid()]
        send_mails()

        for payment in payments:
            assert payment.events.get(kind="sale_mail_sent").data == {"to": "o…@example.com"}

    def test_is_tried_again_with_the_same_sales(self, make_paid, mailoutbox, down, time_machine):
        first, second = make_paid(), None
        send_mails()
        assert first.events.get(kind="sale_mail_sent").data["error"] == "ConnectionRefusedError"
        second = make_paid(purpose="Second")
        down()

        later(time_machine, minutes=11)
        send_mails()
        later(time_machine, minutes=11)
        send_mails()

        assert subjects(mailoutbox) == ["New sale: Membership, Rs 1,500", "New sale: Second, Rs 1,500"]
        assert second.events.filter(kind="sale_mail_sent").count() == 1

    def test_what_a_visitor_typed_makes_no_header_and_no_markup(self, make_paid, mailoutbox):
        nasty = "<script>x</script>\r\nBcc: thief@example.com\u2028\u202e"
        make_paid(purpose=nasty, customer=Customer(name=nasty))
        send_mails()

        [sent] = mailoutbox
        assert sent.message()["Bcc"] is None
        assert sent.recipients() == [OFFICE]
        assert not [line for line in sent.body.splitlines() if line.startswith("Bcc")]
        assert "<script>" not in sent.alternatives[0][0]

    @pytest.mark.usefixtures("all_begun_before")
    def test_the_second_payment_for_one_thing_is_no_sale(self, make_paid, mailoutbox):
        order = Order.objects.create()
        make_paid(payable=order)
        make_paid(payable=order)
        send_mails()

        assert subjects(mailoutbox) == ["New sale: Membership, Rs 1,500"]

    def test_what_was_not_paid_is_none(self, khalti, make_payment, site, mailoutbox):
        payment = make_payment(site=site)
        khalti.expire(payment)
        check_payment(payment)
        send_mails()

        assert mailoutbox == []


@pytest.mark.usefixtures("daily")
class TestOnceADay:
    def test_comes_at_six_in_nepal_with_sums_per_page(self, make_paid, mailoutbox, live, time_machine):
        time_machine.move_to(datetime(2026, 11, 29, 4, 0, tzinfo=UTC))
        make_paid(purpose="Fee")
        make_paid(purpose="Fee")
        make_paid(purpose="Gift")
        live()
        send_mails()
        time_machine.move_to(datetime(2026, 11, 29, 12, 14, tzinfo=UTC))
        send_mails()
        assert mailoutbox == []

        time_machine.move_to(datetime(2026, 11, 29, 12, 15, 1, tzinfo=UTC))
        send_mails()

        [sent] = mailoutbox
        assert plain(sent.subject) == "Sales of Village library up to 29 Nov 2026, 18:00: 3, Rs 4,500"
        assert "Fee: 2, Rs 3,000\nGift: 1, Rs 1,500" in plain(sent.body)

    def test_a_day_without_sales_has_none(self, make_paid, mailoutbox, live, time_machine):
        time_machine.move_to(datetime(2026, 11, 29, 4, 0, tzinfo=UTC))
        make_paid()
        live()
        for _evening in range(3):
            later(time_machine, days=1)
            send_mails()

        assert len(mailoutbox) == 1

    @pytest.mark.parametrize(
        ("now", "then"),
        [
            ("2026-11-29T12:14:59+00:00", "2026-11-29T12:15:00+00:00"),
            ("2026-11-29T12:15:00+00:00", "2026-11-30T12:15:00+00:00"),
            ("2026-11-29T20:00:00+00:00", "2026-11-30T12:15:00+00:00"),
        ],
    )
    def test_the_next_evening(self, now, then):
        assert next_summary(datetime.fromisoformat(now)) == datetime.fromisoformat(then)


class TestRecipients:
    def test_get_mails_of_their_own(self, choose, make_paid, mailoutbox):
        choose(sale_recipients=f"{OFFICE}\nhead@example.com", sale_mail_frequency="each")
        make_paid()
        send_mails()

        assert [sent.to for sent in mailoutbox] == [[OFFICE], ["head@example.com"]]

    def test_get_none_if_they_want_none(self, choose, make_paid, mailoutbox):
        choose(sale_recipients=OFFICE, sale_mail_frequency="never")
        make_paid()
        send_mails()

        assert (mailoutbox, KhaltiMail.objects.count()) == ([], 0)

    def test_may_be_chosen_by_code(self, make_paid, mailoutbox):
        """As a block will: each address once, however it is written and however often it is called."""
        payment = make_paid()
        for _call in range(2):
            with transaction.atomic():
                queue_sale_mail(payment, [OFFICE, OFFICE.upper(), "nobody", "सीता@example.com"], "each")
        send_mails()

        assert [sent.to for sent in mailoutbox] == [[OFFICE]]

    def test_who_was_removed_meanwhile_gets_none(self, daily, choose, make_paid, mailoutbox, time_machine):
        make_paid()
        send_mails()
        choose(sale_recipients="head@example.com", sale_mail_frequency="daily")
        make_paid()
        send_mails()

        time_machine.move_to(next_summary(timezone.now()) + timedelta(seconds=1))
        send_mails()

        assert [sent.to for sent in mailoutbox] == [["head@example.com"]]

    def test_who_was_removed_and_is_back_gets_what_comes(self, each, choose, make_paid, mailoutbox, time_machine):
        make_paid(purpose="First")
        choose(sale_recipients="")
        send_mails()
        choose(sale_recipients=OFFICE.upper())
        later(time_machine, minutes=11)
        make_paid(purpose="Second")
        send_mails()

        assert [plain(sent.subject) for sent in mailoutbox] == ["TEST (no money moved): New sale: Second, Rs 1,500"]

    def test_who_changes_to_a_summary_loses_nothing(self, each, choose, make_paid, mailoutbox, time_machine):
        make_paid(purpose="First")
        send_mails()
        make_paid(purpose="Second")
        send_mails()
        choose(sale_mail_frequency="daily")
        make_paid(purpose="Third")
        send_mails()

        time_machine.move_to(next_summary(timezone.now()) + timedelta(seconds=1))
        send_mails()

        bodies = "".join(sent.body for sent in mailoutbox)
        assert [bodies.count(f"{name}: ") for name in ("First", "Second", "Third")] == [1, 1, 1]
