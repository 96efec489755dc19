"""Whatever Khalti answers to a refund, it is asked once; and what is not known is not guessed."""

import pytest
import requests

from tests.payments import issues, kinds
from wagtail_khalti.actions import check_payment, enter_refund_amount, refund_payment
from wagtail_khalti.exceptions import (
    ConnectionNeverMade,
    GatewayUnreachable,
    KeyRejected,
    MobileNeeded,
    NotRefundable,
    RefundInProgress,
    RefundsChanged,
    RequestRejected,
)
from wagtail_khalti.gateway import client
from wagtail_khalti.models import KhaltiPayment, KhaltiRefund
from wagtail_khalti.models.status import Status
from wagtail_khalti.simulator import control
from wagtail_khalti.simulator.disturbance.faults import Fault

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("books")]

NOTHING_HAPPENED = {
    Fault.RESET_BEFORE,
    Fault.TOO_MANY_REQUESTS,
    Fault.SERVER_ERROR,
    Fault.BAD_GATEWAY,
    Fault.REDIRECT,
}
IT_HAPPENED = {
    Fault.TIMEOUT,
    Fault.RESET_AFTER,
    Fault.EMPTY_BODY,
    Fault.TRUNCATED_JSON,
    Fault.HUGE_BODY,
    Fault.SLOW_DRIP,
}


def stored(payment):
    return KhaltiPayment.objects.get(pk=payment.pk)


def nothing_went_back(khalti, payment, *, calls):
    refund, row = KhaltiRefund.objects.get(), stored(payment)
    assert (refund.state, row.status, row.refund_total, row.refunding_since) == ("failed", "completed", 0, None)
    assert khalti.calls("refund") == calls
    assert payment.refund_total == 0, "the object in hand is as the row"
    return refund


def is_in_doubt(khalti, payment):
    refund, row = KhaltiRefund.objects.get(), stored(payment)
    assert (refund.state, row.refund_total) == ("unconfirmed", refund.amount)
    assert row.refunding_since is not None
    assert row.next_check_at is not None, "it is found out without anybody's doing"
    assert khalti.calls("refund") == 1
    return refund


# Before: Khalti must answer at all, and nothing may have changed.


@pytest.mark.parametrize("fault", [Fault.TIMEOUT, Fault.RESET_BEFORE, Fault.BAD_GATEWAY])
def test_where_khalti_is_down_nothing_is_sent(khalti, completed, fault):
    khalti.trouble("lookup", fault, times=client.TRIES)

    with pytest.raises(GatewayUnreachable):
        refund_payment(completed)

    refund = nothing_went_back(khalti, completed, calls=0)
    assert refund.sent_at is None
    assert kinds(completed)[-3:] == ["refund_requested", "no_answer", "refund_failed"]
    assert refund_payment(completed).state == "succeeded", "and later it goes as if nothing had been"


def test_where_khalti_refuses_the_key_nothing_is_sent(khalti, completed):
    khalti.answer("lookup", {"detail": "Invalid token."}, status=401)

    with pytest.raises(KeyRejected):
        refund_payment(completed)

    nothing_went_back(khalti, completed, calls=0)
    assert issues(completed) == ["key_rejected"]


@pytest.mark.parametrize(
    "says", [{"total_amount": 149_999}, {"pidx": "another"}, {"status": "Ambiguous"}, {"refunded": True}]
)
def test_where_khalti_contradicts_itself_nothing_is_sent(khalti, completed, says):
    khalti.answer_lookup(completed, **says)

    with pytest.raises(NotRefundable, match="contradicts"):
        refund_payment(completed)

    nothing_went_back(khalti, completed, calls=0)
    assert len(issues(completed)) == 1


@pytest.mark.parametrize("trigger", ["Pending", "Initiated"])
def test_where_khalti_has_forgotten_the_money_nothing_is_sent(khalti, completed, trigger):
    khalti.answer_lookup(completed, status=trigger)

    with pytest.raises(NotRefundable):
        refund_payment(completed)

    nothing_went_back(khalti, completed, calls=0)


@pytest.mark.parametrize(("amount", "status"), [(None, Status.REFUNDED), (50_000, Status.PARTIALLY_REFUNDED)])
@pytest.mark.every_database
def test_after_a_faster_dashboard_refund_nothing_is_sent(khalti, completed, amount, status):
    khalti.refund_in_dashboard(completed, amount=amount)

    with pytest.raises(RefundsChanged, match="it was completed"):
        refund_payment(completed, 50_000)

    ours, theirs = KhaltiRefund.objects.order_by("pk")
    assert (ours.state, ours.method, khalti.calls("refund")) == ("failed", "khalti", 0)
    assert (theirs.state, theirs.method, theirs.amount) == (
        "external",
        "dashboard",
        150_000 if amount is None else None,
    )
    assert stored(completed).status == status


