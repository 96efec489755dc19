"""Calls that are odd in their form rather than in their content."""

import pytest
from django.test import Client
from django.urls import reverse

from wagtail_khalti.simulator.models import SimulatedPayment

from .merchant import AUTHORIZATION, ORDER, Merchant

HEADERS = {"Authorization": AUTHORIZATION}


@pytest.mark.parametrize("body", ["{", "", "[1", '{"amount": NaN}', b"\xff\xfe", '{"a":' * 100_000])
def test_malformed_json_is_refused(merchant, body):
    response = merchant.post("lookup", body)

    assert response.status_code == 400
    assert body == "" or response.json()["detail"].startswith("JSON parse error - ")


@pytest.mark.parametrize("body", ["[]", "null", '"text"', "12"])
def test_json_that_is_not_an_object_is_refused(merchant, body):
    response = merchant.post("initiate", body)

    assert response.status_code == 400
    assert response.json()["non_field_errors"][0].startswith("Invalid data. Expected a dictionary, but got ")


@pytest.mark.parametrize("endpoint", ["initiate", "lookup"])
@pytest.mark.parametrize("method", ["GET", "PUT", "PATCH", "DELETE"])
def test_only_post_is_answered(endpoint, method, db):
    response = Client().generic(method, reverse(f"khalti_simulator:{endpoint}"), headers=HEADERS)

    assert (response.status_code, response.json()) == (405, {"detail": f'Method "{method}" not allowed.'})
    assert response["Allow"] == "POST, OPTIONS"


def test_who_calls_is_asked_before_how(db):
    assert Client().get(reverse("khalti_simulator:lookup")).status_code == 401


@pytest.mark.parametrize("form", [{"content_type": "application/x-www-form-urlencoded"}, {}])
def test_forms_work_as_well_as_json(merchant, form):
    data = "&".join(f"{name}={value}" for name, value in ORDER.items()) if form else ORDER

    response = Client().post(reverse("khalti_simulator:initiate"), data, headers=HEADERS, **form)

    assert merchant.lookup(response.json()["pidx"]).json()["total_amount"] == 1300


def test_other_kinds_of_bodies_do_not(db):
    response = Client().post(reverse("khalti_simulator:initiate"), "amount: 1", "text/yaml", headers=HEADERS)

    assert response.status_code == 415


@pytest.mark.parametrize("endpoint", ["initiate", "lookup"])
def test_the_last_slash_may_be_missing(merchant, pidx, endpoint):
    address = reverse(f"khalti_simulator:{endpoint}").rstrip("/")

    response = Client().post(address, ORDER | {"pidx": pidx}, "application/json", headers=HEADERS)

    assert response.status_code == 200


def test_a_csrf_checking_site_does_not_stop_a_merchants_server(db):
    assert Merchant(Client(enforce_csrf_checks=True)).initiate().status_code == 200


@pytest.mark.parametrize("key", ["", "two words"])
def test_a_key_that_is_no_key(key, db):
    response = Merchant(Client(), f"Key {key}").initiate()

    assert (response.status_code, response.json()["status_code"]) == (401, 401)


def test_the_key_itself_is_not_stored(merchant, pidx):
    payment = SimulatedPayment.objects.get(pidx=pidx)

    key = AUTHORIZATION.removeprefix("Key ")
    assert not any(key in str(value) for value in vars(payment).values())


@pytest.mark.parametrize(
    "change",
    [
        {"purchase_order_name": "a\x00b"},
        {"purchase_order_id": "\ud800"},
        {"purchase_order_id": ["a"]},
        {"purchase_order_id": True},
        {"purchase_order_name": None},
        {"merchant_extra": "\x00"},
        {"amount": 10**30},
        {"amount": "9" * 5000},
        {"amount_breakdown": "text"},
        {"amount_breakdown": ["text"]},
        {"amount_breakdown": [{"label": "Price"}]},
        {"customer_info": "Sita"},
    ],
)
def test_what_can_not_be_stored_is_refused_and_never_a_crash(merchant, change):
    response = merchant.initiate(**change)

    assert (response.status_code, response.json()["error_key"]) == (400, "validation_error")


def test_several_wrong_fields_are_all_said_at_once(merchant):
    body = merchant.initiate(amount="x", return_url="", website_url="y").json()

    assert list(body) == ["return_url", "website_url", "amount", "error_key"]


def test_a_pidx_is_found_only_in_its_own_letter_case(merchant, pidx):
    assert merchant.lookup(pidx.swapcase()).status_code == 404
