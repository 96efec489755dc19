"""An error of ours must never break the pages of Wagtail that we add something to."""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import nullcontext
from typing import TypeVar

from django.db import connection, transaction

logger = logging.getLogger(__name__)
Result = TypeVar("Result")


def fail_safe(what: str, compute: Callable[[], Result], otherwise: Result) -> Result:
    """The result of ``compute``, or ``otherwise`` after an error, which is logged and doesn't break the transaction."""
    try:
        with transaction.atomic() if connection.in_atomic_block else nullcontext():
            return compute()
    except Exception:
        logger.exception("Payments are missing from %s of the admin", what)
        return otherwise
