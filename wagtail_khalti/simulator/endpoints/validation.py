"""Khalti's rules for what a merchant may send, with Khalti's words for what is wrong."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator

MINIMUM = 1000  # paisa; accepted itself, although the message says "greater than"
MAXIMUM = 2**63 - 1  # Simulator's own: what the database holds. Khalti's maximum is a matter of contract

Check = Callable[[Any], Any]

_is_url = URLValidator(schemes=["http", "https"])
_single_word_host = re.compile(r"^(https?://)[a-z0-9][a-z0-9-]*(?=[:/?#]|$)", re.IGNORECASE)
_unstorable = re.compile("[\x00\ud800-\udfff]")


class Invalid(Exception):
    def __init__(self, errors: Any) -> None:
        super().__init__(errors)
        self.errors: Any = [errors] if isinstance(errors, str) else errors


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What the merchant asks Khalti to collect."""

    return_url: str
    website_url: str
    amount: int
    purchase_order_id: str
    purchase_order_name: str
    amount_breakdown: list[dict[str, Any]]
    merchant_extras: list[tuple[str, str]]


def order_from(data: Any) -> Order:
    required = {
        "return_url": http_url,
        "website_url": http_url,
        "amount": payable,
        "purchase_order_id": text,
        "purchase_order_name": text,
    }
    values = members(data, required, {"amount_breakdown": breakdown, "customer_info": customer})
    values.pop("customer_info", None)  # checked as Khalti does, and not kept
    lines = values.pop("amount_breakdown", [])
    if lines and sum(line["amount"] for line in lines) != values["amount"]:
        raise Invalid({"amount": ["Amount Breakdown mismatch."]})
    return Order(**values, amount_breakdown=lines, merchant_extras=extras(data))


def members(data: Any, required: Mapping[str, Check], optional: Mapping[str, Check]) -> dict[str, Any]:
    if not isinstance(data, Mapping):
        kind = type(data).__name__
        raise Invalid({"non_field_errors": [f"Invalid data. Expected a dictionary, but got {kind}."]})

    values: dict[str, Any] = {}
    errors: dict[str, Any] = {}
    for name, check in {**required, **optional}.items():
        if data.get(name) is None:
            if name in required:
                errors[name] = [f"This field {'may not be null' if name in data else 'is required'}."]
            continue
        try:
            values[name] = check(data[name])
        except Invalid as wrong:
            errors[name] = wrong.errors
    if errors:
        raise Invalid(errors)
    return values


def text(value: Any) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise Invalid("Not a valid string.")
    stripped = str(value).strip()
    if not stripped:
        raise Invalid("This field may not be blank.")
    if _unstorable.search(stripped):
        raise Invalid("Null characters are not allowed.")
    return stripped


def http_url(value: Any) -> str:
    url = text(value)
    try:
        # Simulator's own: a host of one word passes, such as Django's "testserver" or a container's name.
        _is_url(_single_word_host.sub(r"\1localhost", url))
    except ValidationError as wrong:
        raise Invalid("Enter a valid URL.") from wrong
    return url


def integer(value: Any) -> int:
    # Simulator's own: 1300.0 passes as 1300, as it does in Django REST framework; Khalti's answer is unknown.
    try:
        number = int(re.sub(r"\.0*\s*$", "", str(value)))
    except ValueError as wrong:
        raise Invalid("A valid integer is required.") from wrong
    if abs(number) > MAXIMUM:
        raise Invalid(f"Ensure this value is less than or equal to {MAXIMUM}.")
    return number


def payable(value: Any) -> int:
    amount = integer(value)
    if amount < MINIMUM:
        raise Invalid("Amount should be greater than Rs. 10, that is 1000 paisa.")
    return amount


def refund_from(data: Any, *, is_by_bank: bool) -> int | None:
    """How much is to go back; ``None`` is all that is left. What came through a bank needs a mobile to go to."""
    # Simulator's own: an amount that is there but null is refused, or it would give back everything.
    required: dict[str, Check] = {"amount": refundable} if isinstance(data, Mapping) and "amount" in data else {}
    if is_by_bank:
        required["mobile"] = mobile
    return members(data, required, {}).get("amount")


def refundable(value: Any) -> int:
    # Simulator's own: a whole number of JSON and nothing else, because "50.00" may mean paisa or rupees.
    if type(value) is not int:
        raise Invalid("A valid integer is required.")
    if value < 1:
        raise Invalid("Ensure this value is greater than or equal to 1.")
    return value


def mobile(value: Any) -> str:
    number = text(value)
    if not re.fullmatch("[0-9]{10}", number):
        raise Invalid("Enter a valid mobile number.")  # Simulator's own words
    return number


def breakdown(value: Any) -> list[dict[str, Any]]:
    lines: list[dict[str, Any]] = []
    errors: list[Any] = []
    if not isinstance(value, list):
        raise Invalid({"non_field_errors": [f'Expected a list of items but got type "{type(value).__name__}".']})
    for line in value:
        try:
            lines.append(members(line, {"label": text, "amount": integer}, {}))
            errors.append({})
        except Invalid as wrong:
            errors.append(wrong.errors)
    if any(errors):
        raise Invalid(errors)
    return lines


def customer(value: Any) -> dict[str, Any]:
    return members(value, {"name": text}, {"email": text, "phone": text})


def extras(data: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Every ``merchant_…`` comes back in the callback; what isn't text comes back as JSON."""
    pairs = [
        (name, value if isinstance(value, str) else json.dumps(value))
        for name, value in data.items()
        if name.startswith("merchant_")
    ]
    wrong = [name for name, value in pairs if _unstorable.search(name + value)]
    if wrong:
        raise Invalid({"merchant_extras": ["Null characters are not allowed."]})
    return pairs
