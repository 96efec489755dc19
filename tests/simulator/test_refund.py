"""What a merchant's server hears when it gives money back."""

import pytest
from django.test import Client
from django.urls import reverse

from wagtail_khalti.simulator import control
from wagtail_khalti.simulator.models import SimulatedPayment

from .merchant import AUTHORIZATION, Merchant

SUCCESSFUL = {"detail": "Transaction refund successful."}
NOT_FOUND = {"detail": "Not found.", "error_key": "validation_error"}
ALREADY = {"detail": "Transaction is already refunded.", "error_key": "validation_error"}


@pytest.fixture
def paid(pidx):
    """The transaction id of a payment of Rs 13 from a wallet."""
    return control.pay(pidx).transaction_id


@pytest.fixture
def paid_by_bank(pidx):
    return control.pay(pidx, bank=True).transaction_id


def said(response):
    return response.status_code, response.json()


def refused(field, message):
    return 400, {field: [message], "error_key": "validation_error"}


def returned():
    return SimulatedPayment.objects.get().refunded_amount


def test_nothing_said_gives_back_everything(merchant, pidx, paid):
    assert said(merchant.refund(paid)) == (200, SUCCESSFUL)

    assert (merchant.lookup(pidx).json()["status"], returned()) == ("Refunded", 1300)


@pytest.mark.parametrize("body", ["", "{}"])
def test_no_body_is_as_good_as_an_empty_one(merchant, paid, body):
    assert said(merchant.post("refund", body, paid)) == (200, SUCCESSFUL)


def test_parts_add_up_until_the_last_paisa_is_back(merchant, pidx, paid):
    seen = []
    for amount in (1, 1298, 1):
        assert said(merchant.refund(paid, amount=amount)) == (200, SUCCESSFUL)
        seen.append((merchant.lookup(pidx).json()["status"], returned()))

    assert seen == [("Partially Refunded", 1), ("Partially Refunded", 1299), ("Refunded", 1300)]


def test_nothing_said_after_a_part_gives_back_what_is_left(merchant, pidx, paid):
    merchant.refund(paid, amount=300)

    assert said(merchant.refund(paid)) == (200, SUCCESSFUL)
    assert (merchant.lookup(pidx).json()["status"], returned()) == ("Refunded", 1300)


@pytest.mark.parametrize("amount", [1301, 2**63, 10**30])
def test_more_than_was_paid_does_not_go_back(merchant, pidx, paid, amount):
    wanted = refused("amount", "Amount is greater than the amount left to refund.")

    assert said(merchant.refund(paid, amount=amount)) == wanted
    assert (merchant.lookup(pidx).json()["status"], returned()) == ("Completed", 0)


def test_more_than_is_left_does_not_go_back(merchant, paid):
    merchant.refund(paid, amount=1000)

    assert merchant.refund(paid, amount=301).status_code == 400
    assert returned() == 1000


@pytest.mark.parametrize("body", [{}, {"amount": 1}])
def test_what_is_back_does_not_go_back_again(merchant, paid, body):
    merchant.refund(paid)

    assert said(merchant.refund(paid, **body)) == (400, ALREADY)
    assert returned() == 1300


@pytest.mark.parametrize(
    ("amount", "message"),
    [
        (0, "Ensure this value is greater than or equal to 1."),
        (-100, "Ensure this value is greater than or equal to 1."),
        (12.5, "A valid integer is required."),
        (50.0, "A valid integer is required."),
        ("100", "A valid integer is required."),
        ("all", "A valid integer is required."),
        (True, "A valid integer is required."),
        ([100], "A valid integer is required."),
        (None, "This field may not be null."),
    ],
)
def test_an_amount_that_is_none_is_refused_and_nothing_goes_back(merchant, paid, amount, message):
    assert said(merchant.refund(paid, amount=amount)) == refused("amount", message)
    assert returned() == 0


@pytest.mark.parametrize("body", ["[]", "null", "12", "{"])
def test_a_body_that_is_no_object_gives_back_nothing(merchant, paid, body):
    assert merchant.post("refund", body, paid).status_code == 400
    assert returned() == 0


@pytest.mark.parametrize(("body", "back"), [({}, 1300), ({"amount": 500}, 500)])
def test_what_was_paid_through_a_bank_goes_to_a_mobile(merchant, paid_by_bank, body, back):
    assert said(merchant.refund(paid_by_bank, mobile="9800000001", **body)) == (200, SUCCESSFUL)
    assert returned() == back


@pytest.mark.parametrize("body", [{}, {"amount": 500}])
def test_a_bank_payment_is_not_refunded_without_a_mobile(merchant, paid_by_bank, body):
    assert said(merchant.refund(paid_by_bank, **body)) == refused("mobile", "This field is required.")
    assert returned() == 0


