"""The button with which a payable is paid."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.translation import get_language

from wagtail_khalti.exceptions import KhaltiError
from wagtail_khalti.money import format_rupees
from wagtail_khalti.payables import pay_url, payment_that_paid


def pay_button(payable: Any, request: HttpRequest | None, *, next_url: str, is_form: bool) -> dict[str, Any]:
    """The context of its template. An unsaved payable, as in a preview, can't be paid. A form sends ``next_url``."""
    is_preview = bool(getattr(request, "is_preview", False))
    is_saved = payable.pk is not None and not payable._state.adding
    context: dict[str, Any] = {"is_preview": is_preview, "next_url": next_url, "action": "", "paid": None, "total": ""}
    if is_saved and (paid := payment_that_paid(payable, request)):
        return {**context, "paid": paid}
    try:
        amount = payable.get_payment_details().amount
    except KhaltiError:  # it can't be paid for now
        return context
    can_pay = is_saved and not is_preview
    action = pay_url(payable, next_url="" if is_form else next_url) if can_pay else ""
    return {**context, "amount": amount, "total": format_rupees(amount, get_language()), "action": action}
