"""Somebody else's Khalti client, unchanged except for its base URL, gets through."""

import pytest

from .merchant import ORDER, parameters
from .test_command import pay

khalti = pytest.importorskip("nepal_gateways.khalti.client", reason="nepal-gateways is not installed")
exceptions = pytest.importorskip("nepal_gateways.core.exceptions", reason="nepal-gateways is not installed")


@pytest.fixture
def client_with_key(standalone, monkeypatch):
    monkeypatch.setattr(khalti, "KHALTI_SANDBOX_BASE_URL_V2", f"{standalone}api/v2/")

    def make(key="live_secret_key_68791341fdd94846a146f0457ff7b455"):
        config = {
            "live_secret_key": key,
            "mode": "sandbox",
            "return_url_config": ORDER["return_url"],
            "website_url_config": ORDER["website_url"],
        }
        return khalti.KhaltiClient(config)

    return make


@pytest.fixture
def started(client_with_key):
    return client_with_key().initiate_payment(
        amount=1300,
        order_id="test12",
        description="Pet Adoption",
        customer_info={"name": "Khalti Bahadur", "email": "example@gmail.com", "phone": "9800000123"},
        amount_breakdown=[{"label": "Mark Price", "amount": 1000}, {"label": "VAT", "amount": 300}],
        merchant_extra="merchant_extra",
    )


def test_it_initiates_and_looks_up_a_payment_that_is_then_made(client_with_key, started, standalone):
    [paid] = pay(standalone, started.redirect_url)

    callback = dict(parameters(paid.headers["Location"]))
    result = client_with_key().verify_payment(callback)

    assert result.is_successful
    assert result.verified_amount == 1300
    assert result.transaction_id == callback["transaction_id"]
    assert callback["merchant_extra"] == "merchant_extra"


def test_it_reads_a_payment_that_nobody_finished(client_with_key, started):
    result = client_with_key().verify_payment({"pidx": started.payment_instructions["pidx"]})

    assert (result.is_successful, result.status_code) == (False, "Initiated")


def test_it_reads_the_words_of_a_refusal(client_with_key):
    with pytest.raises(exceptions.InitiationError, match="return_url: Enter a valid URL"):
        client_with_key().initiate_payment(1300, "test12", "Pet Adoption", success_url="nonsense")


def test_it_reads_a_wrong_key(client_with_key):
    with pytest.raises(exceptions.ConfigurationError, match="Invalid token"):
        client_with_key("invalid-key").initiate_payment(1300, "test12", "Pet Adoption")


def test_it_reads_an_unknown_pidx(client_with_key):
    with pytest.raises(exceptions.VerificationError, match="Not found"):
        client_with_key().verify_payment({"pidx": "jz3xH8BuZQ5MSo7CoNJ9pY"})
