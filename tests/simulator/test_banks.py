"""The list of banks, as merchants ask for it without a key."""

import pytest
from django.urls import reverse

from .test_contract import SHORTUUID

URL = reverse("khalti_simulator:banks")


@pytest.mark.parametrize(
    ("payment_type", "member"), [("ebanking", "has_ebanking"), ("mobilecheckout", "has_mobile_checkout")]
)
def test_those_of_a_type_are_listed_without_a_key(client, payment_type, member):
    body = client.get(URL, {"payment_type": payment_type}).json()

    assert all(bank[member] and SHORTUUID.fullmatch(bank["idx"]) for bank in body["records"])
    assert body["total_records"] == body["record_range"][1] == len(body["records"]) > 0


def test_all_are_listed_where_no_type_is_asked_for(client):
    assert client.get(URL).json()["total_records"] == 2


def test_nothing_can_be_written(client):
    response = client.post(URL)

    assert (response.status_code, response.json()) == (405, {"detail": 'Method "POST" not allowed.'})
