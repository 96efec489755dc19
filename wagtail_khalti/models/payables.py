"""How a payment names the thing of the site's that it is for."""

from __future__ import annotations

from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import models


def payable_columns(payable: models.Model) -> dict[str, Any]:
    """``payable_type`` and ``payable_id``, which are the same for one thing however it was read, and its class."""
    return {
        "payable_type": ContentType.objects.get_for_model(_root_of(type(payable))),
        "payable_id": _key_of(payable),
        "payable_class": ContentType.objects.get_for_model(payable),
    }


def _root_of(model: type[models.Model]) -> type[models.Model]:
    """With multi-table inheritance one row is read as several classes, which share its key: the topmost of them."""
    key = model._meta.pk
    while isinstance(key, models.OneToOneField) and key.remote_field.parent_link:
        model = key.remote_field.model
        key = model._meta.pk
    return model


def _key_of(payable: models.Model) -> str:
    """As the database gives it back: a UUID that was written with other dashes is the same key."""
    return str(payable._meta.pk.to_python(payable.pk))
