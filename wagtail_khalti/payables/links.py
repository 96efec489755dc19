"""The address of the page on which a payable is paid, a signed reference to it; and of its payments for staff."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.core.signing import BadSignature, Signer
from django.db import models
from django.urls import reverse

from wagtail_khalti.models import KhaltiPayment
from wagtail_khalti.models.sources import payable_id_of, payable_type_of
from wagtail_khalti.payables.registry import is_payable_model

SALT = "wagtail_khalti.payable"
MAX_TOKEN_LENGTH = 600


def pay_url(payable: models.Model, *, next_url: str = "") -> str:
    """A path of this site, without an end date. Whoever has it may see what is to be paid, and pay it.

    ``next_url`` is where the visitor goes afterwards, a path of this site.
    """
    if not is_payable_model(type(payable)):
        raise TypeError(f"Decorate {type(payable).__name__} with @register_payable, or make it a PayableModel")
    token = Signer(salt=SALT).sign_object([payable._meta.label_lower, payable_id_of(payable)])
    query = f"?{urlencode({'next': next_url})}" if next_url else ""
    return reverse("wagtail_khalti:pay", args=[token]) + query


def payments_admin_url(payable: models.Model) -> str:
    """Its payments in Wagtail's admin. Only staff with the permission see something there."""
    payable_type: ContentType = payable_type_of(type(payable))
    query = urlencode({"payable": f"{payable_type.pk}-{payable_id_of(payable)}"})
    return f"{reverse('khalti_payments:index')}?{query}"


def payable_of_token(token: str) -> Any:
    """The payable as it is now; None if the link isn't one of ours, or the payable is gone."""
    if len(token) > MAX_TOKEN_LENGTH or not token.isascii():
        return None
    try:
        label, key = Signer(salt=SALT).unsign_object(token)
        model = apps.get_model(label)
    except (BadSignature, LookupError, ValueError):
        return None
    return _found(model, key) if is_payable_model(model) else None


def pay_url_again(payment: KhaltiPayment) -> str:
    """For another attempt to pay for the same; empty if it is no payable, is gone, or is paid for."""
    model = payment.payable_class.model_class() if payment.payable_class else None
    if model is None or not is_payable_model(model):
        return ""
    payable = _found(model, payment.payable_id)
    if payable is None or payment.primary_for_same_payable():
        return ""
    return pay_url(payable, next_url=payment.success_url if payment.success_url.startswith("/") else "")


def _found(model: type[models.Model], key: str) -> models.Model | None:
    try:
        return model._default_manager.filter(pk=key).first()
    except (ValueError, ValidationError):
        return None  # the type of its key has changed
