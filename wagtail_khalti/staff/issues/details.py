"""The details of an issue as label and value: what Khalti reported, and what was known here."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wagtail_khalti.formatting import format_number
from wagtail_khalti.models import KhaltiDelivery, KhaltiIssue
from wagtail_khalti.models.issue import MAX_AMOUNT
from wagtail_khalti.models.refund import State
from wagtail_khalti.models.status import Status
from wagtail_khalti.staff.figures import rupees

MAX_VALUE_LENGTH = 200  # characters

LABELS: Mapping[str, Promise] = {
    "status": gettext_lazy("Khalti status"),
    "total_amount": gettext_lazy("Amount at Khalti"),
    "fee": gettext_lazy("Khalti fees"),
    "refunded": gettext_lazy("Refunded, according to Khalti"),
    "answer": gettext_lazy("Khalti's response"),
    "error_key": gettext_lazy("Khalti's error"),
    "transaction_id": gettext_lazy("Khalti transaction ID"),
    "pidx": gettext_lazy("pidx"),
    "was": gettext_lazy("Status before"),
    "earlier": gettext_lazy("Earlier payment"),
    "refund": gettext_lazy("Refund reference"),
    "amount": gettext_lazy("Refund amount"),
    "excess": gettext_lazy("Excess refund"),
    "taken": gettext_lazy("Sold or reserved"),
    "limit": gettext_lazy("Number of units"),
    "event_type": gettext_lazy("Integration event"),
    "error": gettext_lazy("Error"),
    "attempts": gettext_lazy("Attempts"),
}
"""By name, in the order in which they are shown. Details without a label here are not shown."""

AMOUNTS = frozenset({"total_amount", "fee", "amount", "excess"})
CHOICE_LABELS: Mapping[str, Mapping[str, Any]] = {
    "was": dict(Status.choices),
    "event_type": dict(KhaltiDelivery.EventType.choices),
}
REFUND_CHOICE_LABELS: Mapping[str, Mapping[str, Any]] = {**CHOICE_LABELS, "was": dict(State.choices)}
"""A payment and a refund share values such as "failed"; their labels may differ."""


def details_of(issue: KhaltiIssue) -> Iterator[tuple[str, str]]:
    """Values from Khalti may be of any type and length."""
    details = issue.details if isinstance(issue.details, Mapping) else {}
    is_of_refund = issue.kind == KhaltiIssue.Kind.REFUND_CONTRADICTED
    labels = REFUND_CHOICE_LABELS if is_of_refund else CHOICE_LABELS
    for name, label in LABELS.items():
        if name in details:
            yield str(label), _format(name, details[name], labels)


def _format(name: str, value: Any, labels: Mapping[str, Mapping[str, Any]]) -> str:
    if value is None or value == "":
        return "–"
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if name in AMOUNTS and isinstance(value, int) and abs(value) < MAX_AMOUNT:
        return rupees(value)
    if name == "attempts" and isinstance(value, int):
        return format_number(value)
    return str(labels.get(name, {}).get(str(value), value))