@pytest.mark.parametrize("amount", [50_000, 100_000, None])
@pytest.mark.parametrize("when", ["before our question arrives", "between two tries"])
@pytest.mark.every_database
def test_the_answer_counts_even_if_a_later_lookup_was_faster(khalti, completed, line, when, amount):
    def look_and_then_give_back_in_the_dashboard():
        check_payment(stored(completed))
        khalti.refund_in_dashboard(completed, amount=50_000)

    if when == "between two tries":
        khalti.trouble("lookup", Fault.BAD_GATEWAY)
        line.after = {"lookup": look_and_then_give_back_in_the_dashboard}
    else:
        line.before = {"lookup": look_and_then_give_back_in_the_dashboard}

    with pytest.raises(RefundsChanged):
        refund_payment(completed, amount)

    assert line.refunds == []


def test_a_refund_goes_to_the_transaction_that_was_paid(khalti, completed, line):
    """Whatever a later answer calls it."""
    khalti.refund_in_dashboard(completed, amount=10_000)
    khalti.answer_lookup(completed, status="Partially Refunded", transaction_id="AnotherIdAltogether00", times=3)
    check_payment(completed)
    enter_refund_amount(completed.refunds.get(), 10_000)

    refund_payment(stored(completed), 20_000)

    paid_with = completed.transaction_id
    assert stored(completed).transaction_id == paid_with
    assert [url for endpoint, url, _body in line.sent if endpoint == "refund" and paid_with not in url] == []
    assert khalti.calls("refund") == 1


# A clear no.


@pytest.mark.parametrize(
    ("status", "body", "words"),
    [
        (400, {"detail": "Transaction is already refunded.", "error_key": "khalti_error"}, "already refunded."),
        (400, {"amount": ["Amount is too large."]}, "amount: Amount is too large."),
        (400, {}, ""),
        (404, {"detail": "Not found."}, "Not found."),
        (405, {"detail": 'Method "POST" not allowed.'}, "not allowed."),
        (422, {"detail": "Insufficient balance."}, "Insufficient balance."),
    ],
)
@pytest.mark.every_database
def test_a_refusal_keeps_khaltis_words(khalti, completed, status, body, words):
    khalti.answer("refund", body, status=status)

    with pytest.raises(RequestRejected) as raised:
        refund_payment(completed)

    assert type(raised.value) is RequestRejected
    refund = nothing_went_back(khalti, completed, calls=1)
    assert refund.answer.endswith(words)
    assert refund.resolved_at is not None
    event = completed.events.get(kind="refund_failed")
    assert (event.data["answer"], event.data["trigger"]) == (refund.answer, "rejected")
    assert issues(completed) == [], "it is decided"


@pytest.mark.parametrize("status", [401, 403])
def test_a_key_that_may_not_refund(khalti, completed, status):
    khalti.answer("refund", {"detail": "You do not have permission to perform this action."}, status=status)

    with pytest.raises(KeyRejected):
        refund_payment(completed)

    nothing_went_back(khalti, completed, calls=1)


def test_a_connection_that_is_never_made(khalti, completed, line):
    def refuse():
        raise requests.ConnectTimeout("no way there")

    line.before = {"refund": refuse}

    with pytest.raises(ConnectionNeverMade):
        refund_payment(completed)

    nothing_went_back(khalti, completed, calls=0)
    assert line.refunds == []


@pytest.mark.every_database
def test_after_a_refusal_it_can_be_tried_again(khalti, completed):
    khalti.answer("refund", {"detail": "Insufficient balance."}, status=400)
    with pytest.raises(RequestRejected):
        refund_payment(completed)

    refund = refund_payment(completed)

    assert (refund.state, khalti.calls("refund")) == ("succeeded", 2)
    assert list(KhaltiRefund.objects.values_list("state", flat=True)) == ["failed", "succeeded"]


def test_a_rejection_is_no_event_for_the_site(khalti, completed, heard):
    khalti.answer("refund", {"detail": "Insufficient balance."}, status=400)

    with pytest.raises(RequestRejected):
        refund_payment(completed)

    assert heard == []


# Payments through a bank.


@pytest.fixture
def through_a_bank(khalti, payment):
    khalti.pay(payment, bank=True)
    return check_payment(payment)


def test_a_payment_through_a_bank_needs_a_mobile_number(khalti, through_a_bank):
    with pytest.raises(MobileNeeded) as raised:
        refund_payment(through_a_bank)

    assert raised.value.fields == {"mobile": "This field is required."}
    refund = nothing_went_back(khalti, through_a_bank, calls=1)
    assert refund.answer == "mobile: This field is required."


@pytest.mark.parametrize(("amount", "sent"), [(None, {}), (50_000, {"amount": 50_000})])
def test_with_the_number_it_goes_to_that_account(khalti, through_a_bank, line, amount, sent):
    refund = refund_payment(through_a_bank, amount, mobile="9800000001")

    assert refund.state == "succeeded"
    assert line.refunds == [{**sent, "mobile": "9800000001"}]
    assert (refund.mobile, refund.masked_mobile) == ("9800000001", "98XXXXX001")


