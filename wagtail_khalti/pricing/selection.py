"""What a visitor chooses, for every kind of price."""

from __future__ import annotations

from dataclasses import dataclass

from wagtail_khalti.money import Paisa


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Each kind of price reads what it asks for, and ignores the rest."""

    quantity: int = 1
    """How many, of a fixed price."""

    amount: Paisa | None = None
    """An amount that the payer chose; None before."""

    quantities: tuple[tuple[str, int], ...] = ()
    """How many of which option of a price list, by the option's ID; without zeros, in the order of the list."""
