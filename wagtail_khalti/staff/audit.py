"""How Wagtail's own log tells of what people did with money."""

from __future__ import annotations

from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from wagtail.log_actions import LogFormatter

from wagtail_khalti.staff.figures import rupees

DEEDS: dict[str, tuple[Promise, Promise]] = {
    "wagtail_khalti.refund": (_("Refund payment"), _("Refund of %(amount)s requested")),
    "wagtail_khalti.record_refund": (_("Record refund"), _("Refund of %(amount)s made elsewhere was recorded")),
    "wagtail_khalti.enter_refund_amount": (_("Enter refund"), _("Amount of a refund entered: %(amount)s")),
    "wagtail_khalti.decide_refund": (_("Decide on refund"), _("Said of a refund of %(amount)s: it was not made")),
}
"""By action: the deed, and what was done."""

SAID_SENT = _("Said of a refund of %(amount)s: it was made")


def register_deeds(actions: Any) -> None:
    """Into Wagtail's registry of actions."""
    for action, (label, message) in DEEDS.items():
        actions.register_action(action)(_formatter(label, message))


def _formatter(label: Promise, message: Promise) -> type[LogFormatter]:
    class Formatter(LogFormatter):
        def format_message(self, log_entry: Any) -> str:
            data = log_entry.data
            words = str(SAID_SENT if data.get("was_sent") else message) % {"amount": rupees(data.get("amount") or 0)}
            why = data.get("reason") or data.get("note")
            return f"{words} (“{why}”)" if why else words

    Formatter.label = label
    return Formatter
