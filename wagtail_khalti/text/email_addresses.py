"""Validate and mask e-mail addresses."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.core.validators import validate_email


def is_address(text: str) -> bool:
    """Whether it is one e-mail address and nothing else."""
    try:
        validate_email(text)
    except ValidationError:
        return False
    return True


def masked_address(address: str) -> str:
    """``s…@example.com``: enough to recognise your own."""
    name, _at, host = address.rpartition("@")
    return f"{name[:1]}…@{host}" if name and host else ""
