"""What a matter was opened on, label by label: what Khalti said, and what we knew."""

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

MAX_LENGTH = 200  # characters of one value

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
    "event_type": gettext_lazy("Integration event"),
    "error": gettext_lazy("Error"),
    "attempts": gettext_lazy("Attempts"),
}
"""By name, in the order in which it is read. What has no label here is shown to nobody."""

SUMS = frozenset({"total_amount", "fee", "amount", "excess"})
WORDS: Mapping[str, Mapping[str, Any]] = {
    "was": dict(Status.choices),
    "event_type": dict(KhaltiDelivery.EventType.choices),
}
WORDS_OF_REFUNDS: Mapping[str, Mapping[str, Any]] = {**WORDS, "was": dict(State.choices)}
"""A payment and a refund that failed have the same value, and each its own word."""


def details_of(issue: KhaltiIssue) -> Iterator[tuple[str, str]]:
    """Whatever came, however long: Khalti's values are of any kind."""
    details = issue.details if isinstance(issue.details, Mapping) else {}
    is_of_refund = issue.kind == KhaltiIssue.Kind.REFUND_CONTRADICTED
    words = WORDS_OF_REFUNDS if is_of_refund else WORDS
    for name, label in LABELS.items():
        if name in details:
            yield str(label), _written(name, details[name], words)


def _written(name: str, value: Any, words: Mapping[str, Mapping[str, Any]]) -> str:
    if value is None or value == "":
        return "–"
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if name in SUMS and isinstance(value, int) and abs(value) < MAX_AMOUNT:
        return rupees(value)
    if name == "attempts" and isinstance(value, int):
        return format_number(value)
    return str(words.get(name, {}).get(str(value), value))
