"""Control through HTTP: the same as in Python, behind a token."""

import pytest
import requests
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from wagtail_khalti.simulator.models import Trouble

from .conftest import TOKEN
from .merchant import AUTHORIZATION, ORDER

TROUBLES = "/khalti-simulator/control/troubles/"
TIMEOUT = {"endpoint": "lookup", "fault": "timeout"}


@pytest.fixture
def control(settings, db):
    """Says something to the control of the simulator in this process."""
    settings.KHALTI_SIMULATOR = {"CONTROL_TOKEN": TOKEN}
    client = Client(enforce_csrf_checks=True)

    def say(method, address, body="", authorization=f"Bearer {TOKEN}"):
        headers = {"Authorization": authorization} if authorization else {}
        return client.generic(method, address, body, "application/json", headers=headers)

    return say


def post(address, endpoint, body):
    url = f"{address}api/v2/epayment/{endpoint}/"
    return requests.post(url, json=body, headers={"Authorization": AUTHORIZATION}, timeout=30)


@pytest.fixture
def remote_pidx(standalone):
    return post(standalone, "initiate", ORDER).json()["pidx"]


def test_a_fault_is_put_listed_and_forgotten(controller):
    controller.trouble("lookup", "slow_drip", times=3, pidx="some", seconds=2)

    waiting = {"endpoint": "lookup", "fault": "slow_drip", "subject": "some", "seconds": 2.0, "times_left": 3}
    assert controller.troubles() == [waiting]
    controller.forget_troubles()
    assert controller.troubles() == []


@pytest.mark.parametrize(
    ("move", "options", "status"),
    [
        ("begin", {}, "Pending"),
        ("pay", {"mobile": "9800000003", "bank": True}, "Completed"),
        ("cancel", {}, "User canceled"),
        ("expire", {}, "Expired"),
        ("fail", {}, "Failed"),
    ],
)
def test_a_payment_is_moved(controller, standalone, remote_pidx, move, options, status):
    assert controller.move(remote_pidx, move, **options)["status"] == status

    assert post(standalone, "lookup", {"pidx": remote_pidx}).json()["status"] == status


def test_the_books_say_what_was_paid_and_what_went_back(controller, remote_pidx):
    controller.move(remote_pidx, "pay")
    controller.move(remote_pidx, "refund", partial=True)

    entry = controller.payment(remote_pidx)
    assert entry in controller.payments()["payments"]
    assert entry == {
        "pidx": remote_pidx,
        "purchase_order_id": "test12",
        "status": "Partially Refunded",
        "amount": 1300,
        "paid": 1300,
        "fee": 0,
        "refunded": True,
        "returned": 650,
        "transaction_id": entry["transaction_id"],
    }


def test_an_exact_amount_goes_back(controller, remote_pidx):
    controller.move(remote_pidx, "pay")

    assert controller.move(remote_pidx, "refund", amount=1299)["status"] == "Partially Refunded"
    assert controller.move(remote_pidx, "refund", amount=1)["status"] == "Refunded"


def test_the_books_are_read_page_by_page(controller, standalone, remote_pidx):
    later = post(standalone, "initiate", ORDER).json()["pidx"]

    page = controller.payments(after=remote_pidx)

    assert [entry["pidx"] for entry in page["payments"]] == [later]
    assert page["next"] == ""


def test_calls_are_counted(controller, standalone, remote_pidx):
    for _call in range(3):
        post(standalone, "lookup", {"pidx": remote_pidx})

    assert controller.calls(endpoint="lookup", pidx=remote_pidx) == 3
    assert controller.calls()["lookup"] >= 3


def test_it_is_told_where_the_browser_goes(controller, remote_pidx):
    assert len(controller.returns(remote_pidx, "twice")) == 2


@pytest.mark.parametrize(("fault", "payments"), [("reset_before", 0), ("reset_after", 1)])
def test_a_reset_is_one_and_its_side_of_the_effect_is_true(controller, standalone, fault, payments):
    order = ORDER | {"purchase_order_id": fault}
    controller.trouble("initiate", fault, order_id=fault)

    with pytest.raises(requests.ConnectionError, match="reset by peer"):
        post(standalone, "initiate", order)

    begun = [entry for entry in controller.payments()["payments"] if entry["purchase_order_id"] == fault]
    assert len(begun) == payments


def test_a_drip_comes_byte_by_byte(controller, standalone, remote_pidx):
    truth = post(standalone, "lookup", {"pidx": remote_pidx})
    controller.trouble("lookup", "slow_drip", pidx=remote_pidx, seconds=0.001)

    with requests.post(
        f"{standalone}api/v2/epayment/lookup/",
        json={"pidx": remote_pidx},
        headers={"Authorization": AUTHORIZATION},
        timeout=30,
        stream=True,
    ) as dripping:
        drops = [dripping.raw.read1(1024)]
        while drops[-1]:
            drops.append(dripping.raw.read1(1024))

    assert b"".join(drops) == truth.content
    assert len(drops) > len(truth.content) / 4, "many small reads, and not one"


@pytest.mark.parametrize(
    "wrong", ["", TOKEN, "Bearer ", f"Bearer {TOKEN}x", f"Bearer {TOKEN[:-1]}", f"Key {TOKEN}", "Bearer é"]
)
def test_without_the_token_nothing_is_said_or_done(control, wrong):
    response = control("POST", TROUBLES, '{"endpoint": "lookup", "fault": "timeout"}', authorization=wrong)

    assert (response.status_code, response["WWW-Authenticate"]) == (401, "Bearer")
    assert not Trouble.objects.exists()


