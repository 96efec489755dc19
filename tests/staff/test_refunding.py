"""A manager gives money back: the whole way, and each way in which it can end."""

import pytest

from wagtail_khalti.actions import refund_payment

OUTAGES = ["reset_before", "server_error", "too_many_requests", "timeout", "bad_gateway", "empty_body"]


class TestTheFirstStep:
    def test_offers_all_that_is_left(self, desk, paid):
        page = desk.get("refund", paid)

        assert page.form.data["amount"] == "1500.00"
        assert page.figures == {"For": "Membership", "Name": "Sita Rai", "Paid": "Rs 1,500", "Left": "Rs 1,500"}
        assert "Nothing is sent yet" in page.text

    def test_leads_to_a_page_that_asks_once_more(self, desk, paid, khalti):
        page = desk.send(desk.get("refund", paid).form, amount="500", reason="Came too late")

        assert "Rs 500 goes back to Sita Rai . This can't be undone." in page.text
        assert "Reason: Came too late" in page.text
        assert list(page.form.buttons) == ["Refund Rs 500 to Sita Rai"]
        assert khalti.calls("refund") == 0

    def test_shows_what_was_refunded_before(self, desk, paid, confirm):
        refund_payment(paid, 20_000)

        for page in (desk.get("refund", paid), confirm(paid)):
            assert page.figures | {"Paid": "Rs 1,500", "Given back": "Rs 200", "Left": "Rs 1,300"} == page.figures

    def test_names_the_number_that_was_entered(self, confirm, paid):
        page = confirm(paid, mobile="+977 9811111111")

        assert list(page.form.buttons) == ["Refund Rs 500 to 9811111111"]

    def test_names_nobody_where_nobody_is_known(self, make_paid, confirm):
        payment = make_paid(name="")
        type(payment).objects.update(customer_phone="")

        page = confirm(payment)

        assert "Rs 500 goes back to where it came from." in page.text
        assert list(page.form.buttons) == ["Refund Rs 500"]

    def test_says_that_no_money_moves_in_a_test(self, desk, paid, confirm):
        for page in (desk.get("refund", paid), confirm(paid)):
            assert "Test mode: no money moves." in page.text


class TestTheSecondStep:
    def test_gives_the_money_back(self, desk, paid, confirm, khalti):
        page = desk.send(confirm(paid, reason="Came too late").form)

        assert (page.tones, page.messages) == (["success"], ["Rs 500 was given back. Rs 1,000 is left."])
        refund = paid.refunds.get()
        assert (refund.state, refund.amount, refund.reason) == ("succeeded", 50_000, "Came too late")
        assert refund.requested_by.username == "manager"
        assert khalti.calls("refund") == 1
        assert page.path.endswith(f"/inspect/{paid.pk}/")

    def test_gives_all_of_it_back(self, desk, paid):
        page = desk.send(desk.send(desk.get("refund", paid).form).form)

        assert page.messages == ["Rs 1,500 was given back. Rs 0 is left."]
        assert (page.figures["Status"], page.figures["Left"]) == ("Refunded", "Rs 0")
        assert "All of this payment was given back already." in page.text
        assert "Refund" not in [words.text.strip() for words in page.main.select("a.button")]

    def test_pressed_twice_sends_once_and_says_the_same(self, desk, paid, confirm, khalti):
        form = confirm(paid).form

        first, second = desk.send(form), desk.send(form)

        assert first.messages == second.messages == ["Rs 500 was given back. Rs 1,000 is left."]
        assert khalti.calls("refund") == paid.refunds.count() == 1

    def test_comes_too_late_for_who_goes_back_and_sends_the_old_form(self, desk, paid, confirm, khalti):
        old = confirm(paid).form
        desk.send(old)
        again = desk.get("refund", paid)
        assert again.form.data["amount"] == "1000.00"

        page = desk.send(old)

        assert page.messages == ["Rs 500 was given back. Rs 1,000 is left."]
        assert page.figures["Given back"] == "Rs 500"
        assert khalti.calls("refund") == 1

    def test_gives_back_again_where_the_person_asked_for_it_anew(self, desk, paid, confirm, khalti):
        desk.send(confirm(paid).form)

        page = desk.send(confirm(paid).form)

        assert page.messages == ["Rs 500 was given back. Rs 500 is left."]
        assert khalti.calls("refund") == paid.refunds.count() == 2


