"""The smaller things that staff do: what they have in common, and to ask Khalti now."""

import pytest
from django.db import connection
from django.urls import reverse

from tests.staff.conftest import last_event, stored, url_of
from wagtail_khalti.actions import start_payment
from wagtail_khalti.exceptions import RequestRejected
from wagtail_khalti.gateway import client
from wagtail_khalti.models import KhaltiEvent, KhaltiPayment

EVERY_TRY = client.TRIES * 3
NO_ANSWER = ["reset_before", "server_error", "empty_body"]
"""One of each kind; Khalti's border knows them all, and above it they are the same."""


def test_no_address_does_anything_when_it_is_only_opened(desk, paid, unconfirmed, nameless, nothing_sent):
    events = KhaltiEvent.objects.count()
    addresses = {
        ("refund", paid): {"amount": "500", "key": "k", "refundable": "150000"},
        ("record_refund", paid): {"amount": "500", "method": "cash", "refundable": "150000"},
        ("check", paid): {},
        ("resolve_refund", unconfirmed.reference): {"was_found": "yes"},
        ("enter_amount", nameless.reference): {"amount": "400"},
    }

    for (name, target), query in addresses.items():
        desk.get(name, target, **query)

    assert KhaltiEvent.objects.count() == events
    assert (stored(unconfirmed).state, stored(nameless).amount) == ("unconfirmed", None)
    assert not paid.refunds.exists()


@pytest.mark.parametrize("name", ["refund", "record_refund", "resolve_refund", "enter_amount"])
def test_each_page_leads_back_to_the_payment_and_the_list(desk, paid, unconfirmed, nameless, name):
    refund = {"resolve_refund": unconfirmed, "enter_amount": nameless}.get(name)
    page = desk.get(name, refund.reference if refund else paid)

    back = url_of("inspect", refund.payment if refund else paid)
    assert page.main.select_one(".khalti-back a")["href"] == back
    crumbs = [link["href"] for link in page.soup.select(".w-breadcrumbs a[href]")]
    assert {reverse("khalti_payments:index"), back} <= set(crumbs)


def test_all_is_done_also_where_every_request_is_a_transaction(
    desk, confirm, make_paid, unconfirmed, nameless, monkeypatch
):
    monkeypatch.setitem(connection.settings_dict, "ATOMIC_REQUESTS", True)
    paid = make_paid()

    desk.post("check", paid)
    desk.send(confirm(paid, amount="100").form)
    desk.send(desk.get("record_refund", paid).form, amount="200", method="cash")
    desk.post("resolve_refund", unconfirmed.reference, was_found="yes", note="")
    desk.post("enter_amount", nameless.reference, amount="400", note="")

    assert [(refund.state, refund.amount) for refund in paid.refunds.all()] == [
        ("succeeded", 10_000),
        ("external", 20_000),
    ]
    assert (stored(unconfirmed).state, stored(nameless).amount) == ("succeeded", 40_000)


@pytest.mark.parametrize("name", ["refund", "record_refund"])
def test_a_refund_killed_before_sending_blocks_nothing(desk, paid, killed, name):
    killed("lookup", paid)

    assert desk.get(name, paid).form.data["refundable" if name == "record_refund" else "amount"]
    assert paid.refunds.get().state == "failed"


