"""The sheet of the payments of a page, with a column for each question."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import QuerySet

from wagtail_khalti.models import KhaltiPayment
from wagtail_khalti.staff.exports.spreadsheets.payment_columns import payment_columns
from wagtail_khalti.staff.exports.spreadsheets.payments import Payments, Values
from wagtail_khalti.staff.exports.spreadsheets.refunds import Refunds
from wagtail_khalti.staff.exports.spreadsheets.rows import walk
from wagtail_khalti.staff.exports.spreadsheets.shared_columns import redacted
from wagtail_khalti.staff.page_payments.access import Sites
from wagtail_khalti.staff.page_payments.questions import Questions
from wagtail_khalti.text.answers import AnswerReader
from wagtail_khalti.xlsx import Cells, Column

MAX_ANSWER_COLUMNS = 100  # all others stand in one more
WANTED = (
    *("reference", "status", "started", "paid", "paid_bs", "receipt_number", "purpose"),
    *("customer_name", "customer_email", "customer_phone"),
    *("amount", "gross", "fee", "refunded", "net", "unconfirmed"),
)
CONTACTS = ("customer_email", "customer_phone")
ANSWERS = "answers"


class PagePayments(Payments):
    """``names``: the sites whose payers' names and answers may be in it; ``contacts``: likewise of the addresses."""

    def __init__(self, questions: Questions, *, names: Sites, contacts: Sites) -> None:
        self.questions, self.names = questions, names
        self.has_contacts = contacts is None or bool(contacts)
        self.headings = {f"answer_{number}": heading for number, heading in enumerate(questions.headings)}
        super().__init__(refunds=Refunds(), unredacted_sites=contacts)
        self.fields = (*self.fields, ANSWERS)

    def _columns(self, available: Mapping[str, Column]) -> Mapping[str, Column]:
        whole = payment_columns(with_customer=True, technical=False)
        left_out = () if self.has_contacts else CONTACTS
        kept = {name: whole[name] for name in WANTED if name not in left_out}
        return kept | {name: Column(heading=heading, width=24) for name, heading in self.headings.items()}

    def _customer(self, values: Values) -> Mapping[str, Cells]:
        sites = values["site_id"]
        asked = zip(*map(self._answered, values[ANSWERS]), strict=True)
        cells = {"customer_name": values["customer_name"], **dict(zip(self.headings, asked, strict=True))}
        return {
            **{name: redacted(of_name, sites, self.names) for name, of_name in cells.items()},
            **{name: redacted(values[name], sites, self.unredacted_sites) for name in CONTACTS if name in self.columns},
        }

    def _answered(self, stored: Any) -> list[str]:
        return self.questions.cells(self.answers.read(stored))


def questions_of(payments: QuerySet[KhaltiPayment], *, names: Sites) -> Questions:
    """Those of all ``payments``, the newest first, since the headings are written before the rows. Reads only answers,
    some at a time, and only of those sites whose answers may be seen."""
    reader, questions = AnswerReader(), Questions(MAX_ANSWER_COLUMNS)
    permitted = payments if names is None else payments.filter(site__in=names)
    for rows in walk(permitted, [ANSWERS]):
        for (stored,) in rows:
            questions.add(reader.read(stored))
    return questions
