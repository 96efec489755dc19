"""What a program sends for a refund, and how a refund looks."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from ninja import Schema
from pydantic import Field

from wagtail_khalti.api.schemas.payments import Paisa, Request
from wagtail_khalti.models.refund import MAX_REASON_LENGTH, Method, State


class RefundIn(Request):
    """All of the refundable balance if there is no amount."""

    amount: Paisa | None = None
    refundable: Annotated[int, Field(strict=True, ge=0, le=2**63 - 1)] | None = Field(
        default=None, description="The balance that the person has seen. If it is another one, nothing is refunded."
    )
    reason: str = Field(default="", max_length=MAX_REASON_LENGTH)
    mobile: Annotated[str, Field(pattern=r"^(?:[0-9]{10})?$")] = Field(
        default="", description="The Khalti account to refund to, needed for payments through a bank."
    )


class RefundOut(Schema):
    reference: str
    state: Literal[tuple(State.values)] = Field(  # type: ignore[valid-type]
        description="`unconfirmed`: it may have been made. It is never sent again; Khalti is looked up."
    )
    method: Literal[tuple(Method.values)]  # type: ignore[valid-type]
    amount: int | None
    created_at: datetime
    resolved_at: datetime | None


class RefundList(Schema):
    """The newest first, at most 100."""

    items: list[RefundOut]
