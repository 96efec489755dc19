"""How Wagtail's own log tells of what people did with money.

Without their reasons and notes: these may name customers, and the log asks nobody for the right to see that.
"""

from __future__ import annotations

from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from wagtail.log_actions import LogFormatter

from wagtail_khalti.conf import Mode
from wagtail_khalti.models import KhaltiDelivery, KhaltiReview
from wagtail_khalti.staff.exports.spreadsheets.files import FileType
from wagtail_khalti.staff.figures import rupees

DEEDS: dict[str, tuple[Promise, Promise]] = {
    "wagtail_khalti.refund": (_("Refund payment"), _("Refund of %(amount)s requested")),
    "wagtail_khalti.record_refund": (_("Record refund"), _("Refund of %(amount)s made elsewhere was recorded")),
    "wagtail_khalti.enter_refund_amount": (_("Enter refund"), _("Amount of a refund entered: %(amount)s")),
    "wagtail_khalti.check": (_("Check payment"), _("Khalti was asked")),
    "wagtail_khalti.add_note": (_("Add note"), _("Note added")),
    "wagtail_khalti.send_receipt": (_("Send receipt"), _("Receipt sent by e-mail")),
    "wagtail_khalti.replay_delivery": (_("Tell the site's code again"), _("Site's code told again: %(news)s")),
    "wagtail_khalti.decide_refund": (_("Decide on refund"), _("Said of a refund of %(amount)s: it was not made")),
    "wagtail_khalti.export": (_("Export"), _("File downloaded: %(file)s")),
    "wagtail_khalti.check_connection": (_("Check the connection"), _("Khalti was asked")),
    "wagtail_khalti.close_review": (_("Close matter"), _("Matter closed: %(matter)s")),
}
"""By action: the deed, and what was done."""

NEWS = dict(KhaltiDelivery.News.choices)
MATTERS = dict(KhaltiReview.Kind.choices)
FILES = {"payments": _("Payments"), "days": _("Summary by days"), **dict(Mode.choices), **dict(FileType.choices)}
SAID_SENT = _("Said of a refund of %(amount)s: it was made")


def register_deeds(actions: Any) -> None:
    """Into Wagtail's registry of actions."""
    for action, (label, message) in DEEDS.items():
        actions.register_action(action)(_formatter(label, message))


def _formatter(label: Promise, message: Promise) -> type[LogFormatter]:
    class Formatter(LogFormatter):
        def format_message(self, log_entry: Any) -> str:
            data = log_entry.data
            facts = {
                "amount": rupees(data.get("amount") or 0),
                "news": NEWS.get(data.get("news"), "–"),
                "file": ", ".join(str(FILES.get(data.get(name), "–")) for name in ("what", "mode", "format")),
                "matter": MATTERS.get(data.get("review"), "–"),
            }
            return str(SAID_SENT if data.get("was_sent") else message) % facts

    Formatter.label = label
    return Formatter
