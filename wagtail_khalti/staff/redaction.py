"""What a user may see of a customer: everything, or just enough to tell two customers apart."""

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
"""In any notation, also in Nepali digits."""
ADDRESS = re.compile(r"[^\s@<>\"'(),;:]+(@[^\s@<>\"'(),;:]+\.\w+)?")
"""Matches every word, address or not, so that no word is scanned twice."""
STAFF_TEXTS = frozenset({"note", "reason"})
"""Keys of an event's data under which there is text written by staff."""
MIN_NAME_LENGTH = 3  # characters; a shorter name occurs in too many words


@dataclass(frozen=True, slots=True, kw_only=True)
class Redaction:
    """Of one payment, for one user."""

    payment: KhaltiPayment = field(repr=False)
    is_full: bool

    @property
    def phone(self) -> str:
        return self.payment.customer_phone if self.is_full else self.payment.masked_phone

    @property
    def address(self) -> str:
        """To which a receipt is sent."""
        email = self.payment.customer_email
        return email if self.is_full else masked_address(email)

    @property
    def name(self) -> str:
        return self.payment.customer_name if self.is_full else ""

    def of(self, value: Any) -> Any:
        """Text or JSON without the customer's data."""
        if self.is_full:
            return value
        if isinstance(value, dict):
            return {self.of(name): self._of_item(name, inner) for name, inner in value.items()}
        if isinstance(value, list | tuple):
            return [self.of(inner) for inner in value]
        if isinstance(value, str) or (isinstance(value, int) and MOBILE.fullmatch(str(value))):
            return self._without_customer(str(value))
        return value

    def _of_item(self, name: Any, value: Any) -> Any:
        return self.of_staff_text(value) if name in STAFF_TEXTS else self.of(value)

    def of_staff_text(self, text: Any) -> Any:
        """Hidden as a whole: customer data in free text can't be found reliably."""
        return text if self.is_full or not text else _("Hidden")

    def _without_customer(self, text: str) -> str:
        name = self.payment.customer_name.strip()
        if len(name) >= MIN_NAME_LENGTH:
            pattern = r"\s+".join(map(re.escape, name.split()))
            text = re.sub(pattern, "…", text, flags=re.IGNORECASE)
        text = ADDRESS.sub(lambda found: masked_address(found[0]) if found[1] else found[0], text)
        return MOBILE.sub(lambda found: masked(as_dialled(found[0])[-MOBILE_DIGITS:]), text)


def redaction_for(user: Any, payment: KhaltiPayment) -> Redaction:
    return Redaction(payment=payment, is_full=bool(policy.user_has_permission_for_instance(user, PERSONAL, payment)))
