"""The page of one payment: its refunds, its timeline, and what is never on it."""

import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests.payments import Receiver, listening
from tests.staff.conftest import last_event, url_of, words_of
from wagtail_khalti.actions import check_payment, record_refund, refund_payment
from wagtail_khalti.models import KhaltiPayment
from wagtail_khalti.models.refund import Method

OTHER_MOBILE = "9811111111"


class TestModes:
    @pytest.mark.parametrize(
        ("mode", "said"),
        [
            ("simulator", "Test (simulator) No money moves."),
            ("sandbox", "Test (sandbox) No money moves."),
            ("live", "Live Real money."),
        ],
    )
    def test_each_is_said_once(self, desk, paid, mode, said):
        KhaltiPayment.objects.update(mode=mode)

        page = desk.get("inspect", paid)

        assert [words_of(bar) for bar in page.main.select(".khalti-mode-bar")] == [said]
        assert page.text.count("Test (") + page.text.count("Live") == 1


def test_the_receipt_number_is_on_it_once_it_is_paid(desk, payment, khalti):
    assert "Receipt number" not in desk.get("inspect", payment).text
    khalti.pay(payment)
    number = check_payment(payment).readable_receipt_number

    assert f"Receipt number {number}" in desk.get("inspect", payment).text


class TestTheHeader:
    def header(self, page):
        buttons = page.soup.select("#w-slim-header-buttons > :is(a, button)")
        menu = page.soup.select("#w-slim-header-buttons .w-dropdown__content > *")
        return [words_of(button) for button in buttons], [words_of(item) for item in menu]

    def test_has_the_main_action_and_a_menu_of_rare_ones(self, desk, paid):
        main, rare = self.header(desk.get("inspect", paid))

        assert (main, rare) == (["Refund"], ["Refresh status from Khalti", "Record manual refund"])

    def test_offers_to_refresh_what_cannot_be_refunded(self, desk, payment):
        assert self.header(desk.get("inspect", payment)) == (["Refresh status from Khalti"], [])

    def test_has_nothing_for_who_may_only_look(self, sign_in, paid):
        assert self.header(sign_in("viewer").get("inspect", paid)) == ([], [])

    def test_sends_forms_that_are_on_the_page(self, desk, paid):
        page = desk.get("inspect", paid)

        forms = {form["id"] for form in page.main.select("form[id][method=post]:has([name=csrfmiddlewaretoken])")}
        assert {button["form"] for button in page.main.select("button[form]")} == forms == {"khalti-check"}

    def test_has_its_menu_on_the_page_where_there_is_no_script(self, desk, paid):
        page = desk.get("inspect", paid)

        without_script = [words_of(item) for item in page.main.select("noscript .button")]
        assert without_script == ["Refresh status from Khalti", "Record manual refund"]


class TestTheOrder:
    def test_begins_with_the_amount_and_ends_with_technical_details(self, desk, paid):
        page = desk.get("inspect", paid)

        assert list(page.figures)[:2] == ["Paid", "Status"]
        titles = [words_of(title) for title in page.main.select("h2")]
        assert titles == ["Customer", "Items", "Refunds", "Timeline", "Technical details"]


class TestTechnicalDetails:
    def technical(self, page):
        return page.main.select_one("details.khalti-technical")

    def test_are_closed_and_hold_what_developers_need(self, desk, paid):
        details = self.technical(desk.get("inspect", paid))

        assert not details.has_attr("open")
        labels = [words_of(label) for label in details.select("dt")]
        assert labels == ["pidx", "Khalti status", "Language"]
        assert paid.pidx in details.dl.text
        assert "Integration events Delivered Payment completed" in words_of(details)

    def test_open_by_themselves_while_a_delivery_fails(self, desk, make_paid):
        with listening("completed", Receiver()):
            details = self.technical(desk.get("inspect", make_paid()))

        assert details.has_attr("open")
        assert "Integration event failing" in words_of(details.summary)

    def test_show_the_fingerprint_to_who_may_see_the_settings(self, desk, colleague, paid):
        assert paid.key_fingerprint not in desk.get("inspect", paid).html
        assert paid.key_fingerprint in words_of(self.technical(colleague.get("inspect", paid)))

    def test_say_what_will_appear_where_nothing_was_sent(self, desk, payment):
        assert "No integration events yet." in words_of(self.technical(desk.get("inspect", payment)))


def test_a_customer_who_left_nothing_is_said_so(desk, paid):
    KhaltiPayment.objects.update(customer_name="", customer_phone="", customer_email="")

    assert "No name, e-mail address or mobile number was given." in desk.get("inspect", paid).text


