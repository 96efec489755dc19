"""The line items of a payment, for its receipt and its admin page."""

from __future__ import annotations

from dataclasses import dataclass

from wagtail_khalti.models.payment import KhaltiPayment
from wagtail_khalti.money import Paisa
from wagtail_khalti.text.lines import one_line


@dataclass(frozen=True, slots=True, kw_only=True)
class LineItem:
    """One line of what makes up the amount. A discount is negative."""

    label: str
    amount: Paisa


def line_items_of(payment: KhaltiPayment) -> list[LineItem]:
    """Empty if the only one would repeat the description."""
    items = [LineItem(label=one_line(line["label"]), amount=Paisa(line["amount"])) for line in payment.breakdown]
    return [] if [item.label for item in items] == [one_line(payment.purpose)] else items
