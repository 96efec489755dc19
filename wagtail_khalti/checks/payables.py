"""Checks of the site's models that are paid for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.apps import AppConfig, apps
from django.contrib.contenttypes.fields import GenericRelation
from django.core.checks import CheckMessage, Error, Warning  # noqa: A004 - Django's own name
from django.db import models

from wagtail_khalti.models import KhaltiPayment
from wagtail_khalti.payables import KhaltiPayments, PayableModel, registered_payables

NAMED = ("payment_rupees", "payment_paisa", "payment_user")
NEEDED = ("get_payment_details", "can_be_paid_by", "can_be_seen_by")


def check_payables(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """What they say about their payments, and their relation to them."""
    return [message for model in apps.get_models() for message in _about(model)]


def _about(model: type[models.Model]) -> Iterator[CheckMessage]:
    relations = [field for field in model._meta.private_fields if _leads_to_payments(field)]
    is_payable = issubclass(model, PayableModel) or model in registered_payables().values()
    if (relations or is_payable) and isinstance(model._meta.pk, models.CompositePrimaryKey):
        yield Error(
            f"{model._meta.label} has a composite primary key, so no payment can refer to it.",
            hint="Give it a key of one column.",
            obj=model,
            id="wagtail_khalti.E023",
        )
    if is_payable:
        yield from _about_details(model)
    for relation in relations:
        if not isinstance(relation, KhaltiPayments):
            yield Warning(
                f"{model._meta.label}.{relation.name} doesn't protect what is paid: deleting an object deletes its "
                "payments, or fails.",
                hint=f"Write {relation.name} = KhaltiPayments(), from wagtail_khalti.payables.",
                obj=model,
                id="wagtail_khalti.W025",
            )


def _about_details(model: type[models.Model]) -> Iterator[CheckMessage]:
    missing = [name for name in NEEDED if not callable(getattr(model, name, None))]
    if issubclass(model, PayableModel) and _says_no_amount(model):
        missing = ["payment_rupees, or get_payment_details"]
    unknown = [name for name in NAMED if not _has(model, getattr(model, name, ""))]
    reasons = [f"it has no {', '.join(missing)}"] if missing else []
    reasons += [f"{name} is {getattr(model, name)!r}, which it doesn't have" for name in unknown]
    if reasons:
        yield Error(
            f"{model._meta.label} can't be paid for: {'; '.join(reasons)}.",
            hint="A payable says what has to be paid, and who may pay it.",
            obj=model,
            id="wagtail_khalti.E024",
        )


def _says_no_amount(model: type[PayableModel]) -> bool:
    is_inherited = all(
        getattr(model, name) is getattr(PayableModel, name) for name in ("get_payment_details", "get_payment_amount")
    )
    return is_inherited and not (model.payment_rupees or model.payment_paisa)


def _has(model: type[models.Model], path: str) -> bool:
    """Only the first step: what follows is an attribute of another object."""
    first = path.split("__")[0]
    return not first or hasattr(model, first) or first in {field.name for field in model._meta.get_fields()}


def _leads_to_payments(field: Any) -> bool:
    return isinstance(field, GenericRelation) and field.related_model is KhaltiPayment
