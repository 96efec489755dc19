"""What a message says: what another system needs to find its order, and nothing about the payer."""

from __future__ import annotations

import json
from typing import Any

from wagtail_khalti.dates.days import as_utc
from wagtail_khalti.models import KhaltiDelivery, KhaltiPayment
from wagtail_khalti.webhooks.endpoints import EVENT_NAMES

COLUMNS = ("reference", "status", "amount", "refund_total", "refundable", "purpose", "purchase_order_id", "merchant")
TIMES = ("created_at", "completed_at", "ended_at")
CURRENCY = "NPR"


def body_of(delivery: KhaltiDelivery) -> str:
    """JSON in ASCII. The payment as it is now, which may be later than the event."""
    payload = {
        "type": EVENT_NAMES[delivery.event_type],
        "timestamp": as_utc(delivery.created_at),
        "data": {**_of_payment(delivery.payment), **_of_event(delivery)},
    }
    return json.dumps(payload, separators=(",", ":"))


def _of_payment(payment: KhaltiPayment) -> dict[str, Any]:
    return {
        **{name: getattr(payment, name) for name in COLUMNS},
        "currency": CURRENCY,
        "mode": payment.mode,
        "is_test": payment.is_test,
        "payable": _payable(payment),
        **{name: as_utc(getattr(payment, name)) for name in TIMES},
    }


def _payable(payment: KhaltiPayment) -> dict[str, str] | None:
    """Its class and key: whoever has these looks it up in the site."""
    if payment.payable_class is None:
        return None
    return {"type": f"{payment.payable_class.app_label}.{payment.payable_class.model}", "id": payment.payable_id}


def _of_event(delivery: KhaltiDelivery) -> dict[str, Any]:
    if refund := delivery.refund:
        facts = {"reference": refund.reference, "amount": refund.amount, "refundable": refund.refundable}
        return {"refund": facts}
    return {"issue": {"kind": delivery.issue.kind}} if delivery.issue else {}
