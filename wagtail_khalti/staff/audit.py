"""How Wagtail's own log tells of what people did with money.

Without their reasons and notes: these may name customers, and the log asks nobody for the right to see that.
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
    "wagtail_khalti.record_refund": (_("Record refund"), _("Refund of %(amount)s made elsewhere was recorded")),
    "wagtail_khalti.enter_refund_amount": (_("Enter refund"), _("Amount of a refund entered: %(amount)s")),
    "wagtail_khalti.check": (_("Check payment"), _("Khalti was asked")),
    "wagtail_khalti.add_note": (_("Add note"), _("Note added")),
    "wagtail_khalti.send_receipt": (_("Send receipt"), _("Receipt sent by e-mail")),
    "wagtail_khalti.redeliver": (_("Tell the site's code again"), _("Site's code told again: %(event_type)s")),
    "wagtail_khalti.resolve_refund": (_("Decide on refund"), _("Said of a refund of %(amount)s: it was not made")),
    "wagtail_khalti.export": (_("Export"), _("File downloaded: %(file)s")),
    "wagtail_khalti.check_connection": (_("Check the connection"), _("Khalti was asked")),
    "wagtail_khalti.resolve_issue": (_("Close matter"), _("Matter closed: %(issue)s")),
}
"""By action: the deed, and what was done."""

NEWS = dict(KhaltiDelivery.EventType.choices)
ISSUES = dict(KhaltiIssue.Kind.choices)
FILES = {"payments": _("Payments"), "days": _("Summary by days"), **dict(Mode.choices), **dict(FileType.choices)}
FOUND_BY_PERSON = _("Said of a refund of %(amount)s: it was made")


def register_log_actions(actions: Any) -> None:
    """Into Wagtail's registry of actions."""
    for action, (label, message) in ACTIONS.items():
        actions.register_action(action)(_formatter(label, message))


def _formatter(label: Promise, message: Promise) -> type[LogFormatter]:
    class Formatter(LogFormatter):
        def format_message(self, log_entry: Any) -> str:
            data = log_entry.data
            facts = {
                "amount": rupees(data.get("amount") or 0),
                "event_type": NEWS.get(data.get("event_type"), "–"),
                "file": ", ".join(str(FILES.get(data.get(name), "–")) for name in ("what", "mode", "format")),
                "issue": ISSUES.get(data.get("issue"), "–"),
            }
            return str(FOUND_BY_PERSON if data.get("was_sent") else message) % facts

    Formatter.label = label
    return Formatter
