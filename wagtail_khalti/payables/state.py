"""What is paid for many objects, in the query that lists them."""

from __future__ import annotations

from collections.abc import Collection
from contextlib import suppress
from typing import Any, TypeVar

from django.core.exceptions import FieldError
from django.db import models
from django.db.models import BigIntegerField, BooleanField, Case, F, OuterRef, Subquery, Sum, Value, When
from django.db.models.functions import Cast, Coalesce, Round

from wagtail_khalti.conf import Mode
from wagtail_khalti.models import KhaltiPayment
from wagtail_khalti.models.sources import payable_type_of
from wagtail_khalti.models.status import PAID
from wagtail_khalti.money import PAISA_PER_RUPEE
from wagtail_khalti.payables.key_as_text import KeyAsText, is_uuid_key
from wagtail_khalti.payables.modes import counted_modes

Row = TypeVar("Row", bound=models.Model)


class PayableQuerySet(models.QuerySet[Row]):
    """The queryset of ``PayableModel``, and a base class for one of your own."""

    def with_payment_state(self, *, rupees: Any = None, paisa: Any = None, mode: str | None = None) -> Any:
        """See ``wagtail_khalti.payables.with_payment_state``."""
        return with_payment_state(self, rupees=rupees, paisa=paisa, mode=mode)


def with_payment_state(
    queryset: models.QuerySet[Row], *, rupees: Any = None, paisa: Any = None, mode: str | None = None
) -> Any:
    """The same objects with ``is_paid``, ``amount_paid``, ``amount_refunded`` and ``amount_due``, in one query.

    Amounts are in paisa. ``amount_paid`` is all that Khalti confirmed, also of a duplicate payment, and
    ``amount_refunded`` what was, or is being, given back of it. ``is_paid``: one payment paid for it, and was not fully
    refunded. ``amount_due`` is the price until then, and 0 afterwards: ``rupees`` or ``paisa`` is its expression or
    name of a field. By default that of the model, ``payment_rupees`` or ``payment_paisa``; without one there is no
    ``amount_due``.

    Payments of the configured mode count, of live mode only if any account is live; ``mode`` chooses another. Raises
    ``ValueError`` for one that isn't a mode, with which nothing would be paid.
    """
    primary, paid = _payments_of(queryset.model, [Mode(mode)] if mode else counted_modes())
    states = {
        # Not Exists: PostgreSQL would read all payments first, also for a page of a few objects.
        "is_paid": Coalesce(Subquery(primary.values("is_primary")[:1]), Value(False), output_field=BooleanField()),
        "amount_paid": _sum_of(paid, "amount"),
        "amount_refunded": _sum_of(paid, "refund_total"),
    }
    stated: Any = queryset.annotate(**states)
    total = _total(queryset.model, rupees, paisa)
    due = Case(When(is_paid=True, then=Value(0)), default=total, output_field=BigIntegerField())
    if rupees is None and paisa is None:
        with suppress(FieldError):  # the price may be no column, but an attribute
            return stated.annotate(amount_due=due) if total is not None else stated
        return stated
    return stated.annotate(amount_due=due)


def _payments_of(
    model: type[models.Model], modes: Collection[str]
) -> tuple[models.QuerySet[KhaltiPayment], models.QuerySet[KhaltiPayment]]:
    """The primary payment of the outer object, and all that are paid."""
    key = KeyAsText(OuterRef("pk"), is_uuid=is_uuid_key(model))
    of_it = KhaltiPayment.objects.filter(payable_type=payable_type_of(model), payable_id=key, mode__in=modes).order_by()
    # As a list: SQLite uses no index where a column stands alone.
    return of_it.filter(is_primary__in=[True]), of_it.filter(status__in=PAID)


def _sum_of(payments: models.QuerySet[KhaltiPayment], column: str) -> Coalesce:
    total = payments.values("payable_type").annotate(total=Sum(column)).values("total")
    return Coalesce(Subquery(total, output_field=BigIntegerField()), Value(0), output_field=BigIntegerField())


def _total(model: type[models.Model], rupees: Any, paisa: Any) -> Any:
    if rupees is None and paisa is None:
        rupees, paisa = getattr(model, "payment_rupees", ""), getattr(model, "payment_paisa", "")
    rupees, paisa = (F(given) if isinstance(given, str) and given else given for given in (rupees, paisa))
    if paisa:
        return Cast(paisa, BigIntegerField())
    # SQLite calculates with floats, of which a Cast would cut off what is behind the point.
    return Cast(Round(rupees * PAISA_PER_RUPEE), BigIntegerField()) if rupees else None
