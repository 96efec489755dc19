"""What staff type, paste and send that can't be meant, or can only be meant one way."""

# ruff: noqa: F811 - fixtures are imported, and named as arguments

from contextlib import suppress

import pytest
from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.test import RequestFactory
from wagtail.models import ModelLogEntry

from tests.staff.made import make_paid, nameless, unconfirmed  # noqa: F401
from wagtail_khalti.models.refund import MAX_REASON_LENGTH
from wagtail_khalti.staff.forms import AmountForm, ConfirmForm, RecordForm, RefundForm
from wagtail_khalti.staff.listing.page import filtered_payments
from wagtail_khalti.testing.factories import PaymentFactory

SENSELESS = {
    "0": "Enter an amount above zero.",
    "0.00": "Enter an amount above zero.",
    "-5": "Enter an amount above zero.",
    "10.005": "Enter an amount in rupees, such as 1500 or 1500.50.",
    "1e3": "Enter an amount in rupees, such as 1500 or 1500.50.",
    "abc": "Enter an amount in rupees, such as 1500 or 1500.50.",
    "NaN": "Enter an amount in rupees, such as 1500 or 1500.50.",
    "Infinity": "Enter an amount in rupees, such as 1500 or 1500.50.",
    "1.2.3": "Enter an amount in rupees, such as 1500 or 1500.50.",
    "5 0": "Enter an amount in rupees, such as 1500 or 1500.50.",
    "--5": "Enter an amount in rupees, such as 1500 or 1500.50.",
    "½": "Enter an amount in rupees, such as 1500 or 1500.50.",
    "²": "Enter an amount in rupees, such as 1500 or 1500.50.",
    "Rs": "Enter an amount in rupees, such as 1500 or 1500.50.",
    ".": "Enter an amount in rupees, such as 1500 or 1500.50.",
    "0x10": "Enter an amount in rupees, such as 1500 or 1500.50.",
    "12,50": "Enter an amount in rupees, such as 1500 or 1500.50.",
    "1,5": "Enter an amount in rupees, such as 1500 or 1500.50.",
    "1,,500": "Enter an amount in rupees, such as 1500 or 1500.50.",
    "1,500,5": "Enter an amount in rupees, such as 1500 or 1500.50.",
    "1.5,000": "Enter an amount in rupees, such as 1500 or 1500.50.",
    ",500": "Enter an amount in rupees, such as 1500 or 1500.50.",
    "500\x00": "Null characters are not allowed.",
    "": "This field is required.",
    " ": "This field is required.",
    "\u200f": "Enter an amount in rupees, such as 1500 or 1500.50.",
    "1" * 10_000: "Ensure this value has at most 30 characters (it has 10000).",
    "1" + "0" * 30: "Ensure this value has at most 30 characters (it has 31).",
}
TOO_MUCH = ["1500.01", "1501", "1,50,000", "150,000", "9" * 30, "99999999999999999"]
UNDERSTOOD = {
    "500": 50_000,
    "500.5": 50_050,
    ".5": 50,
    "1,500": 150_000,
    "1,499.50": 149_950,
    "Rs 1,500": 150_000,
    "Rs.1,500": 150_000,
    "Rs\xa01,500": 150_000,
    "rs. 1,500/-": 150_000,
    "NRs 1500.00": 150_000,
    "NPR 1500": 150_000,
    "रु १,५००": 150_000,
    "रू १५००।".rstrip("।"): 150_000,
    "१५००": 150_000,
    "\u200e\u202b500\u202c\u200f": 50_000,
    "\ufeff500": 50_000,
    " 500 ": 50_000,
}
FIELDS = {
    "refund": {"amount": "500", "reason": "Too late", "mobile": ""},
    "confirm": {"amount": "500", "reason": "", "mobile": "", "refundable": "150000", "key": "a-key"},
    "record_refund": {"amount": "500", "method": "cash", "reason": "", "refundable": "150000"},
    "resolve_refund": {"was_found": "yes", "note": ""},
    "enter_amount": {"amount": "400", "note": ""},
}


@pytest.fixture
def unchanged(khalti, refunds):
    """At the end nothing went out, and nothing was written down."""
    before = refunds.count(), ModelLogEntry.objects.count(), khalti.calls("refund")
    yield
    assert (refunds.count(), ModelLogEntry.objects.count(), khalti.calls("refund")) == before


