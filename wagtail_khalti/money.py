"""Convert rupees and paisa, and format amounts."""

from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import NewType

from babel.numbers import format_decimal

from wagtail_khalti.numerals import speaks_nepali, with_numerals_of

Paisa = NewType("Paisa", int)

PAISA_PER_RUPEE = 100
MINIMUM = Paisa(1000)  # Khalti rejects amounts below Rs 10; exactly Rs 10 is accepted

# South Asian grouping: the last three digits, then pairs (lakh, crore).
_WHOLE = "#,##,##0"
_WITH_PAISA = "#,##,##0.00"


def to_paisa(rupees: Decimal) -> Paisa:
    """The same amount in paisa. Raises ``ValueError`` instead of rounding."""
    paisa = Fraction(rupees) * PAISA_PER_RUPEE if rupees.is_finite() else None
    if paisa is None or paisa.denominator != 1:
        raise ValueError(f"{rupees} rupees is not a whole number of paisa")
    return Paisa(paisa.numerator)


def to_rupees(paisa: int) -> Decimal:
    """The same amount in rupees, with two decimals."""
    return Decimal(f"{paisa}e-2")  # exact, whatever the site's decimal context


def require_paisa(value: object, what: str) -> Paisa:
    """Raises ``TypeError``: no ``float``, no ``Decimal``, no ``bool``."""
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError(f"{what} is an int of paisa, not {value!r}")
    return Paisa(value)


@lru_cache(maxsize=4096)  # a page or a table repeats the same amounts
def format_rupees(paisa: int, language: str | None = "en") -> str:
    """An amount as people read it: ``Rs 12,34,567.50``, or ``रु १२,३४,५६७.५०`` in Nepali."""
    pattern = _WITH_PAISA if paisa % PAISA_PER_RUPEE else _WHOLE
    number = with_numerals_of(language, format_decimal(to_rupees(abs(paisa)), format=pattern, locale="en"))
    symbol = "रु" if speaks_nepali(language) else "Rs"
    return f"{'-' if paisa < 0 else ''}{symbol}\N{NO-BREAK SPACE}{number}"
