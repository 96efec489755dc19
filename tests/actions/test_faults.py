"""Every fault of the catalogue, at lookup and at initiate: never a wrong end, never lost, never twice."""

import pytest

from tests.in_full import IS_FULL
from wagtail_khalti.actions import check_payment, start_payment
from wagtail_khalti.exceptions import GatewayError, KhaltiError
from wagtail_khalti.gateway import client
from wagtail_khalti.models import KhaltiPayment
from wagtail_khalti.models.status import Status
from wagtail_khalti.simulator import control
from wagtail_khalti.simulator.disturbance.faults import Fault

pytestmark = pytest.mark.heavy

AT_LOOKUP = [fault for fault in Fault if "lookup" in fault.endpoints]
AT_INITIATE = [fault for fault in Fault if "initiate" in fault.endpoints]
EVERY_TRY = client.TRIES * 3

NO_ANSWER = {
    Fault.TIMEOUT,
    Fault.RESET_BEFORE,
    Fault.RESET_AFTER,
    Fault.TOO_MANY_REQUESTS,
    Fault.SERVER_ERROR,
    Fault.BAD_GATEWAY,
    Fault.REDIRECT,
    Fault.EMPTY_BODY,
    Fault.TRUNCATED_JSON,
    Fault.HUGE_BODY,
    Fault.SLOW_DRIP,
    Fault.NOT_FOUND,
}
CONTRADICTION = {
    Fault.UNKNOWN_STATUS: "unknown_status",
    Fault.WRONG_AMOUNT: "amount_mismatch",
    Fault.WRONG_PIDX: "pidx_mismatch",
}
STILL_TRUE = {Fault.OTHER_CASE, Fault.STRING_AMOUNT, Fault.FLOAT_AMOUNT}
OLD_NEWS = {Fault.STILL_PENDING}
ONE_OF_EACH = (Fault.TIMEOUT, Fault.WRONG_AMOUNT, Fault.OTHER_CASE, Fault.STILL_PENDING)
"""Above Khalti's border, where ``contract/test_faults.py`` tries each of them, faults of one kind are the same."""


def nothing(khalti, payment):
    """The visitor looks at Khalti's page."""


def begin(khalti, payment):
    khalti.begin(payment)


def pay(khalti, payment):
    khalti.pay(payment)


def cancel(khalti, payment):
    khalti.cancel(payment)


def expire(khalti, payment):
    khalti.expire(payment)


def fail(khalti, payment):
    khalti.fail(payment)


def refund_some(khalti, payment):
    khalti.pay(payment)
    khalti.refund_in_dashboard(payment, partial=True)


def refund_all(khalti, payment):
    khalti.pay(payment)
    khalti.refund_in_dashboard(payment)


TRUTHS = {
    nothing: Status.INITIATED,
    begin: Status.PENDING,
    pay: Status.COMPLETED,
    cancel: Status.CANCELED,
    expire: Status.EXPIRED,
    fail: Status.FAILED,
    refund_some: Status.PARTIALLY_REFUNDED,
    refund_all: Status.REFUNDED,
}


AFTER_EACH_TRUTH = [
    (fault, truth) for fault in AT_LOOKUP for truth in TRUTHS if IS_FULL or truth is pay or fault in ONE_OF_EACH
]
"""In full all of them; else each fault where the visitor has paid, and each truth with one fault of each kind."""

WITH_AND_WITHOUT_EFFECT = AT_INITIATE if IS_FULL else [Fault.RESET_BEFORE, Fault.RESET_AFTER]


def status_after_a_check(payment):
    """As stored; whatever goes wrong is one of our own errors."""
    try:
        check_payment(KhaltiPayment.objects.get(pk=payment.pk))
    except KhaltiError as error:
        return KhaltiPayment.objects.get(pk=payment.pk).status, error
    return KhaltiPayment.objects.get(pk=payment.pk).status, None


def open_issues(payment):
    return set(payment.issues.filter(is_open=True).values_list("kind", flat=True))


def test_every_fault_at_lookup_is_of_one_kind():
    kinds = [NO_ANSWER, set(CONTRADICTION), STILL_TRUE, OLD_NEWS]

    assert set().union(*kinds) == set(AT_LOOKUP)
    assert sum(map(len, kinds)) == len(AT_LOOKUP)
    assert [len(kind & set(ONE_OF_EACH)) for kind in kinds] == [1] * len(kinds)


