"""References and receipt numbers of payments, and masked mobile numbers."""

from __future__ import annotations

from datetime import timedelta

from django.core.exceptions import ImproperlyConfigured
from django.core.signing import BadSignature, Signer, TimestampSigner
from django.db import models
from django.utils.crypto import get_random_string
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from wagtail_khalti.conf import Mode, configuration
from wagtail_khalti.database.primary import OnPrimary
from wagtail_khalti.dates.nepali import fiscal_year_label
from wagtail_khalti.numerals import with_numerals_of
from wagtail_khalti.text.receipt_numbers import NUMBER_FORMAT, NumberFormat

# Without 0, 1, I, L, O and U, so that it can be read aloud over the phone.
REFERENCE_ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
REFERENCE_LENGTH = 16  # 78 bits: can't be guessed


class KhaltiReceiptCounter(OnPrimary):
    """The last receipt number of a Khalti account in a fiscal year of Nepal."""

    merchant = models.CharField(_("Khalti account"), max_length=64)
    mode = models.CharField(_("mode"), max_length=16, choices=Mode.choices)
    year = models.PositiveSmallIntegerField(_("receipt year"))
    """The BS year in which the fiscal year begins."""
    last_number = models.PositiveIntegerField(_("last receipt number"), default=0)

    class Meta:
        verbose_name = _("receipt counter")
        verbose_name_plural = _("receipt counters")
        ordering = ["pk"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["merchant", "mode", "year"], name="khalti_receipt_counter_unique")
        ]

    def __str__(self) -> str:
        return f"{self.merchant} · {self.mode} · {fiscal_year_label(self.year)}"


def new_reference() -> str:
    """A public, unguessable identifier of a payment."""
    return get_random_string(REFERENCE_LENGTH, REFERENCE_ALPHABET)


def in_groups_of_four(reference: str) -> str:
    """For reading aloud: ``2345-6789-ABCD-EFGH``. A spreadsheet would take 23456789E123 for a number."""
    return "-".join([reference[start : start + 4] for start in range(0, len(reference), 4)])


def number_format() -> NumberFormat:
    """That of the settings; the usual one if they can't be read, so that pages still render."""
    try:
        return configuration().receipt_numbers
    except ImproperlyConfigured:
        return NumberFormat(text=NUMBER_FORMAT)


def format_receipt_number(year: int, number: int, *, is_test: bool) -> str:
    """``2083/84-00042``, in the numerals of the active language; of a test payment it says so."""
    text = with_numerals_of(get_language(), number_format().write(year, number))
    return gettext("%(number)s (test)") % {"number": text} if is_test else text


def parse_receipt_number(text: str) -> tuple[int, int] | None:
    """Year and number of ``2083/84-00042``, in any numerals and with any separators; None if it is something else.

    In the format of the settings, or in the usual one, in which receipts may have been numbered before.
    """
    return number_format().read(text) or NumberFormat(text=NUMBER_FORMAT).read(text)


def masked(phone: str) -> str:
    """``98XXXXX001``; empty if the number is so short that this would show nearly all of it."""
    return f"{phone[:2]}XXXXX{phone[-3:]}" if len(phone) >= 8 else ""


def receipt_signer() -> Signer:
    """For receipt URLs, which are valid as long as the site's ``SECRET_KEY``."""
    return Signer(sep=".", salt="wagtail_khalti.receipt")


def unsign_receipt(signed: str) -> str | None:
    """The reference in a receipt URL; None if the signature is invalid."""
    try:
        return receipt_signer().unsign(signed)
    except BadSignature:
        return None


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
