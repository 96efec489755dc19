"""Khalti's answer is lost, Khalti is down, or nothing can be given back: each is told as what it is."""

import pytest

from wagtail_khalti.actions import refund_payment, start_payment

OUTAGES = ["reset_before", "server_error"]
"""With and without an answer; Khalti's border knows them all, and above it they are the same."""


class TestALostAnswer:
    def test_is_a_warning_that_never_says_failed(self, desk, paid, confirm, khalti):
        khalti.trouble("refund", "reset_after")
        khalti.trouble("lookup", "still_pending", times=5)

        page = self.lose(desk, paid, confirm, khalti)

        assert page.badges == ["warning"]
        assert page.messages[0].startswith("The refund of Rs 500 is unconfirmed")
        assert "do not refund the customer in another way" in page.messages[0]
        for raw in page.main.select("details"):
            raw.extract()
        for word in ("failed", "error", "Nothing was"):
            assert word not in page.text.replace("Nothing was refunded.", "")
        assert page.issues[0].startswith("Refund unconfirmed A refund of Rs 500 was sent to Khalti")

    def lose(self, desk, paid, confirm, khalti):
        form = confirm(paid).form
        khalti.no_more_trouble()
        khalti.trouble("refund", "reset_before")
        return desk.send(form)

    def test_is_no_doubt_where_a_lookup_tells(self, desk, paid, confirm, khalti):
        khalti.trouble("refund", "reset_after")

        page = desk.send(confirm(paid).form)

        assert page.messages == ["Refunded Rs 500. Refundable balance: Rs 1,000."]

    def test_sent_twice_is_sent_once_and_says_the_same(self, desk, paid, confirm, khalti):
        khalti.trouble("refund", "reset_before")
        form = confirm(paid).form

        first, second = desk.send(form), desk.send(form)

        assert first.messages == second.messages
        assert khalti.calls("refund") == 1

    @pytest.mark.parametrize("fault", OUTAGES)
    def test_leaves_the_rest_alone_until_it_is_known(self, desk, paid, confirm, khalti, fault):
        form = confirm(paid).form
        khalti.trouble("refund", fault)
        khalti.answer_lookup(paid, times=9)
        page = desk.send(form)

        assert page.badges == ["warning"]
        assert page.figures | {"Unconfirmed refunds": "Rs 500", "Refundable balance": "Rs 1,000"} == page.figures
        for name in ("refund", "record_refund"):
            refused = desk.get(name, paid)
            assert refused.messages == ["An earlier refund is unconfirmed. Its outcome has to be confirmed first."]


class TestKhaltiIsDown:
    @pytest.mark.parametrize("fault", OUTAGES)
    def test_so_nothing_was_given_back(self, desk, paid, confirm, khalti, fault):
        form = confirm(paid).form
        khalti.trouble("lookup", fault, times=9)

        page = desk.send(form)

        assert page.badges == ["error"]
        assert page.messages == ["Khalti is temporarily unavailable. Try again later. Nothing was refunded."]
        assert khalti.calls("refund") == 0
        assert page.figures["Refundable balance"] == "Rs 1,500"

    def test_and_comes_back(self, desk, paid, confirm, khalti):
        form = confirm(paid).form
        khalti.trouble("lookup", "server_error", times=9)
        desk.send(form)
        khalti.no_more_trouble()

        assert desk.send(confirm(paid).form).messages == ["Refunded Rs 500. Refundable balance: Rs 1,000."]

    def test_and_a_key_that_is_refused_is_told_as_that(self, desk, paid, confirm, khalti):
        form = confirm(paid).form
        khalti.answer("lookup", {"detail": "Invalid token."}, status=401)

        page = desk.send(form)

        assert page.messages == ["Khalti rejected this site's API key. Nothing was refunded."]


class TestWhatCannotBeRefunded:
    def test_is_said_before_anything_is_typed(self, desk, make_paid, khalti, home):
        waiting = start_payment(150_000, purpose="Membership", base_url="http://testserver")
        all_back = make_paid()
        refund_payment(all_back)
        reasons = {
            waiting: "Khalti has not confirmed this payment, so there is nothing to refund.",
            all_back: "Fully refunded.",
        }
        for payment, reason in reasons.items():
            for name in ("refund", "record_refund"):
                assert desk.get(name, payment).messages == [reason]
            assert desk.post("refund", payment, amount="500").messages == [reason]

    def test_is_said_where_the_account_is_another_by_now(self, desk, paid, confirm, settings, khalti):
        form = confirm(paid).form
        settings.WAGTAIL_KHALTI = {**settings.WAGTAIL_KHALTI, "MODE": "sandbox"}

        page = desk.send(form)

        assert page.messages == ["The Khalti account that took this payment is no longer set up. No refund was sent."]
        assert khalti.calls("refund") == 0

    def test_is_said_where_khalti_contradicts(self, desk, paid, confirm, khalti):
        form = confirm(paid).form
        khalti.answer_lookup(paid, total_amount=1)

        page = desk.send(form)

        assert page.messages == ["Khalti's response doesn't match this payment. No refund was sent."]

    def test_is_noticed_in_the_last_moment(self, desk, paid, confirm, khalti):
        form = confirm(paid).form
        khalti.refund_in_dashboard(paid)

        page = desk.send(form)

        assert page.messages == [
            "There was another refund in the meantime. Check the amounts again. No refund was sent."
        ]
        assert page.figures["Status"] == "Refunded"
        assert khalti.calls("refund") == 0
