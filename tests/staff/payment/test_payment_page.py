"""The page of one payment: its refunds, its story, and what is never on it."""

import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests.staff.conftest import last_event, url_of, words_of
from wagtail_khalti.actions import record_refund, refund_payment
from wagtail_khalti.models import KhaltiPayment
from wagtail_khalti.models.refund import Method

OTHER_MOBILE = "9811111111"


class TestModes:
    @pytest.mark.parametrize(("mode", "is_test"), [("simulator", True), ("sandbox", True), ("live", False)])
    def test_only_of_real_money_nothing_is_said(self, desk, paid, mode, is_test):
        KhaltiPayment.objects.update(mode=mode)

        assert ("Test mode: no money moves." in desk.get("inspect", paid).text) == is_test


class TestTheRefunds:
    def test_are_none_at_first(self, desk, paid):
        page = desk.get("inspect", paid)

        assert page.rows == []
        assert "Nothing was given back." in page.text

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
        assert page.timeline[-2:] == ["Refund recorded Rs 100 · Cash", "Site's code was told Payment refunded"]


class TestTheStory:
    def test_begins_with_the_payment_and_ends_with_the_last_thing(self, desk, paid):
        refund_payment(paid)

        timeline = desk.get("inspect", paid).timeline

        assert timeline[0] == "Payment created"
        assert "Status changed Sent to Khalti → Completed" in timeline
        assert timeline[-2:] == ["Refund succeeded Rs 1,500", "Site's code was told Payment refunded"]

    def test_names_who_did_it(self, desk, paid):
        page = desk.post("check", paid)

        who = [words_of(line) for line in page.main.select(".khalti-story__who")]
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


def test_an_address_leads_to_the_first_of_two_payments_and_to_the_history(desk, paid_twice):
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
