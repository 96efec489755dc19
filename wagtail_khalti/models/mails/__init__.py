"""Mails that are to be sent, and those that were."""

from wagtail_khalti.models.mails.mail import KhaltiMail
from wagtail_khalti.models.mails.waiting import announce_mails, take_announcement

__all__ = ["KhaltiMail", "announce_mails", "take_announcement"]
