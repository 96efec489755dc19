"""Where the browser is sent: the recorded sets of parameters, joined to the return address."""

import pytest

from wagtail_khalti.simulator import control

from .merchant import parameters

EXTRAS = {"merchant_username": "worksage", "merchant_extra": '{"planUpgradeId":7}'}


@pytest.fixture
def paid(merchant):
    pidx = merchant.start(**EXTRAS)
    return control.pay(pidx, mobile="9800000005")


def test_style_b_is_the_default(paid):
    transaction = paid.transaction_id

    assert control.callback_url(paid.pidx) == (
        f"https://example.com/payment/?pidx={paid.pidx}&transaction_id={transaction}&tidx={transaction}"
        f"&txnId={transaction}&amount=1300&total_amount=1300&mobile=98XXXXX005&status=Completed"
        "&purchase_order_id=test12&purchase_order_name=Pet+Adoption"
        "&merchant_username=worksage&merchant_extra=%7B%22planUpgradeId%22%3A7%7D"
    )


def test_style_a_has_no_txn_id_and_writes_a_space_as_percent_20(paid, settings):
    settings.KHALTI_SIMULATOR = {"CALLBACK_STYLE": "A"}
    transaction = paid.transaction_id

    assert control.callback_url(paid.pidx) == (
        f"https://example.com/payment/?pidx={paid.pidx}&transaction_id={transaction}&tidx={transaction}"
        "&amount=1300&total_amount=1300&mobile=98XXXXX005&status=Completed"
        "&purchase_order_id=test12&purchase_order_name=Pet%20Adoption"
        "&merchant_username=worksage&merchant_extra=%7B%22planUpgradeId%22%3A7%7D"
    )


def test_style_c_is_another_backend_with_pythons_none_as_a_word(paid, settings):
    settings.KHALTI_SIMULATOR = {"CALLBACK_STYLE": "C"}
    transaction = paid.transaction_id
    address = control.callback_url(paid.pidx)
    token = dict(parameters(address))["token"]

    assert address == (
        f"https://example.com/payment/?status=Completed&txn={transaction}&token={token}&bank_reference=None"
        f"&amount=1300&mobile=98XXXXX005&transaction_id={transaction}&tidx={transaction}&total_amount=1300"
        f"&purchase_order_id=test12&purchase_order_name=Pet+Adoption&pidx={paid.pidx}"
        "&merchant_username=worksage&merchant_extra=%7B%22planUpgradeId%22%3A7%7D"
    )
    assert len(token) == 22
    assert control.callback_url(paid.pidx) == address


@pytest.mark.parametrize(
    ("style", "ids", "status"),
    [
        ("A", "transaction_id=&tidx=", "User%20canceled"),
        ("B", "transaction_id=&tidx=&txnId=", "User+canceled"),
    ],
)
def test_a_cancel_has_empty_ids_and_no_mobile(merchant, pidx, settings, style, ids, status):
    settings.KHALTI_SIMULATOR = {"CALLBACK_STYLE": style}
    control.cancel(pidx)

    assert f"?pidx={pidx}&{ids}&amount=1300&total_amount=1300&mobile=&status={status}&" in control.callback_url(pidx)


@pytest.mark.parametrize("style", ["A", "B", "C"])
def test_nepali_text_comes_back_as_it_was_sent(merchant, settings, style):
    settings.KHALTI_SIMULATOR = {"CALLBACK_STYLE": style}
    pidx = merchant.start(purchase_order_name="दान & सहयोग #1", merchant_note="क")

    sent = dict(parameters(control.callback_url(pidx)))

    assert (sent["purchase_order_name"], sent["merchant_note"]) == ("दान & सहयोग #1", "क")


@pytest.mark.parametrize(
    ("join", "return_url", "start"),
    [
        ("clean", "http://localhost:3000", "http://localhost:3000?pidx="),
        ("clean", "http://localhost:3000/?order=1", "http://localhost:3000/?order=1&pidx="),
        ("clean", "http://localhost:3000/?", "http://localhost:3000/?pidx="),
        ("naive", "https://example.com/settings", "https://example.com/settings?pidx="),
        (
            "naive",
            "https://example.com/settings?payment=success",
            "https://example.com/settings?payment=success/?pidx=",
        ),
    ],
)
def test_how_the_callback_joins_the_return_address(merchant, settings, join, return_url, start):
    settings.KHALTI_SIMULATOR = {"QUERY_JOIN": join}

    pidx = merchant.start(return_url=return_url)

    assert control.callback_url(pidx).startswith(f"{start}{pidx}&")


def test_the_recorded_trap_glues_status_on(merchant, settings):
    settings.KHALTI_SIMULATOR = {"QUERY_JOIN": "naive", "CALLBACK_STYLE": "C"}
    pidx = merchant.start(return_url="https://example.com/settings?payment=success")
    control.pay(pidx)

    start = "https://example.com/settings?payment=success/?status=Completed&txn="
    assert control.callback_url(pidx).startswith(start)


def test_a_fragment_stays_at_the_end(merchant):
    pidx = merchant.start(return_url="https://example.com/app#/done")

    address = control.callback_url(pidx)
    assert address.startswith("https://example.com/app?pidx=")
    assert address.endswith("#/done")


def test_extras_that_are_not_text_come_back_as_json(merchant):
    pidx = merchant.start(merchant_extra={"a": [1]}, merchant_number=5)

    sent = dict(parameters(control.callback_url(pidx)))
    assert (sent["merchant_extra"], sent["merchant_number"]) == ('{"a": [1]}', "5")
