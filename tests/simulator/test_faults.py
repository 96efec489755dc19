"""The catalogue, and what each fault does to the simulator's own true answer."""

import json
import re
from pathlib import Path

import pytest

from wagtail_khalti.simulator import control
from wagtail_khalti.simulator.disturbance.distortion import AFTERWARDS, INSTEAD
from wagtail_khalti.simulator.disturbance.faults import DEFAULT_SECONDS, Fault
from wagtail_khalti.simulator.hosted.callback import Return
from wagtail_khalti.simulator.models import SimulatedPayment

from .merchant import ORDER

MANUAL = Path(__file__).parents[2] / "docs" / "simulator.md"
CARRIED = {"X-Simulator-No-Sleep": "1"}
WHERE = [(endpoint, fault) for fault in Fault for endpoint in fault.endpoints]


def table(mark):
    """The rows of the manual between two marks."""
    [found] = re.findall(rf"(?<=<!-- {mark} -->\n)(.*?)(?=<!-- /{mark} -->)", MANUAL.read_text(), re.DOTALL)
    return found.splitlines()[2:]


def test_the_manual_shows_the_catalogue_as_it_is():
    assert table("faults") == [f"| `{fault}` | {', '.join(fault.endpoints)} | {fault.description} |" for fault in Fault]


def test_the_manual_shows_the_ways_back_as_they_are():
    assert table("returns") == [f"| `{method}` | {method.description} |" for method in Return]


def test_every_fault_does_something_and_one_thing():
    assert set(INSTEAD) | set(AFTERWARDS) == set(Fault)
    assert not set(INSTEAD) & set(AFTERWARDS)
    assert set(DEFAULT_SECONDS) <= set(Fault)


def call(merchant, endpoint, pidx):
    if endpoint == "refund":
        return merchant.post("refund", {"amount": 1}, SimulatedPayment.objects.get(pidx=pidx).transaction_id, **CARRIED)
    return merchant.post(endpoint, ORDER if endpoint == "initiate" else {"pidx": pidx}, **CARRIED)


def said(answer):
    return answer.status_code, answer.content, dict(answer.headers)


@pytest.mark.parametrize(("endpoint", "fault"), WHERE)
def test_every_fault_is_used_up_by_one_call(merchant, pidx, endpoint, fault):
    control.pay(pidx)
    control.trouble(endpoint, fault)

    first, second = call(merchant, endpoint, pidx), call(merchant, endpoint, pidx)

    assert said(first) != said(second)
    assert (second.status_code, next(iter(second.json()))) == (200, "detail" if endpoint == "refund" else "pidx")
    assert control.troubles() == []


@pytest.mark.parametrize("fault", [fault for fault in Fault if "initiate" in fault.endpoints])
def test_a_fault_instead_has_no_effect_and_one_afterwards_has(merchant, fault):
    control.trouble("initiate", fault)

    call(merchant, "initiate", "")

    assert SimulatedPayment.objects.count() == (0 if fault in INSTEAD else 1)


@pytest.mark.parametrize("fault", [fault for fault in Fault if "refund" in fault.endpoints])
def test_a_refund_without_an_answer_has_happened_or_not(merchant, pidx, fault):
    control.pay(pidx)
    control.trouble("refund", fault, pidx=pidx)

    call(merchant, "refund", pidx)

    assert next(control.payments()).returned == (0 if fault in INSTEAD else 1)
    assert control.calls("refund", pidx=pidx) == 1


def looked_up(merchant, pidx, fault):
    control.trouble("lookup", fault, pidx=pidx)
    answer = merchant.post("lookup", {"pidx": pidx}, **CARRIED)
    return answer.status_code, json.loads(answer.content)