@pytest.fixture
def forms():
    """Every form that asks for an amount, as it judges what was typed."""
    payment = PaymentFactory.build(completed=True)

    def forms(typed):
        data = {"amount": typed, "method": "cash", "refundable": 150_000, "key": "a-key"}
        bound = [form(data, payment=payment) for form in (RefundForm, RecordForm, ConfirmForm)] + [AmountForm(data)]
        for form in bound:
            form.full_clean()
        return bound

    return forms


class TestAmounts:
    @pytest.mark.parametrize("typed", SENSELESS, ids=lambda typed: repr(typed[:20]))
    def test_that_make_no_sense_are_told_beside_the_field(self, forms, typed):
        for form in forms(typed):
            assert form.errors == {"amount": [SENSELESS[typed]]}, form

    @pytest.mark.parametrize("typed", TOO_MUCH)
    def test_beyond_what_is_left_are_refused_with_what_is_left(self, forms, typed):
        refund, record, _confirm, _found = forms(typed)

        for form in (refund, record):
            assert form.errors == {"amount": ["The refundable balance is Rs\xa01,500."]}

    @pytest.mark.parametrize("typed", UNDERSTOOD)
    def test_as_people_write_them_are_understood(self, forms, typed):
        for form in forms(typed):
            assert form.cleaned_data["amount"] == UNDERSTOOD[typed]

    @pytest.mark.parametrize("name", ["refund", "record_refund"])
    def test_that_can_t_be_meant_stay_in_the_form_and_send_nothing(self, desk, paid, unchanged, name):
        for typed in ["abc", "", "1501", "500\x00"]:
            page = desk.post(name, paid, **FIELDS[name] | {"amount": typed})

            assert page.errors == [SENSELESS.get(typed, "The refundable balance is Rs 1,500.")]
            assert page.form.data["amount"] == typed.replace("\x00", "\ufffd")  # as a browser reads it

    def test_of_the_dashboard_that_make_no_sense_are_told_too(self, desk, nameless):
        for typed in ["abc", "", "500\x00"]:
            page = desk.post("enter_amount", nameless.reference, amount=typed, note="")

            assert page.errors == [SENSELESS[typed]]
            nameless.refresh_from_db()
            assert nameless.lacks_amount

    def test_as_people_write_them_are_asked_for_once_more(self, desk, paid, unchanged):
        page = desk.post("refund", paid, amount="रु १,५००")

        assert page.errors == []
        assert page.form.data["amount"] == "1500.00"

    def test_are_understood_where_they_are_only_written_down(self, desk, paid):
        desk.post("record_refund", paid, **FIELDS["record_refund"] | {"amount": "रु १,०००.५०"})

        assert paid.refunds.get().amount == 100_050

    def test_that_were_changed_in_the_last_form_send_nothing(self, desk, paid, unchanged):
        for typed in ["abc", "", "500\x00", *TOO_MUCH]:
            page = desk.post("refund", paid, **FIELDS["confirm"] | {"amount": typed})

            assert page.errors or "more than the refundable balance" in page.messages[0], typed


