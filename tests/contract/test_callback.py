"""Khalti's recorded callbacks: what is read from a browser, and believed by no one."""

import pytest
from django.utils.http import urlencode

from wagtail_khalti.gateway import Callback

A = (
    "pidx=bZQLD9wRVWo4CdESSfuSsB&transaction_id=4H7AhoXDJWg5WjrcPT9ixW&tidx=4H7AhoXDJWg5WjrcPT9ixW&amount=100000"
    "&total_amount=100000&mobile=98XXXXX001&status=Completed&purchase_order_id=test12&purchase_order_name=Pet%20Adoption"
)
B = (
    "pidx=eye5p7QdgaQMJzHcHakkMT&transaction_id=2WNvnNyzHZHdUCh9Bdc8ZN&tidx=2WNvnNyzHZHdUCh9Bdc8ZN"
    "&txnId=2WNvnNyzHZHdUCh9Bdc8ZN&amount=5500&total_amount=5500&mobile=98XXXXX005&status=Completed"
    "&purchase_order_id=txn001&purchase_order_name=Anta+KT9+Basketball+shoes"
)
C = (
    "status=Completed&txn=5tGnUUgyxVpjLkbJBbLYYG&token=vNTeXkSEaEXK2J4i7cQU6e&bank_reference=None&amount=300000"
    "&mobile=98XXXXX230&transaction_id=5tGnUUgyxVpjLkbJBbLYYG&tidx=5tGnUUgyxVpjLkbJBbLYYG&total_amount=300000"
    "&purchase_order_id=42&purchase_order_name=Worksage+Pro+Plan+Upgrade&pidx=M8ZDmaEwJqBUvVUAmgaPyn"
    "&merchant_username=worksage&merchant_extra=%7B%22planUpgradeId%22%3A7%7D"
)
D = (
    "pidx=EwXsTvxcMtMdYyLsHAzHQB&amount=1000&mobile=98XXXXX904&purchase_order_id=test12&purchase_order_name=test"
    "&transaction_id=cnoDcUQYCtMLgBJGkwYQZX"
)
CANCEL = (
    "pidx=bZQLD9wRVWo4CdESSfuSsB&transaction_id=&tidx=&amount=1000&total_amount=1000&mobile=&status={}"
    "&purchase_order_id=test12&purchase_order_name=test"
)


@pytest.mark.parametrize(
    ("query", "hints"),
    [
        (
            A,
            {
                "pidx": "bZQLD9wRVWo4CdESSfuSsB",
                "status": "Completed",
                "transaction_id": "4H7AhoXDJWg5WjrcPT9ixW",
                "tidx": "4H7AhoXDJWg5WjrcPT9ixW",
                "amount": "100000",
                "total_amount": "100000",
                "mobile": "98XXXXX001",
            },
        ),
        (
            B,
            {
                "pidx": "eye5p7QdgaQMJzHcHakkMT",
                "status": "Completed",
                "transaction_id": "2WNvnNyzHZHdUCh9Bdc8ZN",
                "tidx": "2WNvnNyzHZHdUCh9Bdc8ZN",
                "txnId": "2WNvnNyzHZHdUCh9Bdc8ZN",
                "amount": "5500",
                "total_amount": "5500",
                "mobile": "98XXXXX005",
            },
        ),
        (
            C,
            {
                "pidx": "M8ZDmaEwJqBUvVUAmgaPyn",
                "status": "Completed",
                "transaction_id": "5tGnUUgyxVpjLkbJBbLYYG",
                "tidx": "5tGnUUgyxVpjLkbJBbLYYG",
                "amount": "300000",
                "total_amount": "300000",
                "mobile": "98XXXXX230",
            },
        ),
        (
            D,
            {
                "pidx": "EwXsTvxcMtMdYyLsHAzHQB",
                "amount": "1000",
                "mobile": "98XXXXX904",
                "transaction_id": "cnoDcUQYCtMLgBJGkwYQZX",
            },
        ),
    ],
    ids="ABCD",
)
def test_the_recorded_sets_of_parameters(query, hints):
    assert Callback.from_query(query).parameters == hints


@pytest.mark.parametrize("space", ["+", "%20"])
def test_a_cancel_in_both_spellings_of_a_space(space):
    callback = Callback.from_query(CANCEL.format(f"User{space}canceled"))

    assert callback.parameters == {
        "pidx": "bZQLD9wRVWo4CdESSfuSsB",
        "amount": "1000",
        "total_amount": "1000",
        "status": "User canceled",
    }


def test_the_old_failure_has_no_pidx_and_names_no_other_payment():
    callback = Callback.from_query("message=Could%20not%20process%20the%20payment.")

    assert callback.parameters == {}
    assert not callback.names_another("bZQLD9wRVWo4CdESSfuSsB")


@pytest.mark.parametrize("query", [A, B, C, D])
@pytest.mark.parametrize("before", ["payment=success/?", "payment=success?", "a=1&b=2/?", "?", "/?"])
def test_a_second_question_mark_loses_nothing(before, query):
    """Recorded in July 2025: "/?status=…" was appended to an address that had a query."""
    assert Callback.from_query(before + query).parameters == Callback.from_query(query).parameters


@pytest.mark.parametrize("query", [A, B, C, D])
def test_the_order_means_nothing(query):
    backwards = "&".join(reversed(query.split("&")))

    assert Callback.from_query(backwards).parameters == Callback.from_query(query).parameters


@pytest.mark.parametrize(("pidx", "another"), [("bZQLD9wRVWo4CdESSfuSsB", False), ("other", True), (None, True)])
def test_a_callback_that_names_another_payment_is_noticed(pidx, another):
    assert Callback.from_query(A).names_another(pidx) is another


@pytest.mark.parametrize(
    "query",
    ["", "&", "=", "?", "&&&===", "pidx", "pidx=", "%", "%zz=%zz", "pidx=%ff%fe", "a;b;c", "\x00", "पिडक्स=१", "\ud800"],
)
def test_garbage_is_read_as_nothing_much(query):
    hints = Callback.from_query(query).parameters

    assert set(hints) <= {"pidx"}


def test_ten_kilobytes_of_garbage_are_cut():
    query = urlencode({"status": "x" * 10_000, "pidx": "late"})

    assert Callback.from_query(query).parameters == {"status": "x" * 64}


def test_only_known_names_are_kept():
    callback = Callback.from_query("pidx=p&csrfmiddlewaretoken=t&email=sita@example.com&purchase_order_name=x&status=s")

    assert callback.parameters == {"pidx": "p", "status": "s"}
