"""Shares the fixtures of the folders beside it."""

from tests.payments import *  # noqa: F403 - its fixtures
