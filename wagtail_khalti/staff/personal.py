"""What is shown of a person to whom: all of it, or as much as tells two of them apart."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from wagtail_khalti.actions.receipt import masked_address
from wagtail_khalti.models import KhaltiPayment
from wagtail_khalti.models.payment import masked
from wagtail_khalti.staff.permissions import PERSONAL, policy

MOBILE = re.compile(r"(?<!\w)9\d{9}(?!\w)")
ADDRESS = re.compile(r"[^\s@<>\"'(),;:]+@[^\s@<>\"'(),;:]+\.\w+")
SHORTEST_NAME = 3  # characters; a shorter one stands in too many words


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
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

    @property
    def receiver(self) -> str:
        """Khalti gives the money to who paid, by the name that they gave, as far as they gave one."""
        return self.name or self.payment.masked_phone

    def of(self, said: Any) -> Any:
        """What was said, in words or as JSON, without what names the person."""
        if self.is_full:
            return said
        if isinstance(said, dict):
            return {self.of(name): self.of(value) for name, value in said.items()}
        if isinstance(said, list | tuple):
            return [self.of(value) for value in said]
        return self._without_person(said) if isinstance(said, str) else said

    def _without_person(self, words: str) -> str:
        name = self.payment.customer_name.strip()
        if len(name) >= SHORTEST_NAME:
            words = re.sub(re.escape(name), "…", words, flags=re.IGNORECASE)
        words = ADDRESS.sub(lambda found: masked_address(found[0]), words)
        return MOBILE.sub(lambda found: masked(found[0]), words)


def sight_of(user: Any, payment: KhaltiPayment) -> Sight:
    return Sight(payment=payment, is_full=bool(policy.user_has_permission_for_instance(user, PERSONAL, payment)))
