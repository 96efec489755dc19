"""A manager gives money back in a browser, and what must come of it."""

import re

import pytest

from tests.browser.staff_states import OUTAGE, REFUSAL, lose_the_answer, make_paid, make_paid_twice
from wagtail_khalti.simulator import control
from wagtail_khalti.simulator.models import SimulatedPayment


@pytest.fixture
def paid(desk):
    """A payment of Rs 1,500."""
    return make_paid()


def went_back():
    """At Khalti, in paisa, of all payments."""
    return sum(SimulatedPayment.objects.values_list("refunded_amount", flat=True))


def test_all_of_a_payment_goes_back(desk, paid):
    desk.open_payment(paid).go_to_refund().press("Continue").press_last_button()

    assert desk.message == "Refunded Rs 1,500. Refundable balance: Rs 0."
    assert (desk.figures["Refunded"], desk.figures["Refundable balance"]) == ("Rs 1,500", "Rs 0")
    assert desk.refunds == [["Rs 1,500", "SUCCEEDED", "Khalti"]]
    assert not desk.page.locator("main").get_by_role("link", name="Refund", exact=True).count()
    assert went_back() == 150_000
    assert desk.page.complaints == []


def test_a_part_goes_back_and_the_rest_can_follow(desk, paid):
    desk.open_payment(paid).refund(amount="500", reason="Came too late")
    assert desk.message == "Refunded Rs 500. Refundable balance: Rs 1,000."
    assert (desk.figures["Refunded"], desk.figures["Refundable balance"]) == ("Rs 500", "Rs 1,000")
    assert "Came too late" in desk.page.locator(".khalti-refunds").inner_text()
    assert went_back() == 50_000

    desk.go_to_refund()
    assert desk.page.locator("[name=amount]").input_value() == "1000.00"
    desk.press("Continue").press_last_button()

    assert desk.message == "Refunded Rs 1,000. Refundable balance: Rs 0."
    assert went_back() == 150_000


def test_nothing_is_sent_before_the_last_button(desk, paid):
    desk.open_payment(paid).go_to_refund().fill(amount="500").press("Continue")
    assert desk.last_button.inner_text() == "Refund Rs 500 to the Khalti account that paid".replace("Rs ", "Rs\xa0")

    desk.follow("Back to payment")

    assert desk.page.get_by_text("No refunds yet.").count()
    assert control.calls("refund") == 0


def test_what_khalti_refuses_is_told_in_its_words(desk, paid):
    control.answer_with("refund", **REFUSAL)

    desk.open_payment(paid).refund()

    said = REFUSAL["body"]["detail"]
    assert desk.message == f"Khalti rejected the request: “{said}” Nothing was refunded."
    assert desk.refunds == [["Rs 1,500", f"FAILED {said}", "Khalti"]]
    assert desk.figures["Refundable balance"] == "Rs 1,500"
    assert went_back() == 0