class TestCheckWithKhaltiNow:
    def press(self, desk, payment):
        """The button, where it stands."""
        form = desk.get("inspect", payment).main.select_one(f'form[action="{url_of("check", payment)}"]')
        assert form.select_one("[name=csrfmiddlewaretoken]")
        return desk.post("check", payment)

    def test_finds_nothing_new(self, desk, paid):
        page = self.press(desk, paid)

        assert (page.badges, page.messages) == (["success"], ["Status refreshed. Khalti reports “Completed”."])
        assert page.figures["Status"] == "Completed"
        assert page.path == url_of("inspect", paid)

    def test_is_on_the_record_with_who_pressed(self, sign_in, paid):
        self.press(sign_in("cashier"), paid)

        event = last_event(paid)
        assert (event.kind, event.actor, event.user.username) == ("looked_up", "staff", "cashier")

    def test_asks_each_time(self, desk, paid, khalti):
        before = khalti.calls("lookup", paid)

        pages = [self.press(desk, paid), self.press(desk, paid)]

        assert khalti.calls("lookup", paid) == before + 2
        assert pages[0].messages == pages[1].messages

    @pytest.mark.parametrize(
        ("move", "said", "status"),
        [
            ("pay", "Completed", "Completed"),
            ("begin", "Pending", "Pending at Khalti"),
            ("cancel", "User canceled", "Cancelled"),
            ("expire", "Expired", "Expired"),
        ],
    )
    def test_finds_how_the_visitor_ended(self, desk, payment, khalti, move, said, status):
        getattr(khalti, move)(payment)

        page = self.press(desk, payment)

        assert page.messages == [f"Status refreshed. Khalti reports “{said}”."]
        assert page.figures["Status"] == status

    def test_finds_a_refund_of_all_from_the_dashboard(self, desk, paid, khalti):
        khalti.refund_in_dashboard(paid)

        page = self.press(desk, paid)

        assert page.messages == ["Status refreshed. Khalti reports “Refunded”."]
        assert (
            page.figures | {"Status": "Refunded", "Refunded": "Rs 1,500", "Refundable balance": "Rs 0"} == page.figures
        )
        assert [row[1:4] for row in page.rows] == [["Rs 1,500", "Manual", "Khalti's dashboard"]]

    def test_finds_a_part_and_asks_how_much_it_was(self, desk, paid, khalti):
        khalti.refund_in_dashboard(paid, amount=40_000)

        page = self.press(desk, paid)

        assert page.messages == ["Status refreshed. Khalti reports “Partially Refunded”."]
        assert page.issues[0].startswith("Refund amount unknown")

    def test_settles_a_refund_in_doubt_where_khalti_can_tell(self, desk, unconfirmed, khalti):
        khalti.refund_in_dashboard(unconfirmed.payment)

        page = self.press(desk, unconfirmed.payment)

        assert stored(unconfirmed).state == "succeeded"
        assert page.issues == []

    def test_leaves_a_refund_in_doubt_where_khalti_can_not(self, desk, unconfirmed):
        page = self.press(desk, unconfirmed.payment)

        assert stored(unconfirmed).state == "unconfirmed"
        assert page.issues[0].startswith("Refund unconfirmed")

    @pytest.mark.parametrize("fault", NO_ANSWER)
    def test_tells_that_khalti_does_not_answer(self, desk, payment, khalti, fault):
        khalti.trouble("lookup", fault, times=EVERY_TRY)

        page = self.press(desk, payment)

        assert (page.status, page.badges) == (200, ["error"])
        assert page.messages == ["Khalti is temporarily unavailable. Try again later."]
        assert page.figures["Status"] == "Sent to Khalti"
        assert last_event(payment).user.username == "manager"

    @pytest.mark.parametrize("body", ["<html><b>Bad day</b>", "", "[]", "null", "{", "{}", '{"status": 7}'])
    def test_tells_that_an_answer_without_sense_is_none(self, desk, payment, khalti, body):
        khalti.answer("lookup", body, times=EVERY_TRY)

        page = self.press(desk, payment)

        assert page.messages == ["Khalti is temporarily unavailable. Try again later."]
        assert "<b>Bad day" not in page.html

    def test_tells_that_the_key_is_refused(self, desk, payment, khalti):
        khalti.answer("lookup", {"detail": "Invalid token."}, status=401)

        page = self.press(desk, payment)

        assert page.messages == ["Khalti rejected this site's API key."]
        assert page.issues[0].startswith("API key rejected")

    def test_tells_that_khalti_does_not_know_the_payment(self, desk, payment, khalti):
        khalti.trouble("lookup", "not_found", times=EVERY_TRY)

        page = self.press(desk, payment)

        assert page.messages == ["Khalti doesn't know this payment under this site's API key."]

    @pytest.mark.parametrize(
        ("fault", "issue"),
        [
            ("wrong_amount", "Amount mismatch"),
            ("wrong_pidx", "Response doesn't match this payment"),
            ("unknown_status", "Unknown status from Khalti"),
        ],
    )
    def test_shows_what_does_not_fit(self, desk, payment, khalti, fault, issue):
        khalti.pay(payment)
        khalti.trouble("lookup", fault)

        page = self.press(desk, payment)

        assert page.badges == ["warning"]
        assert page.messages[0].endswith("Nothing was changed.")
        assert page.issues[0].startswith(issue)
        assert page.figures["Status"] == "Sent to Khalti"

    def test_shows_khaltis_words_as_words(self, desk, payment, khalti):
        khalti.answer_lookup(payment, status="<script>alert(1)</script>")

        page = self.press(desk, payment)

        assert page.messages == [
            "Khalti reports “<script>alert(1)</script>”, which doesn't match this payment. Nothing was changed."
        ]
        assert "<script>alert(1)" not in page.html

    def test_is_not_possible_where_the_account_is_another_by_now(self, desk, payment, settings, khalti):
        settings.WAGTAIL_KHALTI = {**settings.WAGTAIL_KHALTI, "MODE": "sandbox"}
        before = khalti.calls("lookup")

        page = self.press(desk, payment)

        assert page.messages == ["The Khalti account that took this payment is no longer set up."]
        assert khalti.calls("lookup") == before

    def test_is_not_offered_for_what_never_came_to_khalti(self, desk, khalti, home):
        khalti.answer("initiate", {"detail": "No."}, status=400)
        with pytest.raises(RequestRejected):
            start_payment(150_000, purpose="Membership", base_url="http://testserver")
        payment = KhaltiPayment.objects.get()

        assert [form["action"] for form in desk.get("inspect", payment).forms] == [url_of("note", payment)]
        page = desk.post("check", payment)
        assert page.messages == ["This payment never reached Khalti, so it has no status there."]
        assert khalti.calls("lookup") == 0
