"""What was given back elsewhere is written down: how much it was in Khalti's dashboard, and what went past it."""

import pytest

from tests.staff.conftest import KNOWN, last_event, stored, url_of
from wagtail_khalti.actions import check_payment, enter_refund_amount, refund_payment
from wagtail_khalti.models import KhaltiEvent
from wagtail_khalti.models.refund import Method

CHANGED = "There was another refund in the meantime. Check the amounts again."
IN_PROGRESS = "An earlier refund is unconfirmed. Its outcome has to be confirmed first."


class TestEnteringAnAmount:
    def enter(self, desk, refund, amount, note=""):
        form = desk.get("enter_amount", refund.reference).form
        assert form.element.select_one("[name=csrfmiddlewaretoken]")
        return desk.send(form, amount=amount, note=note)

    def test_is_offered_at_the_top_of_the_payment(self, desk, nameless):
        page = desk.get("inspect", nameless.payment)

        assert page.main.select_one(f'.help-warning a[href="{url_of("enter_amount", nameless.reference)}"]')

    def test_counts_from_then_on(self, desk, nameless, nothing_sent):
        page = self.enter(desk, nameless, "400", note="From the dashboard")

        assert (page.badges, page.messages) == (["success"], ["Refunded amount saved: Rs 400."])
        assert page.figures | {"Refunded": "Rs 400", "Refundable balance": "Rs 1,100"} == page.figures
        assert [row[1:] for row in page.rows] == [
            ["Rs 400", "Manual", "Khalti's dashboard", "Manager Gurung"],
        ]
        assert page.issues == []

    def test_is_told_in_the_history(self, desk, nameless):
        page = self.enter(desk, nameless, "400", note="From the dashboard")

        assert "Refund recorded Rs 400 · Khalti's dashboard · “From the dashboard”" in page.timeline
        assert page.timeline[-2] == "Issue resolved Refund amount unknown · Resolved · “From the dashboard”"
        assert last_event(nameless.payment).user.username == "manager"

    def test_lets_the_rest_be_given_back(self, desk, nameless, confirm, khalti):
        self.enter(desk, nameless, "400")

        page = desk.send(confirm(nameless.payment, amount="1100").form)

        assert page.messages == ["Refunded Rs 1,100. Refundable balance: Rs 0."]

    @pytest.mark.parametrize("amount", ["0", "-1", "0.00"])
    def test_of_nothing_is_refused(self, desk, nameless, amount):
        page = self.enter(desk, nameless, amount)

        assert page.errors == ["Enter an amount above zero."]
        assert stored(nameless).lacks_amount

    @pytest.mark.parametrize("amount", ["1500", "1500.01", "9" * 30])
    def test_of_all_or_more_is_refused(self, desk, nameless, amount):
        page = self.enter(desk, nameless, amount, note="Kept")

        assert page.errors == ["This is the whole balance, but Khalti reports a partial refund."]
        assert page.form.data == {"amount": amount, "note": "Kept"}
        assert stored(nameless).lacks_amount

    def test_is_done_once_also_by_two_people(self, desk, colleague, nameless, nothing_sent):
        form = colleague.get("enter_amount", nameless.reference).form
        self.enter(desk, nameless, "400")
        events = KhaltiEvent.objects.count()

        page = colleague.send(form, amount="300")

        assert (page.badges, page.messages) == (["error"], [KNOWN])
        assert (stored(nameless).amount, stored(nameless.payment).refund_total) == (40_000, 40_000)
        assert KhaltiEvent.objects.count() == events

    def test_pressed_twice_counts_once(self, desk, nameless):
        form = desk.get("enter_amount", nameless.reference).form
        pages = [desk.send(form, amount="400") for _press in range(2)]

        assert [page.messages for page in pages] == [["Refunded amount saved: Rs 400."], [KNOWN]]
        assert stored(nameless.payment).refund_total == 40_000

    def test_comes_too_late_where_khalti_told_meanwhile(self, desk, nameless, khalti):
        form = desk.get("enter_amount", nameless.reference).form
        khalti.refund_in_dashboard(nameless.payment)
        check_payment(nameless.payment)

        page = desk.send(form, amount="400")

        assert page.messages == [KNOWN]
        assert page.figures["Refunded"] == "Rs 1,500"

    def test_is_no_page_any_more_for_what_is_known(self, desk, nameless, paid):
        enter_refund_amount(nameless, 40_000)

        for refund in (nameless, refund_payment(paid, 50_000)):
            assert desk.get("enter_amount", refund.reference).messages == [KNOWN]

    def test_keeps_all_else_waiting_until_it_is_done(self, desk, nameless):
        for name in ("refund", "record_refund"):
            told = desk.get(name, nameless.payment).messages
            assert told == ["Enter the amount that was refunded in Khalti's dashboard first."]


