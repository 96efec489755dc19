"""Notices from a transaction to threads of the same process."""

from __future__ import annotations

import threading

from django.db import transaction


class Announcement:
    """Whether this process has committed something since somebody last looked, so that it need not wait."""

    def __init__(self) -> None:
        self._was_made = threading.Event()

    def make(self) -> None:
        """Once the transaction is committed. Robust: the site's own callbacks of this commit must still run."""
        transaction.on_commit(self._was_made.set, robust=True)

    def take(self) -> bool:
        """Whether one was made since the last call. Without a query."""
        if not self._was_made.is_set():
            return False
        self._was_made.clear()
        return True
