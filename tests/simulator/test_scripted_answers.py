"""Words put in an endpoint's mouth."""

import time

import pytest

from wagtail_khalti.simulator import control
from wagtail_khalti.simulator.models import Trouble


def test_the_next_call_gets_the_script_and_then_the_truth(merchant, pidx):
    control.answer_with("lookup", status=503, body="<h1>Sorry {{ pidx }}</h1>", content_type="text/html")

    first, second = merchant.lookup(pidx), merchant.lookup(pidx)

    assert (first.status_code, first.content.decode()) == (503, "<h1>Sorry {{ pidx }}</h1>")
    assert first["Content-Type"] == "text/html"
    assert second.json()["status"] == "Initiated"


def test_a_dict_is_sent_as_json(merchant, pidx):
    control.answer_with("lookup", body={"pidx": pidx, "status": "Completed", "total_amount": 1})

    assert merchant.lookup(pidx).json() == {"pidx": pidx, "status": "Completed", "total_amount": 1}


def test_it_can_last_for_several_calls_and_be_forgotten(merchant, pidx):
    control.answer_with("lookup", status=500, body="", times=3)

    assert [merchant.lookup(pidx).status_code for _ in range(2)] == [500, 500]
    control.forget_troubles()
    assert merchant.lookup(pidx).status_code == 200


def test_it_can_be_for_one_payment_only(merchant, pidx):
    other = merchant.start()
    control.answer_with("lookup", status=500, body="", pidx=other)

    assert merchant.lookup(pidx).status_code == 200
    assert merchant.lookup(other).status_code == 500


def test_answers_come_in_the_order_in_which_they_were_scripted(merchant, pidx):
    control.answer_with("lookup", status=502, body="")
    control.answer_with("lookup", status=503, body="")

    assert [merchant.lookup(pidx).status_code for _ in range(3)] == [502, 503, 200]


def test_endpoints_have_their_own(merchant, pidx):
    control.answer_with("initiate", status=429, body="", headers={"Retry-After": "30"})

    assert merchant.lookup(pidx).status_code == 200
    refused = merchant.initiate()
    assert (refused.status_code, refused["Retry-After"]) == (429, "30")


def test_it_comes_before_the_question_who_calls(merchant, pidx, client):
    control.answer_with("lookup", status=503, body="")

    assert client.post("/khalti-simulator/api/v2/epayment/lookup/").status_code == 503


def test_a_slow_answer_is_slow(merchant, pidx):
    control.answer_with("lookup", body="{}", delay=0.2)
    started = time.monotonic()

    merchant.lookup(pidx)

    assert time.monotonic() - started >= 0.2


def test_a_slow_answer_can_tell_its_delay_instead_of_taking_it(merchant, pidx):
    control.answer_with("lookup", body="{}", delay=31.5)
    started = time.monotonic()

    response = merchant.post("lookup", {"pidx": pidx}, **{"X-Simulator-No-Sleep": "1"})

    assert response["X-Simulator-Delay"] == "31.5"
    assert time.monotonic() - started < 10


def test_one_answer_is_not_given_twice(pidx):
    script = control.answer_with("lookup", body="{}")
    same = Trouble.objects.get()

    assert [script.take_one(), same.take_one()] == [True, False]


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"endpoint": "settle"}, "Unknown endpoint 'settle', must be one of: initiate, lookup, refund"),
        ({"endpoint": "lookup", "delay": -1}, "delay is -1; it must be a number from 0 to 3600"),
        ({"endpoint": "lookup", "delay": 3601}, "delay is 3601; it must be"),
        ({"endpoint": "lookup", "delay": float("nan")}, "delay is nan; it must be"),
        ({"endpoint": "refund", "order_id": "x"}, "A call of refund is identified by its pidx"),
        ({"endpoint": "initiate", "pidx": "x"}, "A call of initiate is identified by its order_id"),
    ],
)
def test_a_script_that_could_never_be_used_is_an_error(wrong, message, db):
    with pytest.raises(ValueError, match=message):
        control.answer_with(**wrong, body="")
