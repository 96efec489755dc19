"""What a call says: who calls, and with which data."""

import hashlib
import json
import re
from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest

from wagtail_khalti.simulator.disturbance.faults import Endpoint
from wagtail_khalti.simulator.models import MAX_SUBJECT_LENGTH, SimulatedPayment
from wagtail_khalti.simulator.responses import Refusal, not_authenticated

NEVER_VALID = "invalid-key"
FORM_TYPES = {"application/x-www-form-urlencoded", "multipart/form-data"}
NESTED = {"customer_info", "amount_breakdown", "product_details"}  # a form can't carry them

SUBJECT: Mapping[Endpoint, str] = {"initiate": "purchase_order_id", "lookup": "pidx", "refund": "pidx"}
"""By which of its names a call is about a payment."""

_unstorable = re.compile("[\x00\ud800-\udfff]")


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


def subject_of(endpoint: Endpoint, request: HttpRequest, *, transaction_id: str = "") -> str:
    """Which payment the call is about, as far as it says so; asked of every call, so it never refuses one."""
    if transaction_id:  # said in the address; everybody else knows the payment by its pidx
        payment = SimulatedPayment.of_transaction(transaction_id)
        return payment.pidx if payment else ""
    try:
        if request.content_type in FORM_TYPES:
            value = request.POST[SUBJECT[endpoint]]
        else:
            value = json.loads(request.body)[SUBJECT[endpoint]]
    except (ValueError, KeyError, TypeError, RecursionError):
        return ""
    return as_subject(value)


def as_subject(value: Any) -> str:
    return _unstorable.sub("", str(value))[:MAX_SUBJECT_LENGTH]


def _no_constant(name: str) -> None:
    raise ValueError(f"Out of range float values are not JSON compliant: {name}")
