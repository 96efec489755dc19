"""What is stored, and why, by column. A test fails where a column is missing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import models

from wagtail_khalti.privacy.registry.columns import ERASING, Columns, Treatment
from wagtail_khalti.privacy.registry.history import HISTORY
from wagtail_khalti.privacy.registry.others import OTHERS
from wagtail_khalti.privacy.registry.payments import PAYMENT

REGISTRY: tuple[Columns, ...] = (*PAYMENT, *HISTORY, *OTHERS)

__all__ = ["ERASING", "REGISTRY", "Columns", "Treatment", "blank_values", "columns_with", "models_with"]


def columns_with(treatment: Treatment, model: type[models.Model]) -> list[str]:
    """The names of the columns of a model that are treated so."""
    chosen = [columns for columns in REGISTRY if columns.model is model and columns.treatment is treatment]
    return [name for columns in chosen for name in columns.names]


def models_with(treatment: Treatment) -> list[type[models.Model]]:
    """Each once, in the order of the registry."""
    return list(dict.fromkeys(columns.model for columns in REGISTRY if columns.treatment is treatment))


def blank_values(model: type[models.Model]) -> Mapping[str, Any]:
    """What the columns that are erased become."""
    fields = [model._meta.get_field(name) for name in columns_with(Treatment.CLEARED, model)]
    return {field.name: _blank(field) for field in fields if isinstance(field, models.Field)}


def _blank(field: models.Field[Any, Any]) -> Any:
    if field.null:
        return None
    return field.get_default() if isinstance(field, models.JSONField) else ""