class TestOtherFields:
    def test_a_reason_has_an_end(self, desk, paid, unchanged):
        for name in ("refund", "record_refund", "confirm"):
            data = FIELDS[name] | {"reason": "r" * 300}
            page = desk.post("refund" if name == "confirm" else name, paid, **data)

            assert page.errors == [f"Ensure this value has at most {MAX_REASON_LENGTH} characters (it has 300)."]

    def test_the_longest_reason_fits_in_every_script(self, desk, paid, confirm):
        reason = ("फिर्ता💸" * 40)[:MAX_REASON_LENGTH]
        assert len(reason) == MAX_REASON_LENGTH

        desk.send(confirm(paid, reason=reason).form)

        assert paid.refunds.get().reason == reason

    def test_a_mobile_number_that_is_none_is_told(self, desk, paid, unchanged):
        page = desk.post("refund", paid, amount="500", mobile="98000")

        assert len(page.errors) == 1
        assert page.form.data["mobile"] == "98000"

    @pytest.mark.parametrize("mobile", ["98000", "98000000011", "8800000001", "abc", "+1 555 0100", "9" * 31])
    def test_no_other_is_taken_for_one(self, mobile):
        form = RefundForm({"amount": "500", "mobile": mobile}, payment=PaymentFactory.build(completed=True))

        assert list(form.errors) == ["mobile"]
        assert len(form.errors["mobile"]) == 1

    @pytest.mark.parametrize("mobile", ["9800000001", "+977 980-0000001", "९८००००००01", "\u200e9800000001"])
    def test_a_mobile_number_is_understood_as_people_write_it(self, mobile):
        form = RefundForm({"amount": "500", "mobile": mobile}, payment=PaymentFactory.build(completed=True))

        assert form.is_valid()
        assert form.cleaned_data["mobile"] == "9800000001"

    def test_without_a_sound_key_one_starts_again(self, desk, paid, unchanged):
        for key in ["", "k" * 65, "a\x00b", " "]:
            page = desk.post("refund", paid, **FIELDS["confirm"] | {"key": key})

            assert "Continue" in page.form.buttons, key
            assert page.form.data["amount"] == "500"

    def test_without_knowing_what_was_left_nothing_happens(self, desk, paid, unchanged):
        for refundable in ["", "abc", "1e5", "9" * 5000, "150000\x00"]:
            asked_again = desk.post("refund", paid, **FIELDS["confirm"] | {"refundable": refundable})
            refused = desk.post("record_refund", paid, **FIELDS["record_refund"] | {"refundable": refundable})

            assert "Continue" in asked_again.form.buttons, refundable
            assert refused.messages == ["There was another refund in the meantime. Check the amounts again."]

    def test_where_something_else_was_left_nothing_happens(self, desk, paid):
        for refundable in ["149999", "0", "-1", "9" * 30]:
            refunded = desk.post("refund", paid, **FIELDS["confirm"] | {"refundable": refundable})
            recorded = desk.post("record_refund", paid, **FIELDS["record_refund"] | {"refundable": refundable})

            changed = "There was another refund in the meantime. Check the amounts again."
            assert refunded.messages == [f"{changed} No refund was sent."]
            assert recorded.messages == [changed]
            assert not paid.refunds.exists()

    def test_there_are_three_ways_past_this_page(self, desk, paid, unchanged):
        for method in ["khalti", "", "cheque", "CASH", "cash\x00"]:
            assert len(desk.post("record_refund", paid, **FIELDS["record_refund"] | {"method": method}).errors) == 1, (
                method
            )

    def test_a_refund_is_decided_by_two_words_only(self, desk, unconfirmed):
        for said in ["", "maybe", "YES", "yes\x00", "1"]:
            page = desk.post("resolve_refund", unconfirmed.reference, was_found=said, note="")

            assert page.status == 200
            unconfirmed.refresh_from_db()
            assert unconfirmed.state == "unconfirmed", said

    def test_a_note_has_an_end(self, desk, unconfirmed, nameless):
        for name, refund in (("resolve_refund", unconfirmed), ("enter_amount", nameless)):
            page = desk.post(name, refund.reference, **FIELDS[name] | {"note": "n" * 300})

            assert page.errors == ["Ensure this value has at most 255 characters (it has 300)."]
            assert not ModelLogEntry.objects.exists()


@pytest.mark.parametrize("form", FIELDS)
def test_a_zero_byte_does_no_harm_anywhere(desk, paid, unconfirmed, nameless, khalti, form):
    """PostgreSQL can't store one, nor be asked for it."""
    target = {"resolve_refund": unconfirmed.reference, "enter_amount": nameless.reference}.get(form, paid)
    name = "refund" if form == "confirm" else form
    sent = khalti.calls("refund")

    for field, value in FIELDS[form].items():
        page = desk.post(name, target, **FIELDS[form] | {field: f"{value}\x00"})

        assert page.status == 200, field
        assert khalti.calls("refund") == sent
        assert not paid.refunds.exists()


OF_THE_LIST = ["q", "status", "mode", "merchant", "site", "source", "needs", "ordering", "p", "export", "nonsense"]
OF_THE_LIST += ["created_from", "created_to", "paid_from", "refunded_to", "amount_from", "_w_filter_fragment"]


@pytest.mark.parametrize("value", ["\x00", "a\x00b", "9" * 5000, "'; DROP TABLE", "\u202e", "💸", "-amount", "[]"])
def test_no_question_to_the_list_breaks_it(desk, paid, value):
    user = get_user_model().objects.get()
    for query in OF_THE_LIST:
        request = RequestFactory().get("/", {query: value})
        request.user = user
        with suppress(ValidationError):
            list(filtered_payments(request))

    assert desk.get("index_results", **dict.fromkeys(OF_THE_LIST, value)).status == 200
    assert desk.get("index", **dict.fromkeys(OF_THE_LIST, value)).status == 200
