"""The receipt as a PDF, where the extra ``wagtail-khalti[pdf]`` is installed.

Typst draws and copies Devanagari right. Everything typed by people is passed to it as data, never as source.
"""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Mapping
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from django.utils.translation import get_language

from wagtail_khalti.models import KhaltiPayment
from wagtail_khalti.models.references import number_format

logger = logging.getLogger(__name__)

TEMPLATE = Path(__file__).parent / "receipt.typ"
FONT_PACKAGE = "fontpkg_noto_sans_devanagari"
PANIC = "PanicException"
"""What a failed assertion of Typst's becomes. It is no ``Exception``, and would end a worker or the thread that sends
mails: a syllable of more than 256 characters is enough, as anybody can type one."""


@cache
def has_pdf() -> bool:
    """Whether the extra is installed. Doesn't load it: Typst is large, and most processes never need it."""
    return all(find_spec(package) for package in ("typst", FONT_PACKAGE))


def pdf_of(receipt: Mapping[str, Any]) -> bytes | None:
    """``receipt``: the fields of a ``Receipt``, in the active language. Takes a few milliseconds.

    None without the extra, or if Typst fails. Never raises.
    """
    if not has_pdf():
        return None
    language = (get_language() or "").split("-")[0]
    language = language if re.fullmatch("[a-z]{2,3}", language) else "en"  # Typst knows no others
    try:
        return _compile({**receipt, "language": language})
    except BaseException as error:
        if not isinstance(error, Exception) and type(error).__name__ != PANIC:
            raise
        logger.exception("A receipt could not be made as a PDF")
        return None


def pdf_name(payment: KhaltiPayment) -> str:
    """``receipt-2083-84-00042.pdf``"""
    year, number = payment.receipt_year, payment.receipt_number
    if year is None or number is None:
        return f"receipt-{payment.reference}.pdf"
    written = re.sub(r"[^A-Za-z0-9]+", "-", number_format().write(year, number)).strip("-")
    return f"{'test-' if payment.is_test else ''}receipt-{written}.pdf"


def _compile(data: Mapping[str, Any]) -> bytes:
    """Without system fonts: one of them may have Devanagari without its conjuncts."""
    pdf: bytes = import_module("typst").compile(
        TEMPLATE.read_bytes(),
        font_paths=_fonts(),
        ignore_system_fonts=True,
        sys_inputs={"data": json.dumps(data)},
        format="pdf",
    )
    return pdf


@cache
def _fonts() -> Any:
    """Read once per process: Noto Sans Devanagari, which has Latin letters, too, and those that Typst comes with."""
    folder = import_module(FONT_PACKAGE).ROOT / "files"
    return import_module("typst").Fonts(include_system_fonts=False, font_paths=[folder])
