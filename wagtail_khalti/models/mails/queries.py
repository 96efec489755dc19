"""The queryset of mails."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Self

from wagtail_khalti.database.primary import PrimaryQuerySet
from wagtail_khalti.models.mails.waiting import announce_mails

if TYPE_CHECKING:
    from wagtail_khalti.models.mails.mail import KhaltiMail


class KhaltiMailQuerySet(PrimaryQuerySet["KhaltiMail"]):
    def queue(self, mails: Iterable[KhaltiMail]) -> None:
        """Save those that are not queued yet, by their keys. They are sent after the commit, by whichever process."""
        if new := list(mails):
            self.bulk_create(new, ignore_conflicts=True)
            announce_mails()

    def queued(self) -> Self:
        """Those that are not sent yet, and not given up."""
        return self.filter(due_at__isnull=False)

    def due(self, now: datetime) -> Self:
        """Those to be sent now, the longest overdue first."""
        return self.filter(due_at__lte=now).order_by("due_at", "pk")

    def given_up(self) -> Self:
        """Those that the mail server did not accept for days."""
        return self.filter(due_at=None, sent_at=None).exclude(last_error="")
