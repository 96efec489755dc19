"""Whether this process has queued mails since somebody last looked, so that they need not wait for the next run."""

from __future__ import annotations

from wagtail_khalti.database.announcements import Announcement

_new_mails = Announcement()


def announce_mails() -> None:
    """Once the transaction is committed."""
    _new_mails.make()


def take_announcement() -> bool:
    """Whether there was one since the last call. Without a query."""
    return _new_mails.take()
