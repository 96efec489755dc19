"""How a payment refers to its payable, an object of the site."""

from __future__ import annotations

from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import models


def payable_columns(payable: models.Model) -> dict[str, Any]:
    """``payable_type`` and ``payable_id``, which are the same for one object however it was read, and its class."""
    return {
        "payable_type": ContentType.objects.get_for_model(_root_of(type(payable))),
        "payable_id": _key_of(payable),
        "payable_class": ContentType.objects.get_for_model(payable),
    }


def _root_of(model: type[models.Model]) -> type[models.Model]:
    """With multi-table inheritance one row can be read as several classes that share its key: the topmost one."""
    key = model._meta.pk
    while isinstance(key, models.OneToOneField) and key.remote_field.parent_link:
        model = key.remote_field.model
        key = model._meta.pk
    return model


def _key_of(payable: models.Model) -> str:
    """As the database returns it: a UUID written with other dashes is the same key."""
    return str(payable._meta.pk.to_python(payable.pk))
