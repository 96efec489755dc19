"""Rupees outside, paisa inside: the one place that converts and formats."""

from decimal import Decimal
from typing import NewType

from babel.numbers import format_decimal

Paisa = NewType("Paisa", int)

PAISA_PER_RUPEE = 100
MINIMUM = Paisa(1000)  # Khalti takes nothing below Rs 10; exactly Rs 10 is accepted

# South Asian grouping: the last three digits, then pairs (lakh, crore).
_WHOLE = "#,##,##0"
_WITH_PAISA = "#,##,##0.00"


def to_paisa(rupees: Decimal) -> Paisa:
    """The same sum in paisa. Raises ``ValueError`` rather than round."""
    paisa = rupees * PAISA_PER_RUPEE
    if paisa != paisa.to_integral_value():
        raise ValueError(f"{rupees} rupees is not a whole number of paisa")
    return Paisa(int(paisa))


def to_rupees(paisa: int) -> Decimal:
    """The same sum in rupees, with two decimals."""
    return (Decimal(paisa) / PAISA_PER_RUPEE).quantize(Decimal("0.01"))


def format_rupees(paisa: int, language: str | None = "en") -> str:
    """A sum as a person reads it: ``Rs 12,34,567.50``, or ``रु १२,३४,५६७.५०`` where Nepali is spoken."""
    is_nepali = (language or "").split("-")[0] == "ne"
    pattern = _WITH_PAISA if paisa % PAISA_PER_RUPEE else _WHOLE
    number = format_decimal(
        to_rupees(paisa),
        format=pattern,
        locale="ne" if is_nepali else "en",
        numbering_system="deva" if is_nepali else "latn",
    )
    symbol = "रु" if is_nepali else "Rs"
    return f"{symbol}\N{NO-BREAK SPACE}{number}"
