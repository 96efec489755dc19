"""Whether this process has delivered events that other systems are to be told of, since somebody last looked."""

from __future__ import annotations

from wagtail_khalti.database.announcements import Announcement

_new_messages = Announcement()


def announce_webhooks() -> None:
    """Once the transaction is committed."""
    _new_messages.make()


def take_announcement() -> bool:
    """Whether there was one since the last call. Without a query."""
    return _new_messages.take()
