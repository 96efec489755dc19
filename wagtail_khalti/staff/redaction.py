"""What is shown of a person to whom: all of it, or as much as tells two of them apart."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from wagtail_khalti.models import KhaltiPayment
from wagtail_khalti.models.references import masked
from wagtail_khalti.staff.permissions import PERSONAL, policy
from wagtail_khalti.text.email_addresses import masked_address
from wagtail_khalti.text.phone import MOBILE_DIGITS, as_dialled

MOBILE = re.compile(r"(?<!\d)(?:(?:\+?977|00977)[\s-]*+)?0?[9९](?:[\s-]*+\d){9}(?!\d)")
"""However it is written, also in the digits of Nepali."""
ADDRESS = re.compile(r"[^\s@<>\"'(),;:]+(@[^\s@<>\"'(),;:]+\.\w+)?")
"""It matches every word, address or not, and so never looks at one twice."""
OWN_WORDS = frozenset({"note", "reason"})
"""Where the history keeps what staff wrote."""
MIN_NAME_LENGTH = 3  # characters; a shorter one stands in too many words


@dataclass(frozen=True, slots=True, kw_only=True)
class Redaction:
    """Of one payment, by one person."""

    payment: KhaltiPayment = field(repr=False)
    is_full: bool

    @property
    def phone(self) -> str:
        return self.payment.customer_phone if self.is_full else self.payment.masked_phone

    @property
    def address(self) -> str:
        """Where a receipt goes."""
        email = self.payment.customer_email
        return email if self.is_full else masked_address(email)

    @property
    def name(self) -> str:
        return self.payment.customer_name if self.is_full else ""

    def of(self, said: Any) -> Any:
        """What was said, in words or as JSON, without what names the person."""
        if self.is_full:
            return said
        if isinstance(said, dict):
            return {self.of(name): self._of_value(name, value) for name, value in said.items()}
        if isinstance(said, list | tuple):
            return [self.of(value) for value in said]
        if isinstance(said, str) or (isinstance(said, int) and MOBILE.fullmatch(str(said))):
            return self._without_person(str(said))
        return said

    def _of_value(self, name: Any, value: Any) -> Any:
        return self.of_own_words(value) if name in OWN_WORDS else self.of(value)

    def of_own_words(self, words: Any) -> Any:
        """What staff wrote, in which nobody can find all that names a person."""
        return words if self.is_full or not words else _("Hidden")

    def _without_person(self, words: str) -> str:
        name = self.payment.customer_name.strip()
        if len(name) >= MIN_NAME_LENGTH:
            anyhow = r"\s+".join(map(re.escape, name.split()))
            words = re.sub(anyhow, "…", words, flags=re.IGNORECASE)
        words = ADDRESS.sub(lambda found: masked_address(found[0]) if found[1] else found[0], words)
        return MOBILE.sub(lambda found: masked(as_dialled(found[0])[-MOBILE_DIGITS:]), words)


def redaction_for(user: Any, payment: KhaltiPayment) -> Redaction:
    return Redaction(payment=payment, is_full=bool(policy.user_has_permission_for_instance(user, PERSONAL, payment)))
