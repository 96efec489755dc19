"""What a payable says about its payment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from wagtail.models import Site

from wagtail_khalti.gateway import BreakdownLine, Customer, Product
from wagtail_khalti.models.inventory import Reservation
from wagtail_khalti.money import Paisa


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentDetails:
    """What is to be paid for a payable now, by whom, and where the visitor goes then."""

    amount: Paisa
    """In paisa. Read again each time a payment is started."""

    purpose: str = ""
    """The description for the payer. By default ``str()`` of the payable."""

    items: Sequence[Product] = ()
    """Its items, for the receipt and for Khalti."""

    breakdown: Sequence[BreakdownLine] = ()
    """How the amount is made up, such as goods and VAT; the lines have to add up to it."""

    customer: Customer = Customer()  # noqa: RUF009 - frozen
    """Who pays, as far as the site knows. By default name and e-mail address of ``user``. Khalti gets them, too."""

    user: AbstractBaseUser | None = None
    """Whose payment it is, for the list of their own payments."""

    site: Site | None = None
    """The site that is paid. By default that of the request."""

    merchant: str | None = None
    """The Khalti account, a name in the settings. By default that of the site."""

    success_url: str = ""
    """Where the visitor goes after the payment. By default to the receipt."""

    cancel_url: str = ""
    """Where the visitor goes after cancelling. By default to a page that offers to pay again."""

    back_url: str = ""
    """Where "Back" leads. By default to the payable's ``get_absolute_url()``."""

    reservation: Reservation | None = None
    """Units of a limited number."""

    metadata: Mapping[str, Any] = field(default_factory=dict)
    """The site's own values, stored with the payment."""

    merchant_extra: Mapping[str, str] = field(default_factory=dict)
    """Sent to Khalti."""
