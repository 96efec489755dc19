"""The payables that programs may name in the JSON API."""

from __future__ import annotations

from typing import TypeVar

from django.db import models

Model = TypeVar("Model", bound=type[models.Model])

_registered: dict[str, type[models.Model]] = {}


def register_payable(model: Model) -> Model:
    """Let programs start payments for objects of this model: a decorator of a class that is a ``Payable``.

    ``can_be_paid_by`` and ``can_be_seen_by`` decide about each object.
    """
    _registered[model._meta.label_lower] = model
    return model


def registered_payables() -> dict[str, type[models.Model]]:
    """By their label, such as ``shop.order``."""
    return dict(_registered)
