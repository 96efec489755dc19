"""Amounts that an editor enters."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from wagtail_khalti.money import MINIMUM, Paisa, format_rupees, to_paisa, to_rupees

below_minimum = MinValueValidator(to_rupees(MINIMUM), message=_("Khalti's minimum is Rs 10."))


def paisa(value: Any) -> Paisa:
    """Code may set a number or a string. Raises ``ValueError`` or ``InvalidOperation``."""
    return to_paisa(Decimal(str(value)))


def above_maximum(largest: Paisa) -> ValidationError:
    return ValidationError(
        _("This site takes at most %(largest)s in one payment."),
        params={"largest": format_rupees(largest, get_language())},
    )
