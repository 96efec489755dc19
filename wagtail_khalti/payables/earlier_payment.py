"""Earlier payments for a payable, so that nobody pays for it twice."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any

from django.db import models

from wagtail_khalti.actions import check_payment
from wagtail_khalti.actions.starting.arguments import plain, plain_json
from wagtail_khalti.conf import Merchant
from wagtail_khalti.exceptions import KhaltiError
from wagtail_khalti.lookups import lease_for_lookup
from wagtail_khalti.models import KhaltiPayment
from wagtail_khalti.models.sources import payable_columns
from wagtail_khalti.models.status import PAID

MIN_INTERVAL = timedelta(seconds=2)  # between lookups: a double click needs only one


@dataclass(frozen=True, slots=True, kw_only=True)
class EarlierPayments:
    """Those for one payable in one mode, in whichever status."""

    payable: models.Model
    mode: str
    rows: Sequence[tuple[int, str | None, str]]
    """Primary key, idempotency key and status, the newest first."""

    def look_up_newest_unpaid(self) -> KhaltiPayment | None:
        """The newest one that was not paid so far, after one lookup, unless that was made a moment ago."""
        pk = next((pk for pk, _key, status in self.rows if status not in PAID), None)
        payment = KhaltiPayment.objects.whole(id=pk) if pk else None
        if payment and payment.pidx:
            _look_up(payment)
        return payment

    @property
    def next_key(self) -> str:
        """The idempotency key of the next try: the same for all who saw the same earlier payments."""
        stem = self._stem
        tries = [int(key.removeprefix(stem)) for _pk, key, _status in self.rows if key and key.startswith(stem)]
        return f"{stem}{max(tries, default=0) + 1}"

    @property
    def _stem(self) -> str:
        columns = payable_columns(self.payable)
        text = repr([columns["payable_type"].natural_key(), columns["payable_id"], str(self.mode)])
        return f"payable:{hashlib.sha256(text.encode(errors='replace')).hexdigest()}:"


def earlier_payments(payable: models.Model, mode: str) -> EarlierPayments:
    """One query. The keys are compared again here, because MariaDB takes "a" for "A"."""
    own_key = payable_columns(payable)["payable_id"]
    found = KhaltiPayment.objects.for_payable(payable).filter(mode=mode).order_by("-pk")
    rows = found.values_list("pk", "payable_id", "idempotency_key", "status")
    own = [(pk, key, status) for pk, payable_id, key, status in rows if payable_id == own_key]
    return EarlierPayments(payable=payable, mode=mode, rows=own)


def has_same_details(payment: KhaltiPayment, arguments: Mapping[str, Any], merchant: Merchant) -> bool:
    """Whether a payment with these arguments would be the same one. Not the words, which may be in another language."""
    customer, user, reservation = plain(arguments["customer"]), arguments["user"], arguments["reservation"]
    wanted = {
        "amount": arguments["amount"],
        "merchant": merchant.name,
        "mode": merchant.mode,
        "user_id": user.pk if user else None,
        "customer_name": customer.name,
        "customer_email": customer.email.lower(),
        "customer_phone": customer.phone,
        "units": reservation.units if reservation else 1,
        "is_repeat": arguments.get("is_repeat", False),
        "metadata": plain_json(arguments["metadata"], "metadata"),
        "merchant_extra": plain_json(arguments["merchant_extra"], "merchant_extra"),
    }
    is_same = all(getattr(payment, name) == value for name, value in wanted.items())
    items = [asdict(item) for item in arguments["products"]]
    lines = [line.amount for line in arguments["breakdown"]]
    return is_same and _figures(payment.products) == _figures(items) and _amounts(payment.breakdown) == lines


def is_unclear(payment: KhaltiPayment) -> bool:
    """Whether it may have been paid, although its status doesn't say so: a person has to decide."""
    return payment.issues.open().payment_unclear().exists()


def _figures(items: Sequence[Mapping[str, Any]]) -> list[tuple[Any, ...]]:
    return [tuple(str(item[name]) for name in ("identity", "quantity", "unit_price", "total_price")) for item in items]


def _amounts(lines: Sequence[Mapping[str, Any]]) -> list[Any]:
    return [line["amount"] for line in lines]


def _look_up(payment: KhaltiPayment) -> None:
    """Without a response nothing changes."""
    if lease_for_lookup(payment, pause=MIN_INTERVAL):
        with suppress(KhaltiError):
            check_payment(payment)
    else:
        payment.refresh_from_db()  # another request has looked it up, or is about to
