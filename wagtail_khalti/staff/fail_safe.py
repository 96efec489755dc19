"""What stands on pages that aren't ours must never be what breaks them."""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import nullcontext
from typing import TypeVar

from django.db import connection, transaction

logger = logging.getLogger(__name__)
Found = TypeVar("Found")


def fail_safe(what: str, find: Callable[[], Found], otherwise: Found) -> Found:
    """What is found, or ``otherwise``: an error is logged, and spoils neither the page nor its transaction."""
    try:
        with transaction.atomic() if connection.in_atomic_block else nullcontext():
            return find()
    except Exception:
        logger.exception("Payments are missing from %s of the admin", what)
        return otherwise
