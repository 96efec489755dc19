"""What a call says: who calls, and with which data."""

import hashlib
import json
from typing import Any

from django.http import HttpRequest

from .answers import Refusal, not_authenticated

NEVER_VALID = "invalid-key"
FORM_TYPES = {"application/x-www-form-urlencoded", "multipart/form-data"}
NESTED = {"customer_info", "amount_breakdown", "product_details"}  # a form can't carry them


def key_hash_of(request: HttpRequest) -> str:
    """Any key opens its own drawer, except the one that never does. The key itself is not kept."""
    keyword, *rest = request.headers.get("Authorization", "").split() or [""]
    if keyword.casefold() != "key":
        raise not_authenticated("Authentication credentials were not provided.")
    # Simulator's own: these two, in the words of Django REST framework.
    if not rest:
        raise not_authenticated("Invalid token header. No credentials provided.")
    if len(rest) > 1:
        raise not_authenticated("Invalid token header. Token string should not contain spaces.")
    if rest[0] == NEVER_VALID:
        raise not_authenticated("Invalid token.")
    return hashlib.sha256(rest[0].encode("utf-8", "surrogateescape")).hexdigest()


def data_of(request: HttpRequest) -> Any:
    if request.content_type in FORM_TYPES:
        return {name: value for name, value in request.POST.items() if name not in NESTED}
    if not request.body:
        return {}
    # Simulator's own: these two, in the words of Django REST framework.
    if request.content_type != "application/json":
        raise Refusal(415, {"detail": f'Unsupported media type "{request.content_type}" in request.'})
    try:
        return json.loads(request.body, parse_constant=_no_constant)
    except (ValueError, RecursionError) as wrong:
        raise Refusal(400, {"detail": f"JSON parse error - {wrong}"}) from wrong


def _no_constant(name: str) -> None:
    raise ValueError(f"Out of range float values are not JSON compliant: {name}")