class TestARefusal:
    WORDS = "Insufficient <b>balance</b> & so on."

    @pytest.fixture
    def refused(self, desk, paid, confirm, khalti):
        khalti.answer("refund", {"detail": self.WORDS}, status=400)
        return desk.send(confirm(paid).form)

    def test_is_told_in_khaltis_words(self, refused):
        assert refused.tones == ["error"]
        assert refused.messages == [f"Khalti refused: “{self.WORDS}” Nothing was given back."]
        assert "<b>balance" not in refused.html

    def test_is_kept_with_the_payment(self, refused, paid):
        [[_when, amount, state, _how, who]] = refused.rows
        assert (amount, state, who) == ("Rs 500", f"Not made {self.WORDS}", "Manager Gurung")
        assert refused.figures["Left"] == "Rs 1,500"
        assert f"Refund was not made Rs 500 · “{self.WORDS}”" in refused.story

    def test_sent_twice_is_sent_once(self, desk, paid, confirm, khalti):
        khalti.answer("refund", {"detail": self.WORDS}, status=400)
        form = confirm(paid).form
        desk.send(form)

        page = desk.send(form)

        assert page.messages == ["Rs 500 was not given back."]
        assert khalti.calls("refund") == 1


class TestABankPayment:
    def test_needs_a_number_and_keeps_all_else(self, desk, make_paid, confirm, khalti):
        payment = make_paid(bank=True)
        page = desk.send(confirm(payment, amount="1,200.50", reason="Came too late").form)

        assert page.errors == ["Khalti asks for the mobile number of the Khalti account that gets the money."]
        assert page.messages == ["Nothing was given back."]
        assert page.form.data | {"amount": "1200.50", "reason": "Came too late", "mobile": ""} == page.form.data

        last = desk.send(page.form, mobile="9811111111")
        assert list(last.form.buttons) == ["Refund Rs 1,200.50 to 9811111111"]
        done = desk.send(last.form)

        assert done.messages == ["Rs 1,200.50 was given back. Rs 299.50 is left."]
        assert [refund.state for refund in payment.refunds.all()] == ["refused", "succeeded"]
        assert "98XXXXX111" in done.text
        assert "9811111111" not in done.html

    def test_needs_another_number_where_khalti_does_not_like_it(self, desk, make_paid, confirm, khalti):
        khalti.answer("refund", {"mobile": ["No such Khalti account."]}, status=400)

        page = desk.send(confirm(make_paid(bank=True), mobile="9811111111").form)

        assert page.errors == ["Khalti refused: “mobile: No such Khalti account.”"]
        assert page.form.data["mobile"] == "9811111111"

    def test_says_what_is_wrong_first_where_less_is_left_by_then(self, desk, make_paid, confirm):
        payment = make_paid(bank=True)
        page = desk.send(confirm(payment, amount="1500").form)
        refund_payment(payment, 10_000, mobile="9811111111")

        page = desk.send(page.form, mobile="9811111111")

        assert page.errors == ["At most Rs 1,400 is left of this payment."]


