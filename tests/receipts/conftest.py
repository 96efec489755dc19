"""What the tests of this folder share with those of the folders beside it."""

from tests.payments import (  # noqa: F401 - fixtures
    books,
    cashier,
    completed,
    heard,
    line,
    make_payment,
    manager,
    no_pauses,
    on,
    payment,
    receiver,
)
