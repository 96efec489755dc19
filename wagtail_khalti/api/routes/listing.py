"""The payments of a user."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Annotated, Any

from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Query, Router, Schema
from pydantic import BeforeValidator, Field
from pydantic_core import PydanticCustomError

from wagtail_khalti.api.caller import Caller, caller_of
from wagtail_khalti.api.presenting import payment_out
from wagtail_khalti.api.problems import Problem, invalid, problems
from wagtail_khalti.api.schemas.payments import PaymentList
from wagtail_khalti.models import KhaltiPayment
from wagtail_khalti.payables import Payable

MAX_LIMIT, DEFAULT_LIMIT = 100, 20


def _digits(value: Any) -> Any:
    """pydantic takes ``1_0`` and ``3.0`` for numbers."""
    if isinstance(value, str):
        if not (value.isascii() and value.isdecimal() and len(value) <= 9):
            raise PydanticCustomError("int_parsing", "Input should be a valid integer")
        return int(value)
    return value


class PageIn(Schema):
    limit: Annotated[int, Field(ge=1, le=MAX_LIMIT), BeforeValidator(_digits)] = DEFAULT_LIMIT
    after: str = Field(default="", max_length=32, description="The `next` of the last response.")


def list_payments(request: HttpRequest, page: Annotated[PageIn, Query()]) -> dict[str, Any]:
    """The user's own payments, the newest first."""
    caller = caller_of(request)
    if caller.is_anonymous:
        raise Problem("authentication-required", _("Log in, or send a token."))
    own = KhaltiPayment.objects.filter(user=caller.user).order_by("-created_at", "-pk")
    found = list(_from(own, page.after)[: page.limit + 1])
    shown = found[: page.limit]
    return {
        "items": [payment_out(payment) for payment in visible(shown, caller)],
        "next": shown[-1].reference if len(found) > page.limit else None,
    }


def _from(own: Any, after: str) -> Any:
    if not after:
        return own
    last = (
        own.filter(reference=after).values_list("created_at", "pk").first()
        if after.isalnum() and after.isascii()
        else None
    )
    if last is None:
        raise invalid([("/after", _("This is not known."))])
    created_at, pk = last
    earlier = Q(created_at__lt=created_at) | Q(created_at=created_at, pk__lt=pk)
    return own.filter(earlier, created_at__lte=created_at)


def visible(payments: Sequence[KhaltiPayment], caller: Caller) -> Iterable[KhaltiPayment]:
    """Without those whose payable is another user's by now. One query for each model."""
    found = _payables(payments)
    for payment in payments:
        payable = found.get((payment.payable_class_id, payment.payable_id))
        if payable is None or payable.can_be_seen_by(caller.user):
            yield payment


def _payables(payments: Sequence[KhaltiPayment]) -> dict[tuple[int | None, str], Payable]:
    found: dict[tuple[int | None, str], Payable] = {}
    for pk in {payment.payable_class_id for payment in payments if payment.payable_class_id}:
        model: Any = ContentType.objects.get_for_id(pk).model_class()
        if not hasattr(model, "can_be_seen_by"):
            continue
        keys = {payment.payable_id for payment in payments if payment.payable_class_id == pk}
        for payable in model._base_manager.filter(pk__in=filter(_is_key_of(model), keys)):
            found[pk, str(payable.pk)] = payable
    return found


def _is_key_of(model: Any) -> Any:
    def is_key(key: str) -> bool:
        try:
            model._meta.pk.to_python(key)
        except (ValueError, ValidationError):
            return False
        return True

    return is_key


def add_listing(router: Router) -> None:
    router.get(
        "/", response={200: PaymentList, **problems(401, 422, 429)}, operation_id="listPayments", url_name="payments"
    )(list_payments)  # fmt: skip
