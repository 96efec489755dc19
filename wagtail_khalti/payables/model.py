"""The mixin for a site's own models that are paid for."""

from __future__ import annotations

from decimal import Decimal
from functools import reduce
from typing import Any, ClassVar

from asgiref.sync import sync_to_async
from django.db import models
from django.http import HttpRequest

from wagtail_khalti.models import KhaltiPayment
from wagtail_khalti.money import Paisa, require_paisa, to_paisa
from wagtail_khalti.payables.details import PaymentDetails
from wagtail_khalti.payables.links import pay_url, payments_admin_url
from wagtail_khalti.payables.paid import payment_that_paid
from wagtail_khalti.payables.pay import pay
from wagtail_khalti.payables.registry import has_pay_page
from wagtail_khalti.payables.relation import KhaltiPayments
from wagtail_khalti.payables.state import PayableQuerySet


@has_pay_page
class PayableModel(models.Model):
    """An abstract model with the payments of an object, and ``pay`` to start one.

    Three names of fields, attributes or methods say what most sites need, also of a related object, such as
    ``course__price``. Override ``get_payment_details`` for all else.
    """

    payment_rupees: ClassVar[str] = ""
    """What has to be paid, in rupees: a ``Decimal`` or an ``int``."""

    payment_paisa: ClassVar[str] = ""
    """Instead of it, in paisa: an ``int``."""

    payment_user: ClassVar[str] = ""
    """Whose payment it is: a user, who may pay it and see it through the JSON API, too."""

    payments = KhaltiPayments()

    objects: ClassVar = PayableQuerySet.as_manager()

    class Meta:
        abstract = True

    def get_payment_details(self) -> PaymentDetails:
        """What is to be paid for it now. A ``PaymentError`` says that it can't be paid."""
        return PaymentDetails(amount=self.get_payment_amount(), user=self.get_payment_user())

    def get_payment_amount(self) -> Paisa:
        """What has to be paid, in paisa."""
        if self.payment_paisa:
            return require_paisa(_value(self, self.payment_paisa), self.payment_paisa)
        if self.payment_rupees:
            rupees = _value(self, self.payment_rupees)
            if isinstance(rupees, bool | float):
                raise TypeError(f"{self.payment_rupees} is a Decimal or an int of rupees, not {rupees!r}")
            return to_paisa(Decimal(rupees))
        raise NotImplementedError(f"{type(self).__name__} needs payment_rupees, or a method get_payment_details")

    def get_payment_user(self) -> Any:
        """Whose payment it is; None if that is nobody's, or a visitor's without an account."""
        return _value(self, self.payment_user) if self.payment_user else None

    def can_be_paid_by(self, user: Any) -> bool:
        """Only its user through the JSON API, and nobody if it has none, unless the site says otherwise."""
        owner = self.get_payment_user()
        return bool(owner and owner.pk is not None and user and user.is_authenticated and owner.pk == user.pk)

    def can_be_seen_by(self, user: Any) -> bool:
        """Those who may pay it, unless the site says otherwise."""
        return self.can_be_paid_by(user)

    def pay(self, request: HttpRequest | None = None, **options: Any) -> KhaltiPayment:
        """Start its payment, or go on with the open one. See ``wagtail_khalti.payables.pay``."""
        return pay(self, request, **options)

    async def apay(self, request: HttpRequest | None = None, **options: Any) -> KhaltiPayment:
        """The same from async code."""
        return await sync_to_async(self.pay, thread_sensitive=True)(request, **options)

    def get_pay_url(self) -> str:
        """The page on which it is paid, for a button or a mail: a path of this site."""
        return pay_url(self)

    def get_payment_that_paid(self, request: HttpRequest | None = None) -> KhaltiPayment | None:
        """None if it isn't paid for, or was fully refunded. See ``wagtail_khalti.payables.payment_that_paid``."""
        return payment_that_paid(self, request)

    def get_payments_admin_url(self) -> str:
        """Its payments in Wagtail's admin. Only staff with the permission see something there."""
        return payments_admin_url(self)


def _value(payable: models.Model, path: str) -> Any:
    """Of a field, attribute or method, also of a related object."""
    value = reduce(getattr, path.split("__"), payable)
    return value() if callable(value) else value
