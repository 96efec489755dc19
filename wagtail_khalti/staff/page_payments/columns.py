"""The columns of the payments of a page: when, who, how much, did it work, and what they answered."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from operator import itemgetter
from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.tables import BaseColumn, Column, TitleColumn

from wagtail_khalti.models import KhaltiPayment
from wagtail_khalti.staff.figures import rupees
from wagtail_khalti.staff.listing.columns import StatusColumn, TextColumn, TimeColumn

STARTED, AMOUNT = "created_at", "amount"


class PayerColumn(TitleColumn):
    """Leads to the payment's own page, for those who may see that."""

    cell_template_name = "wagtail_khalti/staff/page_payments_payer_cell.html"


class AnswerColumn(TextColumn):
    """The answers to one question, whose label is in an editor's words. On a phone the label stands in each cell."""

    header_template_name = "wagtail_khalti/staff/page_payments_heading.html"
    cell_template_name = "wagtail_khalti/staff/page_payments_answer_cell.html"


def columns(
    *, payer_of: Callable[[KhaltiPayment], str], url_of: Callable[[KhaltiPayment], str | None]
) -> list[BaseColumn]:
    return [
        TimeColumn(STARTED, label=_("Started"), sort_key=STARTED, classname="khalti-when"),
        PayerColumn("payer", label=_("Customer"), accessor=payer_of, get_url=url_of, classname="khalti-name"),
        Column(AMOUNT, label=_("Amount"), accessor=_amount, sort_key=AMOUNT, classname="khalti-amount"),
        StatusColumn("get_status_display", label=_("Status"), classname="khalti-state"),
        AnswerColumn("purpose", label=_("Description"), classname="khalti-answer"),
    ]


def answer_columns(headings: Sequence[str], cells_of: Callable[[KhaltiPayment], Sequence[str]]) -> list[BaseColumn]:
    """``cells_of``: the answers of a payment, in the order of the headings."""
    return [
        AnswerColumn(f"answer_{number}", label=heading, accessor=_cell(cells_of, number), classname="khalti-answer")
        for number, heading in enumerate(headings)
    ]


def _cell(cells_of: Callable[[KhaltiPayment], Sequence[str]], number: int) -> Callable[[KhaltiPayment], Any]:
    pick = itemgetter(number)
    return lambda payment: pick(cells_of(payment))


def _amount(payment: KhaltiPayment) -> str:
    return rupees(payment.amount)
