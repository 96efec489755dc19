"""What of the site a payment refers to, and how it stores that: where it started, and what it is for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import models


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where on the site the payment started."""

    owner: models.Model | None = None
    """The page or snippet that holds the block."""

    block_path: str = ""
    """Wagtail's content path of the block in it, such as ``body.<uuid>.checkout``."""

    offer: str = ""
    """The signed offer, for another attempt."""

    thank_you_page: str = ""
    """Primary key of the thank-you page; empty if the block has none."""


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
    }


def payable_columns(payable: models.Model) -> dict[str, Any]:
    """``payable_type`` and ``payable_id``, which are the same for one object however it was read, and its class."""
    return {
        "payable_type": payable_type_of(type(payable)),
        "payable_id": payable_id_of(payable),
        "payable_class": ContentType.objects.get_for_model(payable),
    }


def payable_type_of(model: type[models.Model]) -> ContentType:
    """With multi-table inheritance one row can be read as several classes that share its key: the topmost one."""
    key = model._meta.pk
    while isinstance(key, models.OneToOneField) and key.remote_field.parent_link:
        model = key.remote_field.model
        key = model._meta.pk
    return ContentType.objects.get_for_model(model)


def payable_id_of(payable: models.Model) -> str:
    """As the database returns it: a UUID written with other dashes is the same key."""
    return str(payable._meta.pk.to_python(payable.pk))