class TestTheRefunds:
    def test_are_none_at_first(self, desk, paid):
        page = desk.get("inspect", paid)

        assert page.rows == []
        assert "No refunds yet." in page.text

    def test_are_no_subject_before_it_is_paid(self, desk, payment):
        assert "Refunds" not in [words_of(title) for title in desk.get("inspect", payment).main.select("h2")]

    def test_are_told_in_order_with_how_and_by_whom(self, desk, paid, confirm, khalti):
        desk.send(confirm(paid, amount="100", reason="One too many").form)
        record_refund(paid, 20_000, method=Method.CASH)
        khalti.answer("refund", {"detail": "Insufficient balance."}, status=400)
        desk.send(confirm(paid, amount="300").form)

        rows = desk.get("inspect", paid).rows

        assert [row[1:] for row in rows] == [
            ["Rs 100", "Succeeded", "Khalti", "Manager Gurung One too many"],
            ["Rs 200", "Manual", "Cash", ""],
            ["Rs 300", "Failed Insufficient balance.", "Khalti", "Manager Gurung"],
        ]

    def test_show_of_the_number_only_what_can_be_recognised(self, desk, make_paid, confirm):
        payment = make_paid(bank=True)

        done = desk.send(confirm(payment, mobile=OTHER_MOBILE).form)

        assert done.rows[0][3] == "Khalti 98XXXXX111"
        for name in ("inspect", "history", "refund", "record_refund"):
            assert OTHER_MOBILE not in desk.get(name, payment).html

    def test_outlive_the_person_who_made_them(self, sign_in, colleague, paid):
        colleague.post("record_refund", paid, amount="100", method="cash", refundable=str(paid.refundable))
        get_user_model().objects.filter(username="superuser").delete()

        page = sign_in("viewer").get("inspect", paid)

        assert [row[1:] for row in page.rows] == [["Rs 100", "Manual", "Cash", ""]]
        assert page.timeline[-2:] == [
            "Refund recorded Rs 100 · Cash",
            "Integration event delivered Payment refunded",
        ]


class TestTheStory:
    def test_begins_with_the_payment_and_ends_with_the_last_thing(self, desk, paid):
        refund_payment(paid)

        timeline = desk.get("inspect", paid).timeline

        assert timeline[0] == "Payment created"
        assert "Status changed Sent to Khalti → Completed" in timeline
        assert timeline[-2:] == ["Refund succeeded Rs 1,500", "Integration event delivered Payment refunded"]

    def test_names_who_did_it(self, desk, paid):
        page = desk.post("check", paid)

        who = [words_of(line) for line in page.main.select(".khalti-timeline__who")]
        assert (who[0], who[-1]) == ("System", "Manager Gurung")

    def test_has_each_moment_for_programs_too(self, desk, paid):
        moment = timezone.localtime(last_event(paid).at)

        page = desk.get("inspect", paid)

        times = {time["datetime"]: time["title"] for time in page.main.select(".khalti-timeline time")}
        assert times[moment.isoformat()] == f"{moment:%Y-%m-%d %H:%M:%S} +0545"


def test_what_a_visitor_typed_is_shown_as_words(desk, make_paid):
    payment = make_paid(name="<script>alert(1)</script>", purpose="<img src=x onerror=alert(2)>")

    for name in ("inspect", "refund", "record_refund", "history", "index"):
        page = desk.get(name, *([] if name == "index" else [payment]))
        assert "<script>alert(1)" not in page.html
        assert "<img src=x" not in page.html
    assert desk.get("inspect", payment).figures["Name"] == "<script>alert(1)</script>"


def test_links_lead_to_the_first_payment_and_to_the_history(desk, paid_twice):
    page = desk.get("inspect", paid_twice)

    links = {link["href"] for link in page.soup.select("a[href]")}
    assert {url_of("inspect", paid_twice.duplicate_of), url_of("history", paid_twice), url_of("index")} <= links


def test_the_number_of_queries_does_not_grow_with_what_happened(desk, paid):
    def queries():
        with CaptureQueriesContext(
            connection,
        ) as queries:
            desk.get("inspect", paid)
        return len(queries)

    for _refund in range(2):
        record_refund(paid, 100, method=Method.CASH, by=get_user_model().objects.get())
    queries()  # what is read once in each process
    few = queries()
    for _refund in range(8):
        record_refund(paid, 100, method=Method.CASH, by=get_user_model().objects.get())

    assert queries() == few
