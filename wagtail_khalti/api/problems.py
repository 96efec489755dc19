"""Errors as RFC 9457 has them: ``application/problem+json``."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any, Literal, get_args

from django.http import HttpResponse
from django.utils.translation import gettext as _
from ninja import Schema
from pydantic import Field

CONTENT_TYPE = "application/problem+json"
URN = "urn:wagtail-khalti:problem:"
MAX_ERRORS = 20

Kind = Literal[
    "access-invalid",
    "already-paid",
    "amount-changed",
    "amount-too-large",
    "amount-too-small",
    "authentication-required",
    "body-too-large",
    "csrf-failed",
    "idempotency-conflict",
    "idempotency-key-invalid",
    "idempotency-key-missing",
    "invalid-json",
    "invalid-request",
    "khalti-unavailable",
    "method-not-allowed",
    "not-found",
    "not-on-sale",
    "not-payable",
    "not-permitted",
    "not-refundable",
    "not-retryable",
    "offer-restricted",
    "offer-unavailable",
    "payment-open",
    "payments-unavailable",
    "rate-limited",
    "refundable-changed",
    "rejected-by-khalti",
    "request-in-progress",
    "sold-out",
    "unsupported-media-type",
]

STATUSES: Mapping[Kind, int] = {
    "access-invalid": 401,
    "already-paid": 409,
    "amount-changed": 409,
    "amount-too-large": 422,
    "amount-too-small": 422,
    "authentication-required": 401,
    "body-too-large": 413,
    "csrf-failed": 403,
    "idempotency-conflict": 422,
    "idempotency-key-invalid": 400,
    "idempotency-key-missing": 400,
    "invalid-json": 400,
    "invalid-request": 422,
    "khalti-unavailable": 503,
    "method-not-allowed": 405,
    "not-found": 404,
    "not-on-sale": 409,
    "not-payable": 409,
    "not-permitted": 403,
    "not-refundable": 409,
    "not-retryable": 409,
    "offer-restricted": 403,
    "offer-unavailable": 410,
    "payment-open": 409,
    "payments-unavailable": 503,
    "rate-limited": 429,
    "refundable-changed": 409,
    "rejected-by-khalti": 422,
    "request-in-progress": 409,
    "sold-out": 409,
    "unsupported-media-type": 415,
}


class FieldError(Schema):
    """What is wrong with one value."""

    pointer: str = Field(description="A JSON pointer into the body, such as `/customer/email`; empty for all of it.")
    detail: str


class ProblemDetails(Schema):
    """Why a request failed. Members that don't apply are missing."""

    type: Literal[tuple(URN + kind for kind in get_args(Kind))] = Field(  # type: ignore[valid-type]
        description="Identifies the kind of problem. The manual explains each."
    )
    title: str = Field(description="The kind of problem in English, always the same.")
    status: int
    detail: str = Field(description="An explanation in the language of the request.")
    errors: list[FieldError] = Field(default=[], description="What is wrong with single values.")
    reference: str = Field(default="", description="Of the payment it is about, if the caller may see that.")
    amount: int = Field(default=0, description="What it costs now, in paisa.")
    available: int = Field(default=0, description="How many units can still be ordered.")
    refundable: int = Field(default=0, description="What can be refunded now, in paisa.")


class Problem(Exception):
    """Raised anywhere in the API; a handler makes the response of it."""

    def __init__(
        self,
        kind: Kind,
        detail: str,
        *,
        errors: Sequence[tuple[str, str]] = (),
        headers: Mapping[str, str] | None = None,
        **members: Any,
    ) -> None:
        """``errors``: pairs of a JSON pointer and a sentence. ``members``: more of ``ProblemDetails``."""
        super().__init__(kind)
        self.kind, self.detail, self.errors = kind, detail, errors
        self.headers, self.members = dict(headers or {}), members

    @property
    def status(self) -> int:
        return STATUSES[self.kind]

    def as_dict(self) -> dict[str, Any]:
        errors = [{"pointer": pointer, "detail": detail} for pointer, detail in self.errors[:MAX_ERRORS]]
        return {
            "type": URN + self.kind,
            "title": title_of(self.kind),
            "status": self.status,
            "detail": str(self.detail),
            **({"errors": errors} if errors else {}),
            **self.members,
        }

    def as_response(self) -> HttpResponse:
        response = HttpResponse(json.dumps(self.as_dict()), status=self.status, content_type=CONTENT_TYPE)
        if self.status == HTTPStatus.UNAUTHORIZED:
            response["WWW-Authenticate"] = "Bearer"
        for name, value in self.headers.items():
            response[name] = value
        return response


def title_of(kind: Kind) -> str:
    return kind.replace("-", " ").capitalize().replace("khalti", "Khalti").replace("json", "JSON")


def not_found() -> Problem:
    """The same whether it doesn't exist or the caller may not see it."""
    return Problem("not-found", _("There is nothing here, or you may not see it."))


def not_permitted() -> Problem:
    return Problem("not-permitted", _("You may not do this."))


def invalid(errors: Sequence[tuple[str, str]]) -> Problem:
    return Problem("invalid-request", _("Some values are missing or invalid."), errors=errors)


def conflict() -> Problem:
    return Problem("idempotency-conflict", _("This Idempotency-Key was used for another request."))


def in_progress() -> Problem:
    detail = _("The first request with this Idempotency-Key is still being processed.")
    return Problem("request-in-progress", detail, headers={"Retry-After": "2"})


def problems(*statuses: int) -> dict[int, type[ProblemDetails]]:
    """For the ``response`` of an operation."""
    return dict.fromkeys(statuses, ProblemDetails)
