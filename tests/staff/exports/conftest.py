"""What is looked at here was not made here."""

from tests.staff.made import in_doubt, make_paid, nameless, paid_twice, payment  # noqa: F401 - fixtures