@pytest.mark.parametrize(
    ("mobile", "message"),
    [
        ("", "This field may not be blank."),
        (None, "This field may not be null."),
        ("980000000", "Enter a valid mobile number."),
        ("98000000011", "Enter a valid mobile number."),
        ("+9779800000001", "Enter a valid mobile number."),
        ("98XXXXX001", "Enter a valid mobile number."),
        ("९८०००००००१", "Enter a valid mobile number."),
        (["9800000001"], "Not a valid string."),
    ],
)
def test_a_bank_payment_is_not_refunded_to_an_invalid_mobile(merchant, paid_by_bank, mobile, message):
    assert said(merchant.refund(paid_by_bank, mobile=mobile)) == refused("mobile", message)
    assert returned() == 0


@pytest.mark.parametrize("mobile", ["9800000001", "98", "", None, 5])
def test_a_mobile_means_nothing_to_a_wallet(merchant, paid, mobile):
    assert said(merchant.refund(paid, mobile=mobile)) == (200, SUCCESSFUL)


@pytest.mark.parametrize("unknown", ["GFq9PFS7b2iYvL8Lir9oXe", "None", "\x00", "x\x00", "x" * 5_000, "क"])
def test_an_unknown_transaction_is_not_found(merchant, pidx, unknown):
    assert said(merchant.refund(unknown)) == (404, NOT_FOUND)
    assert control.calls("refund") == 1


def test_a_payment_is_found_by_its_transaction_and_not_its_pidx(merchant, pidx, paid):
    assert said(merchant.refund(pidx)) == (404, NOT_FOUND)


@pytest.mark.parametrize("happen", [control.begin, control.cancel, control.expire, control.fail])
def test_what_was_not_paid_has_no_transaction_to_give_back(merchant, pidx, happen):
    assert happen(pidx).transaction_id == ""

    assert said(merchant.refund("\x00")) == (404, NOT_FOUND)
    assert returned() == 0


def test_a_transaction_is_found_only_in_its_own_letter_case(merchant, paid):
    assert said(merchant.refund(paid.swapcase())) == (404, NOT_FOUND)


def test_another_merchants_key_gives_nothing_back(merchant, paid):
    assert said(Merchant(Client(), "Key somebody-else").refund(paid)) == (404, NOT_FOUND)
    assert returned() == 0


@pytest.mark.parametrize(
    ("authorization", "detail"),
    [
        (None, "Authentication credentials were not provided."),
        ("Token x", "Authentication credentials were not provided."),
        ("Key invalid-key", "Invalid token."),
    ],
)
def test_who_calls_is_asked_first(paid, settings, authorization, detail):
    settings.KHALTI_SIMULATOR = {"REFUNDS": False}

    response = Merchant(Client(), authorization).refund(paid)

    assert said(response) == (401, {"detail": detail, "status_code": 401})


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_only_post_gives_back(paid, method):
    address = reverse("khalti_simulator:refund", args=[paid])

    response = Client().generic(method, address, headers={"Authorization": AUTHORIZATION})

    assert (response.status_code, response["Allow"], returned()) == (405, "POST, OPTIONS", 0)


def test_the_last_slash_may_be_missing(paid):
    address = reverse("khalti_simulator:refund", args=[paid]).rstrip("/")

    assert Client().post(address, headers={"Authorization": AUTHORIZATION}).status_code == 200
    assert returned() == 1300


def test_the_address_has_no_version(paid):
    address = reverse("khalti_simulator:refund", args=[paid])

    assert address == f"/khalti-simulator/api/merchant-transaction/{paid}/refund/"


def test_refunds_can_be_refused_as_the_sandbox_is_said_to(merchant, paid, settings):
    settings.KHALTI_SIMULATOR = {"REFUNDS": False}

    body = {"detail": "Refund works only in Live mode.", "error_key": "khalti_error"}
    assert said(merchant.refund(paid)) == (400, body)
    assert returned() == 0


def test_a_call_is_counted_for_the_payment_of_its_transaction(merchant, pidx, paid):
    other = control.pay(merchant.start()).transaction_id
    merchant.refund(paid, amount=0)
    merchant.refund(paid)
    merchant.refund(other)
    Merchant(Client(), "Key somebody-else").refund(paid)

    assert (control.calls("refund", pidx=pidx), control.calls("refund")) == (3, 4)


def test_trouble_can_wait_for_one_payment(merchant, pidx, paid):
    other = control.pay(merchant.start()).transaction_id
    control.trouble("refund", "bad_gateway", pidx=pidx)

    assert [merchant.refund(other).status_code, merchant.refund(paid).status_code] == [200, 502]
    assert merchant.refund(paid).status_code == 200


def test_words_can_be_put_in_its_mouth_and_then_nothing_happens(merchant, pidx, paid):
    control.answer_with("refund", body=SUCCESSFUL, pidx=pidx)

    assert said(merchant.refund(paid)) == (200, SUCCESSFUL)
    assert returned() == 0


def test_lookup_never_tells_how_much(merchant, pidx, paid):
    before = merchant.lookup(pidx).json()
    merchant.refund(paid, amount=300)

    assert merchant.lookup(pidx).json() == before | {"status": "Partially Refunded"}
