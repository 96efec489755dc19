"""Mails that are sent without anybody waiting: queued with the fact that they report, retried until they are sent."""

from wagtail_khalti.mails.queueing import queue_link
from wagtail_khalti.mails.sales import queue_sale_mail
from wagtail_khalti.mails.sending import GIVE_UP_AFTER, send_mails

__all__ = [
    "GIVE_UP_AFTER",
    "queue_link",
    "queue_sale_mail",
    "send_mails",
]