@pytest.mark.parametrize(
    ("fault", "truth"), AFTER_EACH_TRUTH, ids=[f"{fault}-{truth.__name__}" for fault, truth in AFTER_EACH_TRUTH]
)
def test_a_lookup_fault_ends_nothing_wrongly_and_the_truth_stays(khalti, payment, fault, truth):
    truth(khalti, payment)
    khalti.trouble("lookup", fault, times=EVERY_TRY, payment=payment)

    status, error = status_after_a_check(payment)

    expected = {**dict.fromkeys(STILL_TRUE, TRUTHS[truth]), **dict.fromkeys(OLD_NEWS, Status.PENDING)}
    assert status == (Status.INITIATED if truth is nothing else expected.get(fault, Status.INITIATED))
    assert isinstance(error, GatewayError) == (fault in NO_ANSWER)
    for_a_person = {CONTRADICTION[fault]} if fault in CONTRADICTION else set()
    if status == Status.PARTIALLY_REFUNDED:
        for_a_person = {"refund_amount_missing"}  # somebody has to enter what Khalti does not say
    assert open_issues(payment) == for_a_person

    khalti.no_more_trouble()
    assert status_after_a_check(payment) == (TRUTHS[truth], None)

    khalti.trouble("lookup", fault, times=EVERY_TRY, payment=payment)
    status, _error = status_after_a_check(payment)
    assert status == TRUTHS[truth]


def start():
    return start_payment(150_000, purpose="Membership", idempotency_key="one-wish", base_url="http://testserver")


@pytest.mark.parametrize("fault", WITH_AND_WITHOUT_EFFECT)
def test_after_an_initiate_fault_there_is_one_payment_one_link(khalti, home, fault):
    khalti.trouble("initiate", fault)

    with pytest.raises(GatewayError):
        start()
    first = KhaltiPayment.objects.get()
    assert (first.status, first.payment_url, first.pidx) == (Status.CREATED, "", None)
    assert khalti.calls("initiate", first) == 1, "an initiate is never sent again by itself"

    payments = [start(), start()]

    assert khalti.calls("initiate", first) == 2
    assert {(payment.pk, payment.pidx) for payment in payments} == {(first.pk, payments[0].pidx)}
    assert payments[0].pidx in payments[0].payment_url
    assert payments[0].status == Status.INITIATED


@pytest.mark.parametrize("fault", WITH_AND_WITHOUT_EFFECT)
def test_after_an_initiate_fault_a_visitor_pays_once(khalti, home, fault):
    khalti.trouble("initiate", fault, times=2)
    for _try in range(2):
        with pytest.raises(GatewayError):
            start()
    payment = start()

    khalti.pay(payment)

    assert status_after_a_check(payment) == (Status.COMPLETED, None)
    paid = [(entry.pidx, entry.paid) for entry in control.payments() if entry.paid]
    assert paid == [(payment.pidx, payment.amount)]
    assert all(entry.purchase_order_id == payment.purchase_order_id for entry in control.payments())


def test_a_visitor_back_before_khalti_knows_is_confirmed_later(khalti, payment, client):
    khalti.pay(payment)
    khalti.trouble("lookup", Fault.NOT_FOUND, times=EVERY_TRY, payment=payment)
    [path] = khalti.return_paths(payment)

    codes = [client.get(path).status_code for _visit in range(3)]

    assert all(code < 500 for code in codes)
    assert KhaltiPayment.objects.get().status == Status.INITIATED
    khalti.no_more_trouble()
    assert status_after_a_check(payment) == (Status.COMPLETED, None)


def test_a_visitor_back_twice_or_without_pidx_has_paid_once(khalti, payment, client, heard):
    khalti.pay(payment)
    paths = khalti.return_paths(payment, "twice") + khalti.return_paths(payment, "without_pidx")

    codes = [client.get(path).status_code for path in paths]

    assert len(codes) == 3
    assert all(code < 500 for code in codes)
    assert heard == [("completed", payment.reference)]


def test_a_visitor_who_never_comes_back_has_paid_all_the_same(khalti, payment):
    khalti.pay(payment)

    assert khalti.return_paths(payment, "never") == []
    assert status_after_a_check(payment) == (Status.COMPLETED, None)


def test_money_that_comes_after_an_end_is_taken_and_flagged(khalti, payment):
    khalti.expire(payment)
    assert status_after_a_check(payment) == (Status.EXPIRED, None)
    khalti.pay(payment)

    assert status_after_a_check(payment) == (Status.COMPLETED, None)
    assert KhaltiPayment.objects.get().is_late


def test_pending_lasts_as_long_as_khalti_has_not_noticed(khalti, payment):
    khalti.pay(payment)
    khalti.trouble("lookup", Fault.STILL_PENDING, times=2, payment=payment)

    assert [status_after_a_check(payment)[0] for _check in range(3)] == ["pending", "pending", "completed"]
