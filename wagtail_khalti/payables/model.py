"""The mixin for a site's own models that are paid for."""

from __future__ import annotations

from typing import Any

from django.contrib.contenttypes.fields import GenericRelation
from django.db import models
from django.http import HttpRequest

from wagtail_khalti.models import KhaltiPayment
from wagtail_khalti.payables.details import PaymentDetails
from wagtail_khalti.payables.pay import pay


class PayableModel(models.Model):
    """An abstract model with the payments of an object, and ``pay`` to start one."""

    payments = GenericRelation(
        "wagtail_khalti.KhaltiPayment", content_type_field="payable_type", object_id_field="payable_id"
    )

    class Meta:
        abstract = True

    def get_payment_details(self) -> PaymentDetails:
        """What is to be paid for it now."""
        raise NotImplementedError(f"{type(self).__name__} needs a method get_payment_details")

    def can_be_paid_by(self, user: Any) -> bool:
        """Nobody, through the JSON API, unless the site says so."""
        return False

    def can_be_seen_by(self, user: Any) -> bool:
        """Those who may pay it, unless the site says otherwise."""
        return self.can_be_paid_by(user)

    def pay(self, request: HttpRequest | None = None, **options: Any) -> KhaltiPayment:
        """Start its payment, or go on with the open one. See ``wagtail_khalti.payables.pay``."""
        return pay(self, request, **options)
