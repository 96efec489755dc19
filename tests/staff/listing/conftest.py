"""What is looked at here was not made here."""

from tests.staff.made import make_paid, nameless, paid_twice, payment, unconfirmed  # noqa: F401 - fixtures
