"""The OpenAPI document, where ninja's own needs more: problems have a content type and headers of their own."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from wagtail_khalti.api.problems import CONTENT_TYPE

JSON = "application/json"
SECONDS = {"description": "Seconds to wait.", "schema": {"type": "integer"}}
HEADERS: dict[int, dict[str, Any]] = {
    201: {"Location": {"description": "The address of what was made.", "schema": {"type": "string"}}},
    401: {"WWW-Authenticate": {"schema": {"type": "string"}}},
    429: {"Retry-After": SECONDS},
    503: {"Retry-After": SECONDS},
}
REQUESTS = ("StartOffer", "StartPayable", "CustomerIn", "RetryIn", "VerifyIn", "RefundIn")


def complete(document: dict[str, Any]) -> dict[str, Any]:
    """Changes it."""
    for operation in _operations(document):
        operation["security"] = [*operation.get("security", []), {}]  # or nothing, where anybody may call
        for status, response in operation["responses"].items():
            _complete_response(int(status), response)
    for name in REQUESTS:  # code generators make members with a default required
        for member in document["components"]["schemas"].get(name, {}).get("properties", {}).values():
            member.pop("default", None)
    return document


def _complete_response(status: int, response: dict[str, Any]) -> None:
    if status >= 400:
        response["content"] = {CONTENT_TYPE: response["content"].pop(JSON)}
    if status in HEADERS:
        response["headers"] = HEADERS[status]


def _operations(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for path in document["paths"].values():
        yield from path.values()
