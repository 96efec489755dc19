"""Validate and mask e-mail addresses."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

ENCODED_WORD = "=?"
"""How one begins, of RFC 2047."""


def is_address(text: str) -> bool:
    """Whether it is one e-mail address and nothing else, and mail can be sent to it.

    Django's mail backends can't send to ``सीता@example.com``, whatever the mail server supports.
    """
    try:
        validate_email(text)
        text.rpartition("@")[2].encode("idna")
    except (ValidationError, UnicodeError):
        return False
    return has_plain_name(text)


def has_plain_name(address: str) -> bool:
    """Whether the part before the @ is in ASCII, and no encoded word: ``=?utf-8?q?sita=0A?=`` would be decoded."""
    name = address.rpartition("@")[0]
    return name.isascii() and ENCODED_WORD not in name


def masked_address(address: str) -> str:
    """``s…@example.com``: enough to recognise your own."""
    name, _at, host = address.rpartition("@")
    return f"{name[:1]}…@{host}" if name and host else ""
