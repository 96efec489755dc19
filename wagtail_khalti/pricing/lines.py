"""The label of a line with a quantity."""

from __future__ import annotations

from wagtail_khalti.formatting import format_number


def line_label(name: str, quantity: int) -> str:
    """``Membership x 3``, in the active language; a quantity of one isn't mentioned."""
    return f"{name} × {format_number(quantity)}" if quantity > 1 else name
