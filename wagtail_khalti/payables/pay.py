"""Start the payment of a payable, or go on with the one that is open."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import models
from django.http import HttpRequest

from wagtail_khalti.actions import initiate_payment, start_payment
from wagtail_khalti.actions.starting.addresses import own_addresses
from wagtail_khalti.actions.starting.recipient import Recipient, recipient_of
from wagtail_khalti.database.transactions import require_no_transaction
from wagtail_khalti.exceptions import IdempotencyConflict
from wagtail_khalti.models import KhaltiPayment
from wagtail_khalti.models.status import Status
from wagtail_khalti.payables.arguments import arguments_of
from wagtail_khalti.payables.earlier_payment import EarlierPayments, earlier_payments, has_same_details, is_unclear
from wagtail_khalti.payables.payable import Payable

MAX_TRIES = 5  # each lost to another request with other details at the same moment
ADDRESSES = ("success_url", "cancel_url", "back_url")


def pay(payable: Payable, request: HttpRequest | None = None, **options: Any) -> KhaltiPayment:
    """The payment to send its visitor to: redirect to its ``next_url``.

    An open payment with the same details goes on. Otherwise the last one is looked up at Khalti, and if it was not
    paid, a new one is started; requests at the same moment get the same. ``options`` replace what
    ``get_payment_details`` says, and are passed on to ``start_payment``, whose errors are raised: ``AlreadyPaid`` if it
    is paid for, for example. With an ``idempotency_key`` of your own, each key gets a payment of its own.
    """
    require_no_transaction("pay")
    arguments = arguments_of(payable, payable.get_payment_details(), request, options)
    _require_usable(payable)
    recipient = recipient_of(
        request=request,
        site=arguments["site"],
        merchant=arguments["merchant"],
        base_url=arguments.get("base_url", ""),
    )
    arguments |= {"site": recipient.site, "merchant": recipient.merchant.name, "base_url": recipient.root}
    return _pay_by_key(arguments, recipient) if arguments.get("idempotency_key") else _pay_once(arguments, recipient)


def _require_usable(payable: Any) -> None:
    """The same errors as those of ``start_payment``, before its earlier payments are searched."""
    if payable.pk is None or payable._state.adding:
        raise ValueError("Save the payable before its payment starts")
    if isinstance(payable._meta.pk, models.CompositePrimaryKey):
        raise ValueError("A payable must not have a composite primary key")  # noqa: TRY004 - its key, not its class


def _pay_once(arguments: dict[str, Any], recipient: Recipient) -> KhaltiPayment:
    for number in range(1, MAX_TRIES + 1):
        earlier = earlier_payments(arguments["payable"], recipient.merchant.mode)
        if payment := _open_payment(earlier, arguments, recipient):
            return payment
        try:
            return _start({**arguments, "idempotency_key": earlier.next_key})
        except IdempotencyConflict:
            if number == MAX_TRIES:
                raise
    raise AssertionError("unreachable")


def _pay_by_key(arguments: dict[str, Any], recipient: Recipient) -> KhaltiPayment:
    """The caller decides by the key what is the same; a payment made already is found all the same."""
    earlier = earlier_payments(arguments["payable"], recipient.merchant.mode)
    if all(key != arguments["idempotency_key"] for _pk, key, _status in earlier.rows):
        earlier.look_up_newest_unpaid()  # if it is paid by now, that is AlreadyPaid
    return _start(arguments)


def _open_payment(earlier: EarlierPayments, arguments: Mapping[str, Any], recipient: Recipient) -> KhaltiPayment | None:
    """The one to go on with: not ended as far as Khalti says, and the same; or one that a person has to look at."""
    payment = earlier.look_up_newest_unpaid()
    if payment is None or payment.is_paid:
        return None
    if is_unclear(payment):
        return payment
    if not payment.is_waiting or not has_same_details(payment, arguments, recipient.merchant):
        return None
    _update_addresses(payment, arguments, recipient.root)
    return initiate_payment(payment) if payment.status == Status.CREATED else payment


def _update_addresses(payment: KhaltiPayment, arguments: Mapping[str, Any], root: str) -> None:
    """The visitor goes where they were last told, such as into the app in which they go on."""
    wanted = own_addresses({name: arguments[name] for name in ADDRESSES}, root)
    changed = {name: url for name, url in wanted.items() if getattr(payment, name) != url}
    if changed:
        KhaltiPayment.objects.filter(pk=payment.pk).update(**changed)
        for name, url in changed.items():
            setattr(payment, name, url)


def _start(arguments: Mapping[str, Any]) -> KhaltiPayment:
    others = {name: value for name, value in arguments.items() if name != "amount"}
    return start_payment(arguments["amount"], **others)
