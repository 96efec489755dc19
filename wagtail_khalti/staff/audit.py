"""How Wagtail's audit log describes the actions of staff.

Reasons and notes are left out: they may name customers, and the log doesn't check the permission to see that.
"""

from __future__ import annotations

from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from wagtail.log_actions import LogFormatter

from wagtail_khalti.conf import Mode
from wagtail_khalti.models import KhaltiDelivery, KhaltiIssue
from wagtail_khalti.staff.exports.spreadsheets.files import FileType
from wagtail_khalti.staff.figures import rupees

ACTIONS: dict[str, tuple[Promise, Promise]] = {
    "wagtail_khalti.refund": (_("Refund payment"), _("Refund of %(amount)s requested")),
    "wagtail_khalti.record_refund": (_("Record manual refund"), _("Manual refund of %(amount)s recorded")),
    "wagtail_khalti.enter_refund_amount": (_("Enter refund"), _("Amount of a refund entered: %(amount)s")),
    "wagtail_khalti.check": (_("Refresh status"), _("Status refreshed from Khalti")),
    "wagtail_khalti.add_note": (_("Add note"), _("Note added")),
    "wagtail_khalti.send_receipt": (_("Send receipt"), _("Receipt sent by e-mail")),
    "wagtail_khalti.redeliver": (_("Retry delivery"), _("Delivery retried: %(event_type)s")),
    "wagtail_khalti.resend_webhook": (_("Send webhook again"), _("Webhook sent again to %(endpoint)s: %(event_type)s")),
    "wagtail_khalti.resolve_refund": (_("Confirm refund outcome"), _("Refund of %(amount)s confirmed as failed")),
    "wagtail_khalti.export": (_("Export"), _("File downloaded: %(file)s")),
    "wagtail_khalti.check_connection": (_("Test connection"), _("Connection tested")),
    "wagtail_khalti.resolve_issue": (_("Resolve issue"), _("Issue resolved: %(issue)s")),
}
"""By action: its label, and the message for an entry."""

EVENT_TYPES = dict(KhaltiDelivery.EventType.choices)
ISSUE_KINDS = dict(KhaltiIssue.Kind.choices)
FILES = {
    "payments": _("Payments"),
    "days": _("Daily summary"),
    "page": _("Payments of a page"),
    **dict(Mode.choices),
    **dict(FileType.choices),
}
REFUND_FOUND = _("Refund of %(amount)s confirmed as succeeded")


def register_log_actions(actions: Any) -> None:
    """Add them to Wagtail's registry of actions."""
    for action, (label, message) in ACTIONS.items():
        actions.register_action(action)(_formatter(label, message))


def _formatter(label: Promise, message: Promise) -> type[LogFormatter]:
    class Formatter(LogFormatter):
        def format_message(self, log_entry: Any) -> str:
            data = log_entry.data
            facts = {
                "amount": rupees(data.get("amount") or 0),
                "event_type": EVENT_TYPES.get(data.get("event_type"), "–"),
                "endpoint": data.get("endpoint", "–"),
                "file": ", ".join(str(FILES.get(data.get(name), "–")) for name in ("what", "mode", "format")),
                "issue": ISSUE_KINDS.get(data.get("issue"), "–"),
            }
            return str(REFUND_FOUND if data.get("was_found") else message) % facts

    Formatter.label = label
    return Formatter
