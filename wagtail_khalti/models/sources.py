"""Where on the site a payment started, and how the payment stores it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import models


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where on the site the payment started, and where to go from there."""

    owner: models.Model | None = None
    """The page or snippet that holds the block."""

    block_path: str = ""
    """Wagtail's content path of the block in it, such as ``body.<uuid>.checkout``."""

    offer: str = ""
    """The signed offer, for another attempt."""

    thank_you_page: str = ""
    """Primary key of the thank-you page; empty if the block has none."""

    success_url: str = ""
    """Where to go after success instead; set by code, never by editors or visitors."""

    back_url: str = ""
    """Where "Back" leads."""


def source_columns(source: Source) -> dict[str, Any]:
    """As columns of a payment."""
    owner = source.owner
    return {
        "source_type": None if owner is None else ContentType.objects.get_for_model(owner),
        "source_id": "" if owner is None else str(owner.pk),
        "source_title": "" if owner is None else str(owner)[:255],
        "block_path": source.block_path,
        "offer": source.offer,
        "thank_you_page": source.thank_you_page,
        "success_url": source.success_url,
        "back_url": source.back_url,
    }