class TestRecording:
    def record(self, desk, payment, amount, method="cash", reason=""):
        form = desk.get("record_refund", payment).form
        assert form.element.select_one("[name=csrfmiddlewaretoken]")
        return desk.send(form, amount=amount, method=method, reason=reason)

    def test_knows_three_ways(self, desk, paid):
        page = desk.get("record_refund", paid)

        ways = [field["value"] for field in page.form.element.select("[name=method]")]
        assert ways == [Method.DASHBOARD, Method.BANK_TRANSFER, Method.CASH]
        assert page.form.element.select("[name=method][checked]") == [], "nobody says it without having chosen"
        assert "It is only recorded: no money is sent." in page.text

    @pytest.mark.parametrize(
        ("method", "label"),
        [("cash", "Cash"), ("bank_transfer", "Bank transfer"), ("dashboard", "Khalti's dashboard")],
    )
    def test_writes_it_down(self, desk, paid, nothing_sent, method, label):
        page = self.record(desk, paid, "500", method=method, reason="Came too late")

        assert (page.badges, page.messages) == (["success"], ["Manual refund of Rs 500 recorded."])
        assert (
            page.figures | {"Status": "Completed", "Refunded": "Rs 500", "Refundable balance": "Rs 1,000"}
            == page.figures
        )
        assert [row[1:] for row in page.rows] == [
            ["Rs 500", "Manual", label, "Manager Gurung Came too late"],
        ]
        assert page.timeline[-2] == f"Refund recorded Rs 500 · {label}"
        assert last_event(paid).user.username == "manager"

    def test_of_all_leaves_nothing_to_give_back(self, desk, paid):
        page = self.record(desk, paid, "1500")

        assert (
            page.figures | {"Status": "Completed", "Refunded": "Rs 1,500", "Refundable balance": "Rs 0"} == page.figures
        )
        assert page.main.select("a.button") == []
        assert "Fully refunded." in page.text

    def test_of_a_second_payment_closes_the_matter(self, desk, paid_twice):
        page = self.record(desk, paid_twice, "1500", method="bank_transfer")

        assert page.issues == []
        assert page.form_with("[name=key]") is None
        assert paid_twice.issues.get(kind="duplicate_payment").resolved_by.username == "manager"

    def test_of_too_much_keeps_what_was_typed(self, desk, paid, nothing_sent):
        page = self.record(desk, paid, "1500.01", method="cash", reason="Came too late")

        assert page.errors == ["The refundable balance is Rs 1,500."]
        assert page.form.data | {"amount": "1500.01", "reason": "Came too late"} == page.form.data
        assert [field["value"] for field in page.form.element.select("[name=method][checked]")] == ["cash"]
        assert not paid.refunds.exists()

    @pytest.mark.parametrize(("amount", "told"), [("500", CHANGED), ("1500", "Fully refunded.")])
    def test_pressed_twice_counts_once(self, desk, paid, amount, told):
        form = desk.get("record_refund", paid).form
        pages = [desk.send(form, amount=amount, method="cash") for _press in range(2)]

        assert [page.messages for page in pages] == [[f"Manual refund of Rs {int(amount):,} recorded."], [told]]
        assert paid.refunds.count() == 1

    @pytest.mark.parametrize("amount", ["100", "500", "1500"], ids=["would-fit", "would-still-fit", "too-much"])
    def test_is_looked_at_again_where_somebody_else_was_faster(self, desk, colleague, paid, khalti, amount):
        form = desk.get("record_refund", paid).form
        self.record(colleague, paid, "1000")

        page = desk.send(form, amount=amount, method="cash")

        assert (page.badges, page.messages) == (["error"], [CHANGED])
        assert page.figures["Refundable balance"] == "Rs 500"
        assert paid.refunds.count() == 1

    def test_waits_while_one_is_in_doubt(self, desk, paid, confirm, khalti):
        form = desk.get("record_refund", paid).form
        khalti.trouble("refund", "reset_before")
        refund_payment(paid, 50_000)

        opened, sent = desk.get("record_refund", paid), desk.send(form, amount="500", method="cash")

        assert opened.messages == sent.messages == [IN_PROGRESS]
        assert paid.refunds.count() == 1

    def test_is_not_for_what_was_not_paid(self, desk, payment):
        told = ["Khalti has not confirmed this payment, so there is nothing to refund."]
        assert desk.get("record_refund", payment).messages == told
        assert desk.post("record_refund", payment, amount="500", method="cash", refundable="150000").messages == told

    def test_needs_no_khalti(self, desk, paid, settings, khalti):
        settings.WAGTAIL_KHALTI = {**settings.WAGTAIL_KHALTI, "MODE": "sandbox"}

        assert self.record(desk, paid, "500").messages == ["Manual refund of Rs 500 recorded."]
