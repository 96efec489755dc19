"""Validate the arguments of ``start_payment``, and convert them to plain values."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, fields, replace
from typing import Any, TypeVar

from django.core.serializers.json import DjangoJSONEncoder
from django.utils.functional import Promise

from wagtail_khalti.database.characters import is_whole, unsupported_characters
from wagtail_khalti.exceptions import AmountTooLarge, AmountTooSmall, BreakdownMismatch
from wagtail_khalti.gateway import BreakdownLine, Product
from wagtail_khalti.models.inventory import Reservation
from wagtail_khalti.money import MINIMUM, Paisa, format_rupees, require_paisa
from wagtail_khalti.questions import Answer, QuestionKind

MAX_ANSWERS_SIZE = 200_000  # characters; twenty long answers of a form have a quarter of it

MAX_UNITS = 1_000_000_000  # no database overflows, also with a sum of them

Given = TypeVar("Given")  # a dataclass


def plain(given: Given) -> Given:
    """The dataclass ``given`` with all lazy texts, such as translations, in the active language."""
    lazy = {field.name: getattr(given, field.name) for field in fields(given)}  # type: ignore[arg-type]
    return replace(given, **{n: plain_text(v, n) for n, v in lazy.items() if isinstance(v, str | Promise)})  # type: ignore[type-var]


def plain_text(text: object, name: str) -> str:
    """Raises ``TypeError`` if it isn't text, and ``ValueError`` if no database can store it."""
    if not isinstance(text, str | Promise):
        raise TypeError(f"{name} must be text, not {text!r}")
    plain = str(text)
    if "\x00" in plain or not is_whole(plain):
        raise ValueError(f"{name} has characters that can't be stored: NUL, or a lone surrogate")
    return plain


def plain_json(values: Mapping[str, Any] | None, name: str) -> dict[str, Any]:
    """As it will be read back: lazy texts, UUIDs, dates and decimals become text.

    Raises ``TypeError`` if JSON can't represent it, and ``ValueError`` if no database can store it.
    """
    try:
        encoded = json.dumps(dict(values or {}), cls=DjangoJSONEncoder, allow_nan=False, ensure_ascii=False)
    except TypeError as error:
        raise TypeError(f"{name} can't be encoded as JSON: {error}") from None
    except ValueError as error:
        raise ValueError(f"{name} can't be encoded as JSON: {error}") from None
    if "\\u0000" in encoded or not is_whole(encoded):
        raise ValueError(f"{name} has characters that can't be stored: NUL, or a lone surrogate")
    plain_values: dict[str, Any] = json.loads(encoded)
    return plain_values


def plain_answers(answers: Iterable[Answer]) -> list[dict[str, Any]]:
    """As they are stored. The errors never contain what was answered."""
    plain_values = [asdict(_plain_answer(answer)) for answer in answers]
    size = sum(len(text) for values in plain_values for text in values.values() if isinstance(text, str))
    if size > MAX_ANSWERS_SIZE:
        raise ValueError(f"answers are too long: at most {MAX_ANSWERS_SIZE} characters together, not {size}")
    return plain_values


def _plain_answer(answer: Answer) -> Answer:
    if not isinstance(answer, Answer):
        raise TypeError(f"An answer is an Answer, not {type(answer).__name__}")
    if not isinstance(answer.value, str | Promise | bool | None):
        raise TypeError(f"The value of an answer is text, a bool or None, not {type(answer.value).__name__}")
    if not isinstance(answer.on_receipt, bool):
        raise TypeError("on_receipt of an answer is a bool")
    answer = replace(answer, kind=QuestionKind(answer.kind))
    if any(map(unsupported_characters, (plain_text(answer.label, "label"), str(answer.value)))):
        raise ValueError("An answer has characters that the database can't store")
    return plain(answer)


def require_valid_amount(amount: object, breakdown: Iterable[BreakdownLine], *, largest: Paisa) -> None:
    """Raises ``TypeError``, ``AmountTooSmall``, ``AmountTooLarge`` or ``BreakdownMismatch``."""
    paisa = require_paisa(amount, "An amount")
    if paisa < MINIMUM:
        raise AmountTooSmall(f"{paisa} paisa is below Khalti's minimum of {format_rupees(MINIMUM)}")
    if paisa > largest:
        message = f"{paisa} paisa is above this merchant's maximum of {format_rupees(largest)}"
        raise AmountTooLarge(message, largest=largest)
    lines = [require_paisa(line.amount, "The amount of a line") for line in breakdown]
    if lines and sum(lines) != paisa:
        raise BreakdownMismatch(f"The breakdown adds up to {sum(lines)} paisa, the amount is {paisa}")


def require_valid_products(products: Iterable[Product]) -> None:
    """Raises ``TypeError`` if a price or a quantity isn't a whole number."""
    for product in products:
        for name in ("quantity", "unit_price", "total_price"):
            require_paisa(asdict(product)[name], f"{name} of a product")


def require_valid_reservation(reservation: Reservation | None) -> None:
    """Raises ``TypeError`` or ``ValueError``."""
    if reservation is None:
        return
    for name, value, least in (("units", reservation.units, 1), ("limit", reservation.limit, 0)):
        if not isinstance(value, int) or isinstance(value, bool):
            raise TypeError(f"{name} of a reservation must be a whole number, not {value!r}")
        if not least <= value <= MAX_UNITS:
            raise ValueError(f"{name} of a reservation is {value}, must be from {least} to {MAX_UNITS}")
    if not plain_text(reservation.key, "key"):
        raise ValueError("key of a reservation is empty: it names what is limited")
