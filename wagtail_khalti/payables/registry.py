"""The payables that programs may name in the JSON API, and that have a page on which they are paid."""

from __future__ import annotations

from typing import TypeVar

from django.db import models

Model = TypeVar("Model", bound=type[models.Model])

_registered: dict[str, type[models.Model]] = {}
_with_page: set[type[models.Model]] = set()


def register_payable(model: Model) -> Model:
    """Let programs start payments for objects of this model: a decorator of a class that is a ``Payable``.

    ``can_be_paid_by`` and ``can_be_seen_by`` decide about each object.
    """
    _registered[model._meta.label_lower] = model
    return model


def registered_payables() -> dict[str, type[models.Model]]:
    """By their label, such as ``shop.order``."""
    return dict(_registered)


def has_pay_page(model: Model) -> Model:
    """A base class, each of whose subclasses can be paid for on our page without being registered."""
    _with_page.add(model)
    return model


def is_payable_model(model: type[models.Model]) -> bool:
    """Whether a signed link may lead to an object of this class."""
    return issubclass(model, tuple({*_registered.values(), *_with_page}))