class TestALostAnswer:
    def test_is_a_warning_that_never_says_failed(self, desk, paid, confirm, khalti):
        khalti.trouble("refund", "reset_after")
        khalti.trouble("lookup", "still_pending", times=5)

        page = self.lose(desk, paid, confirm, khalti)

        assert page.tones == ["warning"]
        assert page.messages[0].startswith("It is not known yet whether Rs 500 was given back")
        assert "do not give the money back in another way" in page.messages[0]
        for word in ("failed", "error", "Nothing was"):
            assert word not in page.text.replace("Nothing was given back.", "")
        assert page.matters[0].startswith("A refund is in doubt Khalti was asked to give back Rs 500")

    def lose(self, desk, paid, confirm, khalti):
        form = confirm(paid).form
        khalti.no_more_trouble()
        khalti.trouble("refund", "reset_before")
        return desk.send(form)

    def test_is_no_doubt_where_a_lookup_tells(self, desk, paid, confirm, khalti):
        khalti.trouble("refund", "reset_after")

        page = desk.send(confirm(paid).form)

        assert page.messages == ["Rs 500 was given back. Rs 1,000 is left."]

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

        assert page.tones == ["warning"]
        assert page.figures | {"In doubt": "Rs 500", "Left": "Rs 1,000"} == page.figures
        for name in ("refund", "record"):
            refused = desk.get(name, paid)
            assert refused.messages == ["First it has to be known what became of an earlier refund of this payment."]


class TestKhaltiIsDown:
    @pytest.mark.parametrize("fault", OUTAGES)
    def test_so_nothing_was_given_back(self, desk, paid, confirm, khalti, fault):
        form = confirm(paid).form
        khalti.trouble("lookup", fault, times=9)

        page = desk.send(form)

        assert page.tones == ["error"]
        assert page.messages == ["Khalti is not answering right now. Try again later. Nothing was given back."]
        assert khalti.calls("refund") == 0
        assert page.figures["Left"] == "Rs 1,500"

    def test_and_comes_back(self, desk, paid, confirm, khalti):
        form = confirm(paid).form
        khalti.trouble("lookup", "server_error", times=9)
        desk.send(form)
        khalti.no_more_trouble()

        assert desk.send(confirm(paid).form).messages == ["Rs 500 was given back. Rs 1,000 is left."]

    def test_and_a_key_that_is_refused_is_told_as_that(self, desk, paid, confirm, khalti):
        form = confirm(paid).form
        khalti.answer("lookup", {"detail": "Invalid token."}, status=401)

        page = desk.send(form)

        assert page.messages == ["Khalti refuses the key of this site. Nothing was given back."]


class TestWhatCannotBeRefunded:
    def test_is_said_before_anything_is_typed(self, desk, make_paid, khalti, home):
        from wagtail_khalti.actions import start_payment

        waiting = start_payment(150_000, purpose="Membership", base_url="http://testserver")
        all_back = make_paid()
        refund_payment(all_back)
        reasons = {
            waiting: "Khalti has not confirmed this payment, so there is nothing to give back.",
            all_back: "All of this payment was given back already.",
        }
        for payment, reason in reasons.items():
            for name in ("refund", "record"):
                assert desk.get(name, payment).messages == [reason]
            assert desk.post("refund", payment, amount="500").messages == [reason]

    def test_is_said_where_the_account_is_another_by_now(self, desk, paid, confirm, settings, khalti):
        form = confirm(paid).form
        settings.WAGTAIL_KHALTI = {**settings.WAGTAIL_KHALTI, "MODE": "sandbox"}

        page = desk.send(form)

        assert page.messages == ["The Khalti account that took this payment is not set up any more. Nothing was sent."]
        assert khalti.calls("refund") == 0

    def test_is_said_where_khalti_contradicts(self, desk, paid, confirm, khalti):
        form = confirm(paid).form
        khalti.answer_lookup(paid, total_amount=1)

        page = desk.send(form)

        assert page.messages == ["What Khalti says does not fit this payment. Nothing was sent."]

    def test_is_noticed_in_the_last_moment(self, desk, paid, confirm, khalti):
        form = confirm(paid).form
        khalti.refund(paid)

        page = desk.send(form)

        assert page.messages == ["Money was given back in the meantime. Look at the figures again. Nothing was sent."]
        assert page.figures["Status"] == "Refunded"
        assert khalti.calls("refund") == 0


