"""The page of a payment in each state: its figures, what needs a person, and what it offers to whom."""

import sys

import pytest

from tests.actions.conftest import Line
from tests.staff.conftest import words_of
from wagtail_khalti.actions import check_payment, refund_payment, start_payment
from wagtail_khalti.conf import configuration
from wagtail_khalti.gateway import Customer, connect
from wagtail_khalti.models import KhaltiPayment

CHECK, REFUND, RECORD = "Check with Khalti now", "Refund", "Record a refund made elsewhere"
NOTE, CLOSE = "Add this note", "Close this matter"
DECIDE, ENTER, GIVE_BACK = "Say what became of it", "Enter how much went back", "Refund Rs 1,500 to Sita Rai"
BUTTONS = {
    # state: (of a cashier, what a manager has besides)
    "waiting": ([CHECK, NOTE], []),
    "canceled": ([CHECK, NOTE], []),
    "paid": ([CHECK, NOTE], [REFUND, REFUND, RECORD]),
    "partly_refunded": ([CHECK, NOTE], [REFUND, REFUND, RECORD]),
    "refunded": ([CHECK, NOTE], []),
    "on_its_way": ([CHECK, NOTE], []),
    "in_doubt": ([CHECK, NOTE], [DECIDE]),
    "nameless": ([CHECK, NOTE], [ENTER]),
    "paid_twice": ([CHECK, NOTE], [GIVE_BACK, REFUND, REFUND, RECORD, CLOSE]),
}
"""Refund stands at the top of the page, and below the refunds. A viewer has none of them."""

FIGURES = {
    "waiting": {"Status": "Sent to Khalti", "Amount": "Rs 1,500"},
    "canceled": {"Status": "Canceled", "Amount": "Rs 1,500"},
    "paid": {"Status": "Completed", "Paid": "Rs 1,500", "Left": "Rs 1,500"},
    "partly_refunded": {
        "Status": "Partially refunded",
        "Paid": "Rs 1,500",
        "Given back": "Rs 400.50",
        "Left": "Rs 1,099.50",
    },
    "refunded": {"Status": "Refunded", "Paid": "Rs 1,500", "Given back": "Rs 1,500", "Left": "Rs 0"},
    "on_its_way": {"Status": "Completed", "Paid": "Rs 1,500", "In doubt": "Rs 400", "Left": "Rs 1,100"},
    "in_doubt": {
        "Status": "Partially refunded",
        "Paid": "Rs 1,500",
        "Given back": "Rs 200",
        "In doubt": "Rs 500",
        "Left": "Rs 800",
    },
    "nameless": {
        "Status": "Partially refunded",
        "Paid": "Rs 1,500",
        "Given back": "not known yet",
        "Left": "less than Rs 1,500",
    },
    "paid_twice": {"Status": "Completed", "Paid": "Rs 1,500", "Left": "Rs 1,500"},
}
MATTERS = {
    "on_its_way": ["A refund is on its way Rs 400 is being sent to Khalti. Look again in a moment."],
    "in_doubt": [
        "A refund is in doubt Khalti was asked to give back Rs 500, and it is not known whether it did. Look in "
        "Khalti's dashboard, and say here what became of it. Until then, do not give the money back in another way."
    ],
    "nameless": [
        "A refund of unknown amount Some of the money went back in Khalti's dashboard; how much has to be entered. "
        "Look in Khalti's dashboard how much it was. Until it is entered, nothing more can be given back."
    ],
}
KEY, MOBILE = "a-key-for-tests", "9800000001"


@pytest.fixture
def waiting(khalti, home):
    customer = Customer(name="Sita Rai", phone=MOBILE)
    return start_payment(150_000, purpose="Membership", base_url="http://testserver", customer=customer)


@pytest.fixture
def canceled(khalti, waiting):
    khalti.cancel(waiting)
    return check_payment(waiting)


@pytest.fixture
def partly_refunded(paid):
    refund_payment(paid, 40_050)
    return paid


@pytest.fixture
def refunded(paid):
    refund_payment(paid)
    return paid


@pytest.fixture
def on_its_way(paid):
    """Whoever sends it was killed a moment ago."""
    line = Line()
    connect(configuration().merchant()).transport.session.mount("http://khalti.test/", line)
    line.before["refund"] = sys.exit
    with pytest.raises(SystemExit):
        refund_payment(paid, 40_000)
    return paid


@pytest.fixture(params=BUTTONS)
def state(request):
    return request.param


@pytest.fixture
def the_payment(request, state):
    """One in this state."""
    found = request.getfixturevalue(state)
    return found if isinstance(found, KhaltiPayment) else found.payment


def buttons_of(page):
    return [words_of(button) for button in page.main.select("a.button, form[method=post] button, .w-header-button")]


class TestEachState:
    def test_offers_what_a_person_may_do(self, sign_in, state, the_payment):
        of_cashier, besides = BUTTONS[state]
        expected = {"viewer": [], "cashier": sorted(of_cashier), "manager": sorted(of_cashier + besides)}

        seen = {role: sorted(buttons_of(sign_in(role).get("inspect", the_payment))) for role in expected}

        assert seen == expected

    def test_has_these_figures(self, sign_in, state, the_payment):
        page = sign_in("viewer").get("inspect", the_payment)

        names = ("Status", "Amount", "Paid", "Given back", "In doubt", "Left")
        assert {name: page.figures[name] for name in names if name in page.figures} == FIGURES[state]

    def test_tells_everybody_what_needs_a_person(self, sign_in, state, the_payment):
        page = sign_in("viewer").get("inspect", the_payment)

        wanted = MATTERS.get(state, [])
        if state == "paid_twice":
            earlier = the_payment.duplicate_of.readable_reference
            wanted = [
                f"Paid twice Rs 1,500 came for something that {earlier} had paid already; nothing was sold for it. "
                "Give this second payment back. The first one stays as it is."
            ]
        assert page.matters == wanted

    @pytest.mark.parametrize("role", ["cashier", "manager"])
    def test_says_who_paid_and_how_to_reach_them(self, sign_in, the_payment, role):
        page = sign_in(role).get("inspect", the_payment)

        assert page.figures | {"Name": "Sita Rai", "Mobile number": MOBILE} == page.figures

    def test_says_it_to_nobody_who_may_not_know(self, sign_in, the_payment):
        page = sign_in("viewer").get("inspect", the_payment)

        assert page.figures["Mobile number"] == "98XXXXX001"
        assert "Sita" not in page.html
        assert MOBILE not in page.html

    def test_never_shows_the_key(self, desk, state, the_payment):
        for name in ("inspect", "history", "refund", "record"):
            page = desk.get(name, the_payment)
            assert page.status == 200
            assert KEY not in page.html
            assert the_payment.key_fingerprint not in page.html

    def test_says_that_no_money_moves_in_a_test(self, desk, the_payment):
        assert "Test mode: no money moves." in desk.get("inspect", the_payment).text
