"""Shares the fixtures of the folders beside it."""

from tests.mail_site import *  # noqa: F403 - its fixtures
from tests.payments import *  # noqa: F403 - its fixtures
