"""Find the payment that a customer asks the receipt of."""

from __future__ import annotations

from collections.abc import Iterator

from wagtail_khalti.conf import Mode
from wagtail_khalti.models import KhaltiPayment
from wagtail_khalti.models.references import REFERENCE_ALPHABET, REFERENCE_LENGTH, parse_receipt_number
from wagtail_khalti.text.lines import one_line
from wagtail_khalti.text.phone import as_dialled


def find_receipts(quoted: str, contact: str) -> Iterator[KhaltiPayment]:
    """Paid payments with this reference or receipt number whose payer gave this e-mail address or mobile number.

    ``quoted`` in any grouping, case and numerals. Several Khalti accounts may have used a receipt number.
    """
    email, phone = one_line(contact).casefold(), as_dialled(contact)
    for payment in _quoted(quoted):
        has_email = bool(email) and payment.customer_email.casefold() == email
        has_phone = bool(phone) and payment.customer_phone == phone
        if payment.is_paid and (has_email or has_phone):
            yield payment


def _quoted(text: str) -> list[KhaltiPayment]:
    if number := parse_receipt_number(one_line(text)):
        year, place = number
        # With all modes, which the index begins with.
        numbered = KhaltiPayment.objects.filter(mode__in=Mode.values, receipt_year=year, receipt_number=place)
        return list(numbered.select_related("site"))
    reference = "".join(_digit(character) for character in text.upper() if character.isalnum())
    if len(reference) != REFERENCE_LENGTH or not set(reference) <= set(REFERENCE_ALPHABET):
        return []
    return list(KhaltiPayment.objects.filter(reference=reference).select_related("site"))


def _digit(character: str) -> str:
    return str(int(character)) if character.isdecimal() else character