@pytest.mark.parametrize("path", ["troubles/", "payments/", "payments/x/", "payments/x/pay/", "calls/"])
@pytest.mark.parametrize("authorization", ["", "Bearer ", f"Bearer {TOKEN}"])
def test_where_no_token_is_set_there_is_no_control(control, settings, path, authorization):
    settings.KHALTI_SIMULATOR = {}

    assert control("GET", f"/khalti-simulator/control/{path}", authorization=authorization).status_code == 404


def test_the_token_in_the_address_opens_nothing(control):
    assert control("GET", f"{TROUBLES}?token={TOKEN}", authorization="").status_code == 401


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("{", "The body isn't JSON"),
        ("[" * 100_000, "The body isn't JSON"),
        ("[]", "The body isn't a JSON object"),
        ('{"endpoint": "lookup", "fault": "hunger"}', "lookup has no fault 'hunger', must be one of: timeout,"),
        ('{"endpoint": "initiate", "fault": "wrong_amount"}', "initiate has no fault 'wrong_amount', must be one of"),
        (
            '{"endpoint": "settle", "fault": "timeout"}',
            "Unknown endpoint 'settle', must be one of: initiate, lookup, refund",
        ),
        ('{"fault": "timeout"}', "Unknown endpoint ''"),
        ('{"endpoint": "lookup", "fault": "timeout", "times": -1}', "times is -1; it must be a whole number from 1"),
        ('{"endpoint": "lookup", "fault": "timeout", "times": 0}', "times is 0"),
        ('{"endpoint": "lookup", "fault": "timeout", "times": 99999999999}', "times is 99999999999"),
        ('{"endpoint": "lookup", "fault": "timeout", "times": true}', "times is True; it must be of type int"),
        ('{"endpoint": "lookup", "fault": "timeout", "pidx": 5}', "pidx is 5; it must be of type str"),
        ('{"endpoint": "lookup", "fault": "timeout", "pidx": "\\u0000"}', "does not identify a payment"),
        ('{"endpoint": "lookup", "fault": "timeout", "order_id": "x"}', "A call of lookup is identified by its pidx"),
        ('{"endpoint": "lookup", "fault": "timeout", "seconds": -1}', "it must be a number from 0 to 3600"),
        ('{"endpoint": "lookup", "fault": "timeout", "seconds": NaN}', "it must be a number from 0 to 3600"),
        ('{"endpoint": "lookup", "fault": "timeout", "seconds": Infinity}', "it must be a number from 0 to 3600"),
        ('{"endpoint": "lookup", "fault": "empty_body", "seconds": 1}', "has no seconds, only these have: timeout"),
        ('{"endpoint": "lookup", "fault": "timeout", "often": 1}', "Unknown option 'often', must be one of"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_happens(control, body, message):
    response = control("POST", TROUBLES, body)

    assert response.status_code == 400
    assert message in response.json()["detail"]
    assert not Trouble.objects.exists()


@pytest.mark.parametrize(
    ("move", "body", "message"),
    [
        ("jump", "", "Unknown move 'jump', must be one of: begin, pay, cancel, expire, fail, refund"),
        ("refund", "", "is Initiated: it can't become Refunded"),
        ("refund", '{"partial": "no"}', "partial is 'no'; it must be of type bool"),
        ("refund", '{"amount": 1.5}', "amount is 1.5; it must be of type int"),
        ("pay", '{"bank": "yes"}', "bank is 'yes'; it must be of type bool"),
        ("pay", f'{{"mobile": "{"9" * 21}"}}', "it must be a text of at most 20 characters"),
        ("pay", '{"mobile": "98\\u0000"}', "it must be a text of at most 20 characters"),
        ("cancel", '{"partial": true}', "Unknown option 'partial', must be one of: none"),
    ],
)
def test_a_move_that_is_none_is_said(control, pidx, move, body, message):
    response = control("POST", f"/khalti-simulator/control/payments/{pidx}/{move}/", body)

    assert response.status_code == 400
    assert message in response.json()["detail"]


@pytest.mark.parametrize(("method", "rest"), [("GET", ""), ("GET", "returns/"), ("POST", "pay/")])
def test_an_unknown_payment_is_not_found(control, method, rest):
    assert control(method, f"/khalti-simulator/control/payments/x/{rest}").status_code == 404


@pytest.mark.parametrize(
    "query", ["endpoint=settle", "pidx=x", "endpoint=lookup&order_id=x", "endpoint=lookup&pidx=%00"]
)
def test_a_question_without_sense_is_refused(control, query):
    assert control("GET", f"/khalti-simulator/control/calls/?{query}").status_code == 400


def test_another_method_is_refused(control):
    response = control("PUT", TROUBLES)

    assert (response.status_code, response["Allow"]) == (405, "GET, POST, DELETE")


def test_every_address_of_control_stands_behind_the_token(control):
    for name in ("troubles", "calls", "books"):
        assert control("GET", reverse(f"khalti_simulator:{name}"), authorization="").status_code == 401
    for name in ("book", "returns"):
        assert control("GET", reverse(f"khalti_simulator:{name}", args=["x"]), authorization="").status_code == 401
    assert control("POST", reverse("khalti_simulator:move", args=["x", "pay"]), authorization="").status_code == 401


@pytest.mark.parametrize(("token", "message"), [("", "has no variable K"), ("short", "at least 16 ASCII characters")])
def test_the_command_refuses_a_token_that_is_none(monkeypatch, token, message):
    monkeypatch.setenv("K", token)

    with pytest.raises(CommandError, match=message):
        call_command("khalti_simulator", "0", control_token_from="K")
