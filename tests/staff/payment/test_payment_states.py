"""The page of a payment in each state: its figures, what needs a person, and what it offers to whom."""

import pytest

from tests.staff.conftest import words_of
from tests.staff.made import make_paid, nameless, paid_twice, unconfirmed  # noqa: F401 - fixtures
from wagtail_khalti.models import KhaltiPayment
from wagtail_khalti.testing.factories import PaymentFactory, RefundFactory

CHECK, REFUND, RECORD = "Refresh status from Khalti", "Refund", "Record manual refund"
NOTE, CLOSE = "Add note", "Resolve"
DECIDE, ENTER, GIVE_BACK = (
    "Confirm refund outcome",
    "Enter refunded amount",
    "Refund Rs 1,500 to the Khalti account that paid",
)
BUTTONS = {
    # state: (of a cashier, what a manager has besides)
    "waiting": ([CHECK, NOTE], []),
    "canceled": ([CHECK, NOTE], []),
    "paid": ([CHECK, NOTE], [REFUND, RECORD]),
    "partly_refunded": ([CHECK, NOTE], [REFUND, RECORD]),
    "refunded": ([CHECK, NOTE], []),
    "on_its_way": ([CHECK, CHECK, NOTE], []),
    "unconfirmed": ([CHECK, CHECK, NOTE], [DECIDE]),
    "nameless": ([CHECK, NOTE], [ENTER]),
    "paid_twice": ([CHECK, NOTE], [GIVE_BACK, REFUND, RECORD, CLOSE]),
}
"""The header has them, and an issue those that help to resolve it. A viewer has none of them."""

FIGURES = {
    "waiting": {"Status": "Sent to Khalti", "Amount": "Rs 1,500"},
    "canceled": {"Status": "Cancelled", "Amount": "Rs 1,500"},
    "paid": {"Status": "Completed", "Paid": "Rs 1,500", "Refundable balance": "Rs 1,500"},
    "partly_refunded": {
        "Status": "Partially refunded",
        "Paid": "Rs 1,500",
        "Refunded": "Rs 400.50",
        "Refundable balance": "Rs 1,099.50",
    },
    "refunded": {"Status": "Refunded", "Paid": "Rs 1,500", "Refunded": "Rs 1,500", "Refundable balance": "Rs 0"},
    "on_its_way": {
        "Status": "Completed",
        "Paid": "Rs 1,500",
        "Unconfirmed refunds": "Rs 400",
        "Refundable balance": "Rs 1,100",
    },
    "unconfirmed": {
        "Status": "Partially refunded",
        "Paid": "Rs 1,500",
        "Refunded": "Rs 200",
        "Unconfirmed refunds": "Rs 500",
        "Refundable balance": "Rs 800",
    },
    "nameless": {
        "Status": "Partially refunded",
        "Paid": "Rs 1,500",
        "Refunded": "not known yet",
        "Refundable balance": "less than Rs 1,500",
    },
    "paid_twice": {"Status": "Completed", "Paid": "Rs 1,500", "Refundable balance": "Rs 1,500"},
}
ISSUES = {
    "on_its_way": ["Refund in progress The refund of Rs 400 is being processed. Reload this page in a moment."],
    "unconfirmed": [
        "Refund unconfirmed A refund of Rs 500 was sent to Khalti. It is not known whether it succeeded. Check "
        "Khalti's dashboard for this refund, and confirm its outcome here. Until then, do not refund the customer in "
        "another way."
    ],
    "nameless": [
        "Refund amount unknown Part of this payment was refunded in Khalti's dashboard. The amount must be entered. "
        "Look up the amount in Khalti's dashboard. Until it is entered, nothing more can be refunded."
    ],
}
KEY, MOBILE = "a-key-for-tests", "9800000001"


@pytest.fixture
def waiting(db):
    return PaymentFactory()


@pytest.fixture
def canceled(db):
    return PaymentFactory(canceled=True)


@pytest.fixture
def partly_refunded(db):
    return PaymentFactory(partially_refunded=True, refund_amount=40_050, customer_email="")


@pytest.fixture
def refunded(db):
    return PaymentFactory(refunded=True, customer_email="")


@pytest.fixture
def on_its_way(paid):
    """Sent a moment ago."""
    return RefundFactory(processing=True, payment=paid, amount=40_000)


@pytest.fixture
def the_payment(request, state):
    """One in this state."""
    found = request.getfixturevalue(state)
    return found if isinstance(found, KhaltiPayment) else found.payment


def buttons_of(page):
    """Those in the header's menu stand on the page once more, for who has no script."""
    found = page.main.select("a.button, form[method=post] button, .w-header-button, .w-dropdown__content > *")
    return sorted(words_of(button) for button in found if not button.find_parent("noscript"))


def cards_of(payment, state):
    if state != "paid_twice":
        return ISSUES.get(state, [])
    earlier = payment.duplicate_of.readable_reference
    return [
        f"Duplicate payment Rs 1,500 was paid for something that payment {earlier} had already paid for. "
        "The site was not notified. Refund this duplicate payment. The first one stays as it is."
    ]


@pytest.mark.parametrize("state", BUTTONS)
def test_each_state_tells_everybody_what_they_may_know_and_do(sign_in, state, the_payment):
    viewer, cashier, manager = (sign_in(role).get("inspect", the_payment) for role in ("viewer", "cashier", "manager"))

    of_cashier, besides = BUTTONS[state]
    assert buttons_of(viewer) == []
    assert buttons_of(cashier) == sorted(of_cashier)
    assert buttons_of(manager) == sorted(of_cashier + besides)

    names = ("Status", "Amount", "Paid", "Refunded", "Unconfirmed refunds", "Refundable balance")
    assert {name: viewer.figures[name] for name in names if name in viewer.figures} == FIGURES[state]
    assert viewer.issues == cards_of(the_payment, state)

    assert viewer.figures["Mobile number"] == "98XXXXX001"
    assert not [private for private in ("Sita", MOBILE) if private in viewer.html]
    for page in (cashier, manager):
        assert page.figures | {"Name": "Sita Rai", "Mobile number": MOBILE} == page.figures

    assert "No money moves." in manager.text
    for page in (
        manager,
        *(sign_in("manager").get(name, the_payment) for name in ("history", "refund", "record_refund")),
    ):
        assert page.status == 200
        assert not [secret for secret in (KEY, the_payment.key_fingerprint) if secret in page.html]
