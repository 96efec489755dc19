"""What a program sends to start a payment, and how a payment looks."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Literal

from ninja import Schema
from pydantic import ConfigDict, Discriminator, Field, Tag

from wagtail_khalti.models.status import Status

Paisa = Annotated[int, Field(strict=True, ge=1, le=2**63 - 1)]
Number = Annotated[int, Field(strict=True, ge=0, le=10**6)]
Address = Annotated[str, Field(max_length=2000, description="A path or a URL of the site, or at an allowed host.")]


class Request(Schema):
    """No unknown members, and no value of another type."""

    model_config = ConfigDict(extra="forbid", strict=True)


class CustomerIn(Request):
    """As far as the offer asks."""

    name: str = Field(default="", max_length=255)
    email: str = Field(default="", max_length=254)
    phone: str = Field(default="", max_length=30)


class Addresses(Request):
    success_url: Address = ""
    cancel_url: Address = ""
    return_url: Annotated[str, Field(max_length=500)] = Field(
        default="", description="Where Khalti sends the browser. The page there has to call `verify`."
    )


class StartOffer(Addresses):
    """To pay for what a block of a page sells."""

    offer: str = Field(min_length=1, max_length=8000, description="The token of the block's offer.")
    quantity: Number | None = Field(default=None, description="Of a fixed price.")
    option: str | None = Field(default=None, max_length=100, description="Of a list of options of which one is chosen.")
    quantities: dict[str, Number] | None = Field(default=None, max_length=100, description="By option.")
    amount: Paisa | None = Field(default=None, description="Chosen by the payer, in paisa.")
    customer: CustomerIn = CustomerIn()
    answers: dict[str, bool | str] = Field(default={}, max_length=100, description="By the name of the question.")
    expected_amount: Paisa | None = Field(
        default=None, description="The total that the payer has seen, in paisa. If it is another one, nothing starts."
    )
    is_repeat: bool = Field(default=False, description="The payer knows that they have paid for this already.")


class PayableIn(Request):
    type: str = Field(min_length=1, max_length=200, description="The model, such as `shop.order`.")
    id: str = Field(min_length=1, max_length=64)


class StartPayable(Addresses):
    """To pay for an object of the site."""

    payable: PayableIn
    expected_amount: Paisa | None = None


class RetryIn(Request):
    answers: dict[str, bool | str] = Field(
        default={}, max_length=100, description="Those that changed. Terms have to be accepted again."
    )


class VerifyIn(Request):
    pidx: str = Field(default="", max_length=64, description="Compared with that of the payment, and never believed.")


def _kind(value: Any) -> str | None:
    names = (
        value if isinstance(value, Mapping) else {name: True for name in ("offer", "payable") if hasattr(value, name)}
    )
    kinds = [kind for kind in ("offer", "payable") if kind in names]
    return kinds[0] if len(kinds) == 1 else None


Start = Annotated[
    Annotated[StartOffer, Tag("offer")] | Annotated[StartPayable, Tag("payable")],
    Discriminator(
        _kind, custom_error_type="union", custom_error_message="Send either `offer` or `payable`, in an object."
    ),
]


class PaymentOut(Schema):
    """A payment. Amounts are in paisa, times in UTC. Contains nothing about the payer."""

    reference: str
    status: Literal[tuple(Status.values)]  # type: ignore[valid-type]
    is_paid: bool = Field(description="Whether Khalti confirmed it, whatever was refunded since.")
    is_ended: bool = Field(description="Whether it was cancelled, expired or failed at Khalti.")
    is_test: bool = Field(description="Whether no money moves.")
    purpose: str
    amount: int
    refund_total: int
    refundable: int
    currency: Literal["NPR"]
    purchase_order_id: str
    transaction_id: str
    receipt_number: str
    next_url: str = Field(description="Where to send the payer now: to Khalti while it can be paid.")
    status_url: str = Field(description="The page of the payment on this site.")
    created_at: datetime
    expires_at: datetime | None = Field(description="When Khalti's payment link expires.")
    completed_at: datetime | None
    ended_at: datetime | None


class StartedOut(PaymentOut):
    access: str | None = Field(
        description="Of a payment that was started anonymously: send it in the header Khalti-Access for 30 days."
    )


class PaymentList(Schema):
    """The newest first."""

    items: list[PaymentOut]
    next: str | None = Field(description="Send it as `after` for more; null at the end.")
