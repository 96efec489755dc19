"""Where a payment came from and what it was for, with ways there; also where these are gone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.db.models import Model
from django.urls import reverse
from django.utils.text import capfirst
from wagtail.admin.admin_url_finder import AdminURLFinder

from wagtail_khalti.models import KhaltiPayment
from wagtail_khalti.staff.redaction import Redaction


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceLink:
    """The page or snippet on which it began, or what was paid for."""

    title: str
    edit_url: str = ""
    """Empty where there is none, or not for this person."""
    url: str = ""
    """As visitors see it."""
    payments_url: str = ""
    """All payments that began there."""
    is_gone: bool = False


def source_of(payment: KhaltiPayment, user: Any) -> SourceLink | None:
    """None where no page had to do with it."""
    if not payment.source_type_id and not payment.source_title:
        return None
    source = _found(payment.source_type, payment.source_id)
    edit_url = _edit_url(source, user)
    return SourceLink(
        title=payment.source_title or str(source or ""),
        edit_url=edit_url + _anchor(payment.block_path) if edit_url else "",
        url=_published_url(source),
        payments_url=_listing(source=f"{payment.source_type_id}-{payment.source_id}", mode=payment.mode)
        if payment.source_type_id
        else "",
        is_gone=source is None,
    )


def payable_of(payment: KhaltiPayment, user: Any, redaction: Redaction) -> SourceLink | None:
    """None where the payment is for nothing of the site's."""
    if not payment.payable_type_id:
        return None
    payable = _found(payment.payable_class, payment.payable_id)
    return SourceLink(
        title=_title(payment, payable if redaction.is_full else None),
        edit_url=_edit_url(payable, user),
        is_gone=payable is None,
    )


def customers_payments_url(payment: KhaltiPayment) -> str:
    """All payments of this customer, as far as they left an address or a number."""
    wanted = payment.customer_email or payment.customer_phone
    return _listing(q=wanted, mode=payment.mode) if wanted else ""


def _listing(**query: str) -> str:
    return f"{reverse('khalti_payments:index')}?{urlencode(query)}"


def _found(content_type: ContentType | None, pk: str) -> Model | None:
    """Also where the site has dropped that kind of thing since, or has given it other keys."""
    model = content_type and content_type.model_class()
    if not model:
        return None
    try:
        return model._base_manager.filter(pk=pk).first()
    except (ValueError, ValidationError):
        return None


def _title(payment: KhaltiPayment, payable: Model | None) -> str:
    """Its kind and number, and its own words, which may hold a name."""
    known = payment.payable_class
    model = known and known.model_class()
    kind = model._meta.verbose_name if model else known and known.model
    words = "" if payable is None else str(payable).strip()
    return " ".join(filter(None, [capfirst(str(kind)), payment.payable_id, words and f"· {words}"]))


def _edit_url(thing: Model | None, user: Any) -> str:
    return "" if thing is None else AdminURLFinder(user).get_edit_url(thing) or ""


def _published_url(source: Model | None) -> str:
    get_url = getattr(source, "get_url", None)
    return (getattr(source, "live", False) and get_url and get_url()) or ""


def _anchor(block_path: str) -> str:
    """To the innermost block with an address of its own in Wagtail's editor."""
    blocks = [step for step in block_path.split(".") if _is_uuid(step)]
    return f"#block-{blocks[-1]}-section" if blocks else ""


def _is_uuid(step: str) -> bool:
    try:
        UUID(step)
    except ValueError:
        return False
    return True