class TestALostAnswer:
    def test_is_no_doubt_where_a_lookup_tells(self, desk, paid):
        control.trouble("refund", "reset_after")

        desk.open_payment(paid).refund(amount="500")

        assert desk.message == "Refunded Rs 500. Refundable balance: Rs 1,000."
        assert went_back() == 50_000

    def test_is_a_doubt_until_khalti_can_be_asked(self, desk, paid):
        truth = {"pidx": paid.pidx, "status": "Completed", "total_amount": paid.amount}
        control.answer_with("lookup", body=truth, pidx=paid.pidx)
        control.trouble("refund", "reset_after")
        control.answer_with("lookup", **OUTAGE, times=3)
        desk.open_payment(paid).refund(amount="500")
        assert desk.message.startswith("The refund of Rs 500 is unconfirmed")
        assert desk.figures["Unconfirmed refunds"] == "Rs 500"

        desk.click(desk.page.locator(".help-block").get_by_role("button", name="Refresh status from Khalti"))

        assert desk.message == "Status refreshed. Khalti reports “Partially Refunded”."
        assert desk.refunds == [["Rs 500", "SUCCEEDED", "Khalti"]]
        assert desk.issues == []
        assert control.calls("refund") == 1

    @pytest.fixture
    def lost(self, desk, paid):
        """The way to the page on which a person decides."""

        def lose(*, is_made):
            lose_the_answer(paid, is_made=is_made)
            desk.open_payment(paid)
            assert desk.issues == ["Refund unconfirmed"]
            desk.follow("Confirm refund outcome").fill(note="Seen in the dashboard")

        return lose

    def test_is_decided_by_who_saw_that_it_was_found(self, desk, lost):
        lost(is_made=True)

        desk.press("Refund found: Rs 500 was refunded")

        assert desk.message == "Refund of Rs 500 confirmed. Nothing was sent to Khalti."
        assert (desk.figures["Refunded"], desk.figures["Refundable balance"]) == ("Rs 700", "Rs 800")
        assert desk.issues == []
        assert "“Seen in the dashboard”" in desk.page.locator(".khalti-timeline").inner_text()
        assert control.calls("refund") == 2
        assert went_back() == 70_000

    def test_is_decided_by_who_saw_that_it_was_not_sent(self, desk, lost):
        lost(is_made=False)
        desk.press("No refund found: nothing was refunded")
        assert desk.message.startswith("No refund of Rs 500 found. Nothing was sent")
        assert (desk.figures["Refunded"], desk.figures["Refundable balance"]) == ("Rs 200", "Rs 1,300")
        assert control.calls("refund") == 2

        desk.refund(amount="500")

        assert desk.message == "Refunded Rs 500. Refundable balance: Rs 800."
        assert went_back() == 70_000

    def test_is_not_decided_by_the_enter_key(self, desk, lost):
        """In a form, Enter presses the first of its buttons, whichever that is."""
        lost(is_made=False)
        sent = []
        desk.page.on("request", lambda request: sent.append(request.url))

        desk.page.locator("[name=note]").press("Enter")

        assert sent == []
        desk.follow("Back to payment")
        assert desk.issues == ["Refund unconfirmed"]


class TestARefundInTheDashboard:
    @pytest.fixture(autouse=True)
    def dashboard(self, desk, paid, settings):
        """Khalti's, as the simulator has it: the payment is open in it."""
        settings.KHALTI_SIMULATOR = {"DASHBOARD": True}
        desk.page.goto("/khalti-simulator/dashboard/")
        desk.follow(re.compile(paid.purpose))

    def test_of_all_of_it_is_noticed(self, desk, paid):
        desk.press("Refund all")

        desk.open_payment(paid).choose("Refresh status from Khalti")

        assert desk.message == "Status refreshed. Khalti reports “Refunded”."
        assert desk.refunds == [["Rs 1,500", "MANUAL", "Khalti's dashboard"]]
        assert (desk.figures["Status"], desk.figures["Refundable balance"]) == ("REFUNDED", "Rs 0")
        assert control.calls("refund") == 0

    def test_of_a_part_is_noticed_and_a_person_enters_how_much(self, desk, paid):
        desk.fill(amount="400").press("Refund this amount")
        desk.open_payment(paid).choose("Refresh status from Khalti")
        assert desk.refunds == [["not known yet", "MANUAL", "Khalti's dashboard"]]
        assert desk.figures["Refundable balance"] == "less than Rs 1,500"

        desk.follow("Enter refunded amount")
        desk.fill(amount="400", note="Seen in the dashboard").press("Save amount")

        assert desk.message == "Refunded amount saved: Rs 400."
        assert (desk.figures["Refunded"], desk.figures["Refundable balance"]) == ("Rs 400", "Rs 1,100")
        assert desk.issues == []
        assert control.calls("refund") == 0


def test_a_second_payment_goes_back_in_one_press(desk):
    second = make_paid_twice()
    desk.open_payment(second)
    assert desk.issues == ["Duplicate payment"]

    desk.press_last_button()

    assert desk.message == "Refunded Rs 1,500. Refundable balance: Rs 0."
    assert desk.issues == []
    desk.open_payment(second.duplicate_of)
    assert desk.figures["Refundable balance"] == "Rs 1,500"
    assert went_back() == 150_000
