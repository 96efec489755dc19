"""References of payments, and masked mobile numbers."""

from __future__ import annotations

from datetime import timedelta

from django.core.signing import BadSignature, Signer, TimestampSigner
from django.utils.crypto import get_random_string

# Without 0, 1, I, L, O and U, so that it can be read aloud over the phone.
REFERENCE_ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
REFERENCE_LENGTH = 16  # 78 bits: can't be guessed


def new_reference() -> str:
    """A public, unguessable identifier of a payment."""
    return get_random_string(REFERENCE_LENGTH, REFERENCE_ALPHABET)


def in_groups_of_four(reference: str) -> str:
    """For reading aloud: ``2345-6789-ABCD-EFGH``. A spreadsheet would take 23456789E123 for a number."""
    return "-".join([reference[start : start + 4] for start in range(0, len(reference), 4)])


def masked(phone: str) -> str:
    """``98XXXXX001``; empty if the number is so short that this would show nearly all of it."""
    return f"{phone[:2]}XXXXX{phone[-3:]}" if len(phone) >= 8 else ""


def receipt_signer() -> Signer:
    """For receipt URLs, which are valid as long as the site's ``SECRET_KEY``."""
    return Signer(sep=".", salt="wagtail_khalti.receipt")


RETRY_TTL = timedelta(days=7)


def sign_retry(reference: str) -> str:
    """For links in mails to the payer: whoever opens one finds in the form what was entered for this payment."""
    return _retry_signer().sign(reference)


def reference_to_retry(signed: str) -> str:
    """Empty if the signature is invalid, or too old."""
    try:
        return _retry_signer().unsign(signed, max_age=RETRY_TTL)
    except BadSignature:
        return ""


def _retry_signer() -> TimestampSigner:
    return TimestampSigner(sep=".", salt="wagtail_khalti.retry")
