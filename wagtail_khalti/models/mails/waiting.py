"""Whether this process has queued mails since somebody last looked, so that they need not wait for the next run."""

from __future__ import annotations

import threading

from django.db import transaction

_has_new_mails = threading.Event()


def announce_mails() -> None:
    """Once the transaction is committed. Robust: the site's own callbacks of this commit must still run."""
    transaction.on_commit(_has_new_mails.set, robust=True)


def take_announcement() -> bool:
    """Whether there was one since the last call. Without a query."""
    if not _has_new_mails.is_set():
        return False
    _has_new_mails.clear()
    return True
