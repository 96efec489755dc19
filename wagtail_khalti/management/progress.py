"""A progress bar for a run, on a terminal."""

from __future__ import annotations

import shutil
import sys
import time
from typing import TextIO

from django.utils.translation import gettext as _

from wagtail_khalti.actions import Reconciliation

INTERVAL = 0.1  # seconds between two updates, so that a slow terminal doesn't slow down the run
WIDTH = 24
ERASE = "\r\x1b[K"


class ProgressBar:
    """On stderr, so that stdout has only the summary."""

    def __init__(self, total: int, stream: TextIO | None = None) -> None:
        self._total = max(1, total)
        self._stream = stream or sys.stderr
        self._shown_at = 0.0

    def __call__(self, done: Reconciliation) -> None:
        now = time.monotonic()
        if now - self._shown_at >= INTERVAL:
            self._shown_at = now
            self._write(ERASE + self._line(done)[: shutil.get_terminal_size().columns - 1])

    def close(self) -> None:
        self._write(ERASE)

    def _line(self, done: Reconciliation) -> str:
        looked_up = done.looked_up + done.broken
        total = max(self._total, looked_up)  # more may become due meanwhile
        filled = WIDTH * looked_up // total
        counts = {"looked_up": looked_up, "total": total, "moved": done.moved, "unanswered": done.unanswered}
        text = _("%(looked_up)s of %(total)s, %(moved)s changed, %(unanswered)s without response") % counts
        return f"[{'█' * filled}{'·' * (WIDTH - filled)}] {text}"

    def _write(self, text: str) -> None:
        self._stream.write(text)
        self._stream.flush()