class TestRealMoney:
    @pytest.fixture
    def live(self, settings, khalti, make_paid):
        settings.WAGTAIL_KHALTI = {**settings.WAGTAIL_KHALTI, "MODE": "live"}
        return make_paid()

    def test_is_typed_once_more(self, desk, live, confirm, khalti):
        page = confirm(live)
        assert "Test mode" not in page.text
        assert "Type the amount to confirm" in page.text

        done = desk.send(page.form, typed="Rs 500")

        assert done.messages == ["Rs 500 was given back. Rs 1,000 is left."]
        assert khalti.calls("refund") == 1

    @pytest.mark.parametrize(
        ("typed", "told"),
        [
            ("", "Type the amount that goes back."),
            ("5000", "This is not the amount above."),
            ("500.01", "This is not the amount above."),
            ("abc", "Enter an amount in rupees, such as 1500 or 1500.50."),
            ("500\x00", "Null characters are not allowed."),
        ],
    )
    def test_mistyped_is_not_sent(self, desk, live, confirm, khalti, typed, told):
        first = confirm(live, reason="Came too late")

        page = desk.send(first.form, typed=typed)

        assert page.errors == [told]
        assert list(page.form.buttons) == ["Refund Rs 500 to Sita Rai"]
        assert "Reason: Came too late" in page.text
        assert page.form.data["key"] == first.form.data["key"]
        assert khalti.calls("refund") == 0
        assert desk.send(page.form, typed="500").messages == ["Rs 500 was given back. Rs 1,000 is left."]

    def test_mistyped_and_tampered_with_begins_anew(self, desk, live, confirm, khalti):
        page = desk.send(confirm(live).form, typed="1", amount="abc")

        assert "Continue" in page.form.buttons
        assert khalti.calls("refund") == 0

    def test_of_a_second_payment_is_typed_too(self, desk, live, paid_twice, khalti):
        form = desk.get("inspect", paid_twice).form_with("[name=key]")

        assert desk.send(form, typed="150").errors == ["This is not the amount above."]
        assert desk.send(form, typed="1500").messages == ["Rs 1,500 was given back. Rs 0 is left."]


class TestASecondPayment:
    def test_is_given_back_in_one_press_and_the_first_stays(self, desk, paid_twice, khalti):
        first = paid_twice.duplicate_of
        page = desk.get("inspect", paid_twice)
        assert f"{first.readable_reference} paid for the same, and stays as it is." in page.text
        assert page.main.select_one(f'a[href$="/inspect/{first.pk}/"]')
        form = page.form_with("[name=key]")
        assert list(form.buttons) == ["Refund Rs 1,500 to Sita Rai"]

        done = desk.send(form)

        assert done.messages == ["Rs 1,500 was given back. Rs 0 is left."]
        assert not paid_twice.reviews.open().exists()
        assert done.matters == []
        assert done.form_with("[name=key]") is None
        first.refresh_from_db()
        assert (first.status, first.refund_total, first.is_sale) == ("completed", 0, True)

    def test_is_given_back_once_however_often_it_is_pressed(self, desk, paid_twice, khalti):
        form = desk.get("inspect", paid_twice).form_with("[name=key]")

        first, second = desk.send(form), desk.send(form)

        assert first.messages == second.messages
        assert khalti.calls("refund") == 1

    def test_is_no_offer_to_those_who_may_not(self, sign_in, paid_twice):
        page = sign_in("cashier").get("inspect", paid_twice)

        assert page.form_with("[name=key]") is None
        assert page.matters[0].startswith("Paid twice")

    def test_through_a_bank_leads_to_the_form_that_asks_for_a_number(self, desk, make_paid, khalti, paid_twice):
        from wagtail_khalti.simulator.models import SimulatedPayment

        SimulatedPayment.objects.filter(pidx=paid_twice.pidx).update(is_by_bank=True)

        page = desk.send(desk.get("inspect", paid_twice).form_with("[name=key]"))

        assert page.errors == ["Khalti asks for the mobile number of the Khalti account that gets the money."]
        assert page.form.data | {"amount": "1500.00", "reason": "Paid twice"} == page.form.data
