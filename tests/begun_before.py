"""Two payments for one thing: today the second can only come from one that was begun before the first was paid."""

from unittest.mock import patch


def as_if_begun_before():
    """A context, in which payments begin as if nothing for the same had been paid yet."""
    return patch("wagtail_khalti.actions.start._require_unpaid")