@pytest.mark.parametrize(
    ("fault", "changes"),
    [
        (Fault.UNKNOWN_STATUS, {"status": "Under Review"}),
        (Fault.OTHER_CASE, {"status": "COMPLETED"}),
        (Fault.WRONG_AMOUNT, {"total_amount": 1299}),
        (Fault.STRING_AMOUNT, {"total_amount": "1300", "fee": "0"}),
        (Fault.FLOAT_AMOUNT, {"total_amount": 1300.0, "fee": 0.0}),
        (Fault.STILL_PENDING, {"status": "Pending", "transaction_id": None}),
        (Fault.HUGE_BODY, {}),
    ],
)
def test_a_fault_distorts_the_truth_of_that_moment(merchant, pidx, fault, changes):
    control.pay(pidx)
    truth = merchant.lookup(pidx).json()

    assert looked_up(merchant, pidx, fault) == (200, truth | changes)
    assert merchant.lookup(pidx).json() == truth


def test_another_pidx_looks_like_one(merchant, pidx):
    _status, body = looked_up(merchant, pidx, Fault.WRONG_PIDX)

    assert re.fullmatch("[2-9A-HJ-NP-Za-km-z]{22}", body["pidx"])
    assert body["pidx"] != pidx


def test_a_float_amount_is_written_as_one(merchant, pidx):
    control.trouble("lookup", Fault.FLOAT_AMOUNT)

    assert b'"total_amount": 1300.0' in merchant.lookup(pidx).content


@pytest.mark.parametrize("end", [control.cancel, control.expire, control.fail])
def test_an_end_in_capitals_keeps_its_http_code(merchant, pidx, end):
    end(pidx)

    status, body = looked_up(merchant, pidx, Fault.OTHER_CASE)

    assert (status, body["status"]) == (400, merchant.lookup(pidx).json()["status"].upper())


@pytest.mark.parametrize("end", [control.cancel, control.expire, control.fail])
def test_an_end_that_is_not_noticed_yet_is_pending_with_200(merchant, pidx, end):
    end(pidx)

    status, body = looked_up(merchant, pidx, Fault.STILL_PENDING)

    assert (status, body["status"], "error_key" in body) == (200, "Pending", False)


def test_half_of_a_body_is_a_beginning(merchant, pidx):
    control.trouble("lookup", Fault.TRUNCATED_JSON)

    half, whole = merchant.lookup(pidx).content, merchant.lookup(pidx).content

    assert half == whole[: len(whole) // 2]


def test_what_is_not_about_a_payment_is_left_as_it_is(merchant):
    control.trouble("lookup", Fault.WRONG_AMOUNT)

    assert merchant.lookup("unknown").json()["detail"] == "Not found."


def test_a_fault_can_be_for_one_payment(merchant, pidx):
    other = merchant.start()
    control.trouble("lookup", Fault.NOT_FOUND, pidx=other, times=2)

    assert merchant.lookup(pidx).status_code == 200
    assert [merchant.lookup(other).status_code for _call in range(3)] == [404, 404, 200]


def test_a_fault_can_be_for_one_order(merchant):
    control.trouble("initiate", Fault.SERVER_ERROR, order_id="mine")

    assert merchant.initiate(purchase_order_id="yours").status_code == 200
    assert merchant.initiate(purchase_order_id="mine").status_code == 500


def test_a_payment_whose_name_differs_in_case_is_another(merchant, pidx):
    control.trouble("lookup", Fault.SERVER_ERROR, pidx=pidx.swapcase())

    assert merchant.lookup(pidx).status_code == 200
    assert control.calls("lookup", pidx=pidx.swapcase()) == 0


def test_under_a_server_that_can_not_reset_it_is_an_empty_500(merchant, pidx):
    control.trouble("lookup", Fault.RESET_AFTER)

    answer = merchant.lookup(pidx)

    assert (answer.status_code, answer.content) == (500, b"")


def test_under_a_server_that_is_not_ours_a_drip_is_dripped(merchant, pidx):
    control.trouble("lookup", Fault.SLOW_DRIP, seconds=0.0)

    drops = list(merchant.lookup(pidx).streaming_content)

    assert {len(drop) for drop in drops} == {1}
    assert b"".join(drops) == merchant.lookup(pidx).content


def test_a_429_says_when_to_come_back(merchant, pidx):
    control.trouble("lookup", Fault.TOO_MANY_REQUESTS, seconds=7)

    assert merchant.lookup(pidx)["Retry-After"] == "7"
