"""The payments of an object, which protect it from being deleted."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any

from django.contrib.contenttypes.fields import GenericRelation, ReverseGenericManyToOneDescriptor
from django.contrib.contenttypes.models import ContentType
from django.db import DEFAULT_DB_ALIAS, models

from wagtail_khalti.conf import Mode
from wagtail_khalti.models import KhaltiPayment
from wagtail_khalti.models.sources import payable_id_of, payable_type_of
from wagtail_khalti.models.status import PAID, Status
from wagtail_khalti.payables.modes import counted_modes

AT_KHALTI = (Status.INITIATED, Status.PENDING)


class KhaltiPayments(GenericRelation):
    """``payments = KhaltiPayments()`` in any model that is paid for, as ``PayableModel`` has it.

    An object that is paid, or is being paid at Khalti, can't be deleted: ``ProtectedError``. Its other payments stay
    when it is deleted. With multi-table inheritance it can stand in any of the classes.
    """

    def __init__(self, **options: Any) -> None:
        names = {"content_type_field": "payable_type", "object_id_field": "payable_id"}
        super().__init__(KhaltiPayment, **{**options, **names})

    def contribute_to_class(self, cls: type[models.Model], name: str, *args: Any, **kwargs: Any) -> None:
        super().contribute_to_class(cls, name, *args, **kwargs)
        rel: Any = self.remote_field
        setattr(cls, self.name, PaymentsDescriptor(rel))

    def get_content_type(self) -> ContentType:
        return payable_type_of(self.model)

    def bulk_related_objects(
        self, objs: Sequence[models.Model], using: str = DEFAULT_DB_ALIAS
    ) -> models.QuerySet[KhaltiPayment]:
        """What is deleted with these objects: nothing. Raises ``ProtectedError`` if one of them must stay."""
        keys = {payable_id_of(obj) for obj in objs}
        found = KhaltiPayment.objects.filter(payable_type=self.get_content_type(), payable_id__in=keys)
        protecting = found.filter(status__in=[*PAID, *AT_KHALTI], mode__in={Mode.LIVE, *counted_modes()})
        # MariaDB takes "a" for "A".
        paid: set[models.Model] = {payment for payment in protecting if payment.payable_id in keys}
        if paid:
            raise models.ProtectedError(
                f"Cannot delete {self.model._meta.verbose_name}: it is paid for, or is being paid for.", paid
            )
        return KhaltiPayment.objects.none()


class PaymentsDescriptor(ReverseGenericManyToOneDescriptor):
    """``order.payments``, also where the order is read as a class below that of ``payable_type``."""

    @cached_property
    def related_manager_cls(self) -> type[Any]:
        base: Any = super().related_manager_cls

        class PaymentManager(base):  # type: ignore[misc]  # made by Django at runtime
            def __init__(self, instance: models.Model) -> None:
                super().__init__(instance)
                self.get_content_type = lambda obj, **_options: payable_type_of(type(obj))
                self.content_type = payable_type_of(type(instance))
                self.core_filters = {"payable_type": self.content_type.pk, "payable_id": payable_id_of(instance)}

        return PaymentManager
