"""The tree that is drawn is the tree that grows."""

import copy
import inspect
import pickle
import re

import pytest

from wagtail_khalti import exceptions
from wagtail_khalti.exceptions import (
    AmountTooLarge,
    ConnectionNeverMade,
    GatewayError,
    GatewayRejected,
    GatewayUnreachable,
    KhaltiError,
    MobileNeeded,
    NotRefundable,
    PaymentError,
    RequestRejected,
)


def drawn():
    """Each name in the drawing with the name above it."""
    parents, above = {}, {}
    for line in inspect.getdoc(exceptions).splitlines():
        if found := re.match(r"^((?:[│ ]   )*)(?:[├└]── )?([A-Z]\w+)(?=\s{2,}|$)", line):
            depth = len(found[1]) // 4 + ("── " in line)
            above[depth] = found[2]
            parents[found[2]] = above.get(depth - 1)
    return parents


def grown():
    """Each class in the module with the class above it."""
    classes = [value for value in vars(exceptions).values() if inspect.isclass(value) and issubclass(value, Exception)]
    return {one.__name__: one.__base__.__name__ if one is not KhaltiError else None for one in classes}


def test_the_drawing_shows_every_class_at_its_place():
    assert drawn() == grown()
    assert len(grown()) > 10


def test_every_class_says_what_it_means():
    assert all(getattr(exceptions, name).__doc__ for name in grown())


def test_no_answer_is_not_no():
    assert not issubclass(GatewayUnreachable, GatewayRejected)
    assert not issubclass(PaymentError, GatewayError)


def test_a_connection_that_was_never_made_is_unreachable():
    assert issubclass(ConnectionNeverMade, GatewayUnreachable)


def test_that_khalti_asks_for_a_mobile_number_is_a_refusal():
    assert issubclass(MobileNeeded, RequestRejected)
    assert issubclass(RequestRejected, GatewayRejected)


def test_that_money_cannot_be_given_back_is_found_out_here():
    assert not issubclass(NotRefundable, GatewayError)


WITH_FIELDS = {"RequestRejected", "MobileNeeded"}


@pytest.mark.parametrize(
    "error",
    [
        RequestRejected({"amount": "Too small.", "customer.name": "Blank."}),
        MobileNeeded({"mobile": "This field is required."}),
        GatewayUnreachable("no answer", retry_after=30),
        ConnectionNeverMade("refused"),
        AmountTooLarge("too much", largest=1000),
        *(getattr(exceptions, name)("words") for name in grown() if name not in WITH_FIELDS),
    ],
    ids=lambda error: type(error).__name__,
)
def test_an_error_survives_its_way_to_another_process(error):
    for other in (pickle.loads(pickle.dumps(error)), copy.copy(error)):
        assert type(other) is type(error)
        assert str(other) == str(error)
        assert vars(other) == vars(error)
