"""Giving money back, as a manager does it, page by page."""

import pytest

from wagtail_khalti.actions import refund_payment


class TestTheFirstStep:
    def test_offers_all_that_is_left(self, desk, paid):
        page = desk.get("refund", paid)

        assert page.form.data["amount"] == "1500.00"
        assert page.figures == {
            "Description": "Membership",
            "Name": "Sita Rai",
            "Paid": "Rs 1,500",
            "Refundable balance": "Rs 1,500",
        }
        assert "Nothing is sent until you confirm it" in page.text

    def test_leads_to_a_page_that_asks_once_more(self, desk, paid, khalti):
        page = desk.send(desk.get("refund", paid).form, amount="500", reason="Came too late")

        assert "Rs 500 will be refunded to the Khalti account that paid. This can't be undone." in page.text
        assert "Reason: Came too late" in page.text
        assert list(page.form.buttons) == ["Refund Rs 500 to the Khalti account that paid"]
        assert khalti.calls("refund") == 0

    def test_shows_what_was_refunded_before(self, desk, paid, confirm):
        refund_payment(paid, 20_000)

        for page in (desk.get("refund", paid), confirm(paid)):
            assert (
                page.figures | {"Paid": "Rs 1,500", "Refunded": "Rs 200", "Refundable balance": "Rs 1,300"}
                == page.figures
            )

    def test_names_the_number_that_was_entered(self, confirm, paid):
        page = confirm(paid, mobile="+977 9811111111")

        assert list(page.form.buttons) == ["Refund Rs 500 to 9811111111"]

    def test_asks_for_no_number_that_khalti_has_not_asked_for(self, desk, paid):
        assert "mobile" not in desk.get("refund", paid).form.data

    def test_says_that_no_money_moves_in_a_test(self, desk, paid, confirm):
        for page in (desk.get("refund", paid), confirm(paid)):
            assert "No money moves." in page.text


class TestTheSecondStep:
    def test_gives_the_money_back(self, desk, paid, confirm, khalti):
        page = desk.send(confirm(paid, reason="Came too late").form)

        assert (page.badges, page.messages) == (["success"], ["Refunded Rs 500. Refundable balance: Rs 1,000."])
        refund = paid.refunds.get()
        assert (refund.state, refund.amount, refund.reason) == ("succeeded", 50_000, "Came too late")
        assert refund.requested_by.username == "manager"
        assert khalti.calls("refund") == 1
        assert page.path.endswith(f"/inspect/{paid.pk}/")

    def test_gives_all_of_it_back(self, desk, paid):
        page = desk.send(desk.send(desk.get("refund", paid).form).form)

        assert page.messages == ["Refunded Rs 1,500. Refundable balance: Rs 0."]
        assert (page.figures["Status"], page.figures["Refundable balance"]) == ("Refunded", "Rs 0")
        assert "Fully refunded." in page.text
        assert "Refund" not in [words.text.strip() for words in page.main.select("a.button")]

    def test_pressed_twice_sends_once_and_says_the_same(self, desk, paid, confirm, khalti):
        form = confirm(paid).form

        first, second = desk.send(form), desk.send(form)

        assert first.messages == second.messages == ["Refunded Rs 500. Refundable balance: Rs 1,000."]
        assert khalti.calls("refund") == paid.refunds.count() == 1

    def test_comes_too_late_for_who_goes_back_and_sends_the_old_form(self, desk, paid, confirm, khalti):
        old = confirm(paid).form
        desk.send(old)
        again = desk.get("refund", paid)
        assert again.form.data["amount"] == "1000.00"

        page = desk.send(old)

        assert page.messages == ["Refunded Rs 500. Refundable balance: Rs 1,000."]
        assert page.figures["Refunded"] == "Rs 500"
        assert khalti.calls("refund") == 1

    def test_gives_back_again_where_the_person_asked_for_it_anew(self, desk, paid, confirm, khalti):
        desk.send(confirm(paid).form)

        page = desk.send(confirm(paid).form)

        assert page.messages == ["Refunded Rs 500. Refundable balance: Rs 500."]
        assert khalti.calls("refund") == paid.refunds.count() == 2


class TestARefusal:
    WORDS = "Insufficient <b>balance</b> & so on."

    @pytest.fixture
    def refused(self, desk, paid, confirm, khalti):
        khalti.answer("refund", {"detail": self.WORDS}, status=400)
        return desk.send(confirm(paid).form)

    def test_is_told_in_khaltis_words(self, refused):
        assert refused.badges == ["error"]
        assert refused.messages == [f"Khalti rejected the request: “{self.WORDS}” Nothing was refunded."]
        assert "<b>balance" not in refused.html

    def test_is_kept_with_the_payment(self, refused, paid):
        [[_when, amount, state, _how, who]] = refused.rows
        assert (amount, state, who) == ("Rs 500", f"Failed {self.WORDS}", "Manager Gurung")
        assert refused.figures["Refundable balance"] == "Rs 1,500"
        assert f"Refund failed Rs 500 · “{self.WORDS}”" in refused.timeline

    def test_is_told_in_as_many_words_as_a_message_holds(self, desk, paid, confirm, khalti):
        khalti.answer("refund", {f"field_{number}": ["No. " * 100] for number in range(50)}, status=400)

        [message] = desk.send(confirm(paid).form).messages

        assert message.startswith("Khalti rejected the request: “field_0: No. ")
        assert message.endswith("Nothing was refunded.")
        assert len(message) < 400

    def test_sent_twice_is_sent_once(self, desk, paid, confirm, khalti):
        khalti.answer("refund", {"detail": self.WORDS}, status=400)
        form = confirm(paid).form
        desk.send(form)

        page = desk.send(form)

        assert page.messages == ["The refund of Rs 500 failed."]
        assert khalti.calls("refund") == 1


class TestABankPayment:
    def test_needs_a_number_and_keeps_all_else(self, desk, make_paid, confirm, khalti):
        payment = make_paid(bank=True)
        page = desk.send(confirm(payment, amount="1,200.50", reason="Came too late").form)

        assert page.errors == ["Khalti needs the mobile number of the Khalti account that receives the refund."]
        assert page.messages == ["Nothing was refunded."]
        assert "mobile" in desk.get("refund", payment).form.data, "also for who comes later"
        assert page.form.data | {"amount": "1200.50", "reason": "Came too late", "mobile": ""} == page.form.data

        last = desk.send(page.form, mobile="9811111111")
        assert list(last.form.buttons) == ["Refund Rs 1,200.50 to 9811111111"]
        done = desk.send(last.form)

        assert done.messages == ["Refunded Rs 1,200.50. Refundable balance: Rs 299.50."]
        assert [refund.state for refund in payment.refunds.all()] == ["failed", "succeeded"]
        assert "98XXXXX111" in done.text
        assert "9811111111" not in done.html

    def test_needs_another_number_where_khalti_does_not_like_it(self, desk, make_paid, confirm, khalti):
        khalti.answer("refund", {"mobile": ["No such Khalti account."]}, status=400)

        page = desk.send(confirm(make_paid(bank=True), mobile="9811111111").form)

        assert page.errors == ["Khalti rejected the request: “mobile: No such Khalti account.”"]
        assert page.form.data["mobile"] == "9811111111"

    def test_says_what_is_wrong_first_where_less_is_left_by_then(self, desk, make_paid, confirm):
        payment = make_paid(bank=True)
        page = desk.send(confirm(payment, amount="1500").form)
        refund_payment(payment, 10_000, mobile="9811111111")

        page = desk.send(page.form, mobile="9811111111")

        assert page.errors == ["The refundable balance is Rs 1,400."]