def test_without_a_number_none_is_sent(khalti, completed, line):
    refund_payment(completed, mobile="")

    assert line.refunds == [{}]


@pytest.mark.parametrize("words", ["Mobile is required.", "A MOBILE number, please."])
def test_whatever_the_words_in_which_khalti_asks_for_it(khalti, completed, words):
    khalti.answer("refund", {"detail": words}, status=400)

    with pytest.raises(MobileNeeded):
        refund_payment(completed)


# No usable answer.


def test_every_fault_at_refund_is_known_here():
    assert {fault for fault in Fault if "refund" in fault.endpoints} == NOTHING_HAPPENED | IT_HAPPENED


@pytest.mark.heavy
@pytest.mark.parametrize("fault", sorted(NOTHING_HAPPENED | IT_HAPPENED))
@pytest.mark.parametrize("amount", [None, 50_000])
def test_after_a_fault_it_is_not_asked_again(khalti, completed, fault, amount):
    """What became of it a lookup tells at once where it was made; where it was not, only time does."""
    khalti.trouble("refund", fault, payment=completed)

    refund = refund_payment(completed, amount)

    if fault in IT_HAPPENED:
        assert (refund.state, khalti.calls("refund")) == ("succeeded", 1)
    else:
        assert is_in_doubt(khalti, completed) == refund
        with pytest.raises(RefundInProgress):
            refund_payment(completed, amount)
    assert sum(entry.returned for entry in control.payments()) == (refund.amount if fault in IT_HAPPENED else 0)
    assert "no_answer" in kinds(completed)


SENSELESS = {
    "another sentence": {"body": {"detail": "Your request is being processed."}},
    "no sentence": {"body": {}},
    "more than the sentence": {"body": {"detail": "Transaction refund successful. Or not."}},
    "the sentence elsewhere": {"body": {"message": "Transaction refund successful."}},
    "created": {"body": {"detail": "Transaction refund successful."}, "status": 201},
    "accepted": {"body": {"detail": "Transaction refund successful."}, "status": 202},
    "conflict": {"body": {"detail": "A refund is being processed."}, "status": 409},
    "locked": {"body": {"detail": "Locked."}, "status": 423},
    "gone": {"body": {"detail": "Gone."}, "status": 410},
    "a page": {"body": "<html>Welcome</html>", "content_type": "text/html"},
    "a page that says 400": {"body": "<html>Bad request</html>", "status": 400},
    "a list": {"body": '["Transaction refund successful."]'},
    "unavailable": {"body": {"detail": "Maintenance."}, "status": 503},
    "too many": {"body": {}, "status": 429, "headers": {"Retry-After": "30"}},
}


@pytest.mark.parametrize("answer", SENSELESS.values(), ids=SENSELESS)
def test_an_answer_that_says_neither_yes_nor_no(khalti, completed, answer):
    khalti.answer("refund", **answer)

    refund_payment(completed)

    refund = is_in_doubt(khalti, completed)
    assert refund.answer == "", "in the column are Khalti's words"
    assert completed.events.get(kind="no_answer").data["reason"]
    assert not refund.is_accepted
    assert (refund.resolved_at, refund.refundable) == (None, None)


@pytest.mark.parametrize(
    "words", ["Transaction refund successful.", "transaction refund successful", " TRANSACTION REFUND SUCCESSFUL. "]
)
def test_the_sentence_is_read_whatever_its_case_and_full_stop(khalti, completed, words):
    khalti.answer("refund", {"detail": words})

    refund_payment(completed)

    assert KhaltiRefund.objects.get().is_accepted


# Afterwards: success is what a lookup confirms.


@pytest.mark.parametrize("amount", [None, 50_000])
def test_that_khalti_said_yes_is_not_enough(khalti, completed, amount):
    khalti.answer("refund", {"detail": "Transaction refund successful."})  # and does nothing

    refund_payment(completed, amount)

    refund = is_in_doubt(khalti, completed)
    assert refund.is_accepted
    assert issues(completed) == [], "Khalti may still be at work on it"


@pytest.mark.every_database
def test_an_accepted_refund_before_silence_is_confirmed_later(khalti, completed, line, caplog):
    line.after = {"refund": lambda: khalti.trouble("lookup", Fault.BAD_GATEWAY, times=client.TRIES)}

    refund_payment(completed)

    refund = is_in_doubt(khalti, completed)
    assert refund.is_accepted
    assert f"Refund {refund.reference} could not be confirmed yet" in caplog.text


@pytest.mark.every_database
def test_a_lost_answer_before_silence_is_resolved_later(khalti, completed, line):
    khalti.trouble("refund", Fault.RESET_AFTER)
    line.before = {"refund": lambda: khalti.trouble("lookup", Fault.BAD_GATEWAY, times=client.TRIES)}

    refund_payment(completed)

    assert not is_in_doubt(khalti, completed).is_accepted
