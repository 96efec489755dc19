"""Real money is typed twice, and a second payment given back at one press."""

import pytest

from wagtail_khalti.simulator.models import SimulatedPayment


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
        assert page.messages == ["Nothing was done yet. Look at what is marked below."]
        assert list(page.form.buttons) == ["Refund Rs 500 to the Khalti account that paid"]
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
        assert list(form.buttons) == ["Refund Rs 1,500 to the Khalti account that paid"]

        done = desk.send(form)

        assert done.messages == ["Rs 1,500 was given back. Rs 0 is left."]
        assert not paid_twice.issues.open().exists()
        assert done.issues == []
        assert done.form_with("[name=key]") is None
        first.refresh_from_db()
        assert (first.status, first.refund_total, first.is_primary) == ("completed", 0, True)

    def test_is_given_back_once_however_often_it_is_pressed(self, desk, paid_twice, khalti):
        form = desk.get("inspect", paid_twice).form_with("[name=key]")

        first, second = desk.send(form), desk.send(form)

        assert first.messages == second.messages
        assert khalti.calls("refund") == 1

    def test_is_no_offer_to_those_who_may_not(self, sign_in, paid_twice):
        page = sign_in("cashier").get("inspect", paid_twice)

        assert page.form_with("[name=key]") is None
        assert page.issues[0].startswith("Duplicate payment")

    def test_through_a_bank_leads_to_the_form_that_asks_for_a_number(self, desk, make_paid, khalti, paid_twice):
        SimulatedPayment.objects.filter(pidx=paid_twice.pidx).update(is_by_bank=True)

        page = desk.send(desk.get("inspect", paid_twice).form_with("[name=key]"))

        assert page.errors == ["Khalti asks for the mobile number of the Khalti account that gets the money."]
        assert page.form.data | {"amount": "1500.00", "reason": "Paid twice"} == page.form.data
