"""What only a developer needs to know of a payment, label by label."""

from __future__ import annotations

from collections.abc import Iterator

from django.contrib.contenttypes.models import ContentType
from django.utils.translation import gettext as _

from wagtail_khalti.models import KhaltiPayment
from wagtail_khalti.staff.error_messages import language_name


def technical_facts(payment: KhaltiPayment, *, with_fingerprint: bool) -> list[tuple[str, str]]:
    """Those there are. The fingerprint of the API key is for who may see the settings."""
    return [(label, value) for label, value in _facts(payment, with_fingerprint) if value]


def _facts(payment: KhaltiPayment, with_fingerprint: bool) -> Iterator[tuple[str, str]]:
    order_id = payment.purchase_order_id
    yield "pidx", payment.pidx or ""
    yield _("Khalti order ID"), order_id if order_id != payment.reference else ""
    yield _("Khalti status"), payment.khalti_status
    yield _("Language"), language_name(payment.language)
    yield _("Source ID"), _identity(payment.source_type, payment.source_id)
    yield _("Block path"), payment.block_path
    yield _("Linked record ID"), _identity(payment.payable_class, payment.payable_id)
    yield _("API key fingerprint"), payment.key_fingerprint if with_fingerprint else ""


def _identity(content_type: ContentType | None, pk: str) -> str:
    """``home.homepage 4``"""
    return f"{content_type.app_label}.{content_type.model} {pk}" if content_type else ""
