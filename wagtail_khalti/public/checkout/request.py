"""What a visitor submits at checkout, by a form or an API."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass, field
from typing import Any

from wagtail_khalti.gateway import BreakdownLine, Customer, Product
from wagtail_khalti.money import Paisa
from wagtail_khalti.pricing import Selection
from wagtail_khalti.public.offers import Offer
from wagtail_khalti.questions import Answer


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckoutRequest:
    """The visitor's details and selection. The amount comes from the offer."""

    key: str
    """Chosen by the client, and the same when the request is sent again."""

    selection: Selection = Selection()  # noqa: RUF009 - frozen

    customer: Customer = Customer()  # noqa: RUF009 - frozen

    answers: Sequence[Answer] = ()
    """To the offer's questions, in their order. The form has validated them; an API does so itself."""

    is_repeat: bool = False
    """Whether the visitor knows that they have paid for this already, and wants to pay again."""

    started_here: Sequence[str] = ()
    """References of the payments that were started in this browser, newest first. Only from a signed cookie."""

    options: Mapping[str, Any] = field(default_factory=dict)
    """More arguments of ``start_payment``, such as ``user`` or ``success_url``. With a ``request_digest`` the ``key``
    alone identifies the request, which has one payment then, however it ends."""

    # What a visitor chose is known to the form and to this class; the rest of the checkout asks here for amounts.

    @property
    def has_digest(self) -> bool:
        return bool(self.options.get("request_digest"))

    def is_allowed(self, offer: Offer) -> bool:
        return offer.terms.price.allows(self.selection)

    def units(self, offer: Offer) -> int:
        """How many units it takes of a limited number."""
        return offer.terms.price.units(self.selection)

    def total(self, offer: Offer) -> Paisa:
        return offer.terms.price.total(self.selection)

    def breakdown(self, offer: Offer) -> list[BreakdownLine]:
        return offer.terms.price.breakdown(self.selection)

    def line_items(self, offer: Offer) -> list[Product]:
        return offer.terms.price.line_items(self.selection)

    def idempotency_key(self, offer: Offer) -> str:
        """The same for the same key, offer, total and details."""
        if self.has_digest:
            return self.key
        customer = self.customer
        details = [astuple(self.selection), customer.name, customer.email, customer.phone, self.is_repeat]
        details += [(answer.name, answer.value) for answer in self.answers]
        text = repr([self.key, offer.token, offer.terms.name, self.total(offer), *details])
        return "checkout:" + hashlib.sha256(text.encode(errors="replace")).hexdigest()
