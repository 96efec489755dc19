"""The public names of payments, and what is shown of a mobile number."""

from __future__ import annotations

from django.core.signing import Signer
from django.utils.crypto import get_random_string

# Without 0, 1, I, L, O and U, so that it can be read out over the phone.
REFERENCE_ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
REFERENCE_LENGTH = 16  # 78 bits: can't be guessed


def new_reference() -> str:
    """The public, unguessable name of a payment."""
    return get_random_string(REFERENCE_LENGTH, REFERENCE_ALPHABET)


def in_groups_of_four(reference: str) -> str:
    """As it is read out: ``2345-6789-ABCD-EFGH``. A spreadsheet would take 23456789E123 for a number."""
    return "-".join([reference[start : start + 4] for start in range(0, len(reference), 4)])


def masked(phone: str) -> str:
    """``98XXXXX001``, or nothing where that would show nearly all of it."""
    return f"{phone[:2]}XXXXX{phone[-3:]}" if len(phone) >= 8 else ""


def receipt_signer() -> Signer:
    """Of addresses of receipts, which are good as long as the site's ``SECRET_KEY``."""
    return Signer(sep=".", salt="wagtail_khalti.receipt")
