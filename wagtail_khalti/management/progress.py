"""How far a run is, in one line on a terminal."""

from __future__ import annotations

import shutil
import sys
import time
from typing import TextIO

from django.utils.translation import gettext as _

from wagtail_khalti.actions import Reconciliation

BETWEEN = 0.1  # seconds between two pictures: a terminal over a slow line must not slow the run
WIDTH = 24
ERASE = "\r\x1b[K"


class ProgressBar:
    """On the error stream, so that what a pipe reads stays the summary."""

    def __init__(self, total: int, stream: TextIO | None = None) -> None:
        self._total = max(1, total)
        self._stream = stream or sys.stderr
        self._shown_at = 0.0

    def __call__(self, done: Reconciliation) -> None:
        now = time.monotonic()
        if now - self._shown_at >= BETWEEN:
            self._shown_at = now
            self._write(ERASE + self._line(done)[: shutil.get_terminal_size().columns - 1])

    def close(self) -> None:
        self._write(ERASE)

    def _line(self, done: Reconciliation) -> str:
        asked = done.asked + done.broken
        total = max(self._total, asked)  # more may become due meanwhile
        filled = WIDTH * asked // total
        counts = {"asked": asked, "total": total, "moved": done.moved, "unanswered": done.unanswered}
        words = _("%(asked)s of %(total)s, %(moved)s moved, %(unanswered)s without answer") % counts
        return f"[{'█' * filled}{'·' * (WIDTH - filled)}] {words}"

    def _write(self, text: str) -> None:
        self._stream.write(text)
        self._stream.flush()
