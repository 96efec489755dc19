"""Start a payment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.db import IntegrityError, models
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from wagtail.models import Site

from wagtail_khalti.actions.initiate import initiate_payment, send_leased
from wagtail_khalti.actions.starting.addresses import absolute, own_addresses
from wagtail_khalti.actions.starting.arguments import (
    plain,
    plain_answers,
    plain_json,
    plain_text,
    require_valid_amount,
    require_valid_products,
    require_valid_reservation,
)
from wagtail_khalti.actions.starting.recipient import recipient_of
from wagtail_khalti.database.characters import require_storable
from wagtail_khalti.database.plain_sql import insert_rows
from wagtail_khalti.database.transactions import require_no_transaction, short_transaction
from wagtail_khalti.exceptions import AlreadyPaid, IdempotencyConflict, SoldOut
from wagtail_khalti.gateway import BreakdownLine, Customer, Product
from wagtail_khalti.ledger import inventory_of, reserve_units
from wagtail_khalti.models import KhaltiEvent, KhaltiPayment, KhaltiSearchEntry
from wagtail_khalti.models.inventory import Reservation
from wagtail_khalti.models.references import new_reference
from wagtail_khalti.models.sources import Source, payable_columns, source_columns
from wagtail_khalti.money import Paisa
from wagtail_khalti.questions import Answer

COMPARED = (
    *("idempotency_key", "request_digest", "amount", "purpose", "merchant", "mode"),
    *("payable_type_id", "payable_id", "user_id"),
)
"""What has to be the same if the same idempotency key is used again."""


def start_payment(
    amount: Paisa,
    *,
    purpose: str,
    request: HttpRequest | None = None,
    site: Site | None = None,
    merchant: str | None = None,
    base_url: str = "",
    idempotency_key: str | None = None,
    payable: models.Model | None = None,
    is_repeat: bool = False,
    user: AbstractBaseUser | None = None,
    customer: Customer = Customer(),  # noqa: B008 - frozen
    breakdown: Sequence[BreakdownLine] = (),
    products: Sequence[Product] = (),
    merchant_extra: Mapping[str, str] | None = None,
    metadata: Mapping[str, Any] | None = None,
    source: Source = Source(),  # noqa: B008 - frozen
    success_url: str = "",
    cancel_url: str = "",
    back_url: str = "",
    return_url: str = "",
    purchase_order_id: str = "",
    answers: Sequence[Answer] = (),
    reservation: Reservation | None = None,
    request_digest: str = "",
) -> KhaltiPayment:
    """Commit a payment of ``amount`` paisa, then send it to Khalti. Redirect the visitor to its ``next_url``.

    ``purpose`` is the description for the payer. The Wagtail site, its Khalti account and the root of the return URL
    are taken from the ``request``; ``site``, ``merchant`` (a name in the settings) and ``base_url`` (such as
    ``https://shop.example``) replace or override it. ``BASE_URL`` of the settings has precedence over the host of the
    request. If several sites or accounts exist and none is given, that is an error.

    The same ``idempotency_key`` returns the same payment, also after an error of Khalti; without one every call makes a
    new payment. ``request_digest`` identifies what was requested with that key: with another one, the key is a
    conflict. ``payable`` is the saved object of the site that is paid for, once: a second time raises ``AlreadyPaid``,
    unless ``is_repeat`` confirms that another payment for it is intended. ``user`` is whose payment it is. ``metadata``
    is yours, anything that JSON can represent, and stays here, as do ``answers`` to questions of the site;
    ``merchant_extra`` is sent to Khalti.

    The visitor goes to ``success_url`` after the payment, to ``cancel_url`` if it was cancelled, and "Back" leads to
    ``back_url``. ``return_url`` is where Khalti sends the browser, instead of our own callback: whoever answers there
    has to call ``check_payment``. Each is a path of the site, or a URL at the host of the payment, of
    ``ALLOWED_HOSTS``, or of ``REDIRECT_HOSTS`` in the settings.

    ``reservation`` takes units of a limited number, so that no more are sold than there are. They become available
    again when Khalti reports that the payment has ended, or when all of it was refunded.

    All arguments are validated before anything is written or sent. Raises ``AmountTooSmall``, ``AmountTooLarge``,
    ``BreakdownMismatch``, ``AlreadyPaid``, ``SoldOut``, ``IdempotencyConflict``; ``TypeError`` or ``ValueError`` for
    an argument that can't be used, and ``ImproperlyConfigured``. Then a ``GatewayError``, as ``initiate_payment`` does.
    Commits on its own, so it can't run inside a transaction.
    """
    require_no_transaction("start_payment")
    recipient = recipient_of(request=request, site=site, merchant=merchant, base_url=base_url)
    require_valid_amount(amount, breakdown, largest=recipient.merchant.max_amount)
    require_valid_products(products)
    require_valid_reservation(reservation)
    own = {"success_url": success_url, "cancel_url": cancel_url, "back_url": back_url, "return_url": return_url}
    addresses = own_addresses(own, recipient.root)
    source, customer = plain(source), plain(customer)

    reference = new_reference()
    callback_url = addresses.pop("return_url") or reverse("wagtail_khalti:return", args=[reference])
    payment = KhaltiPayment(
        reference=reference,
        idempotency_key=plain_text(idempotency_key or "", "idempotency_key") or None,
        request_digest=plain_text(request_digest, "request_digest"),
        amount=amount,
        purpose=_purpose(purpose),
        breakdown=[asdict(plain(line)) for line in breakdown],
        products=[asdict(plain(product)) for product in products],
        merchant_extra=plain_json(merchant_extra, "merchant_extra"),
        metadata=plain_json(metadata, "metadata"),
        answers=plain_answers(answers),
        merchant=recipient.merchant.name,
        mode=recipient.merchant.mode,
        key_fingerprint=recipient.merchant.key_fingerprint,
        purchase_order_id=plain_text(purchase_order_id, "purchase_order_id") or reference,
        return_url=absolute(callback_url, recipient.root),
        website_url=f"{recipient.root}/",
        customer_name=customer.name,
        customer_email=customer.email.lower(),  # so that an index finds it, however it is typed
        customer_phone=customer.phone,
        language=get_language() or "",
        site=recipient.site,
        user_id=user.pk if user else None,
        is_repeat=is_repeat,
        units=reservation.units if reservation else 1,
        **addresses,
        **source_columns(source),
        **_payable_columns(payable),
    )
    require_storable(payment)
    _require_unpaid(payment)
    payment.inventory = inventory_of(reservation) if reservation else None
    return _commit_and_send(payment, actor=_actor(source), limit=reservation.limit if reservation else None)


def _purpose(purpose: object) -> str:
    text = plain_text(purpose, "purpose")
    if not text.strip():
        raise ValueError("purpose is empty: Khalti requires a description")
    return text


def _payable_columns(payable: models.Model | None) -> dict[str, Any]:
    if payable is None:
        return {}
    if payable.pk is None or payable._state.adding:
        raise ValueError("Save the payable before its payment starts")
    if isinstance(payable._meta.pk, models.CompositePrimaryKey):
        raise ValueError("A payable must not have a composite primary key")  # noqa: TRY004 - its key, not its class
    return payable_columns(payable)


def _require_unpaid(payment: KhaltiPayment) -> None:
    """A repeated call with the same key returns its payment, also if that is paid."""
    paid = None if payment.is_repeat else payment.primary_for_same_payable()
    is_same_call = paid and paid.idempotency_key and paid.idempotency_key == payment.idempotency_key
    if paid and not is_same_call:
        raise AlreadyPaid(f"It was paid with {paid.reference}", payment=paid)


def _actor(source: Source) -> KhaltiEvent.Actor:
    return KhaltiEvent.Actor.VISITOR if source.offer else KhaltiEvent.Actor.SYSTEM


def _commit_and_send(payment: KhaltiPayment, *, actor: KhaltiEvent.Actor, limit: int | None = None) -> KhaltiPayment:
    """The unique key decides which of several calls is first; the others get its payment."""
    payment.initiating_at = timezone.now()
    kinds = (KhaltiEvent.Kind.CREATED, KhaltiEvent.Kind.INITIATE_SENT)
    try:
        with short_transaction():
            reserve_units(payment, limit=limit)
            payment.save(force_insert=True)
            insert_rows([KhaltiEvent.about(payment, kind, actor=actor) for kind in kinds])
            insert_rows([*KhaltiSearchEntry.about(payment)])
    except (IntegrityError, SoldOut) as error:  # an earlier payment with this key may have taken the last units
        return initiate_payment(_earlier(payment, error))
    return send_leased(payment)


def _earlier(wanted: KhaltiPayment, error: IntegrityError | SoldOut) -> KhaltiPayment:
    """The earlier payment with this idempotency key, if it has the same arguments."""
    key, order_id = wanted.idempotency_key, wanted.purchase_order_id
    earlier = KhaltiPayment.objects.filter(idempotency_key=key).first() if key else None
    if earlier is None and KhaltiPayment.objects.filter(purchase_order_id=order_id).exists():
        raise IdempotencyConflict(f"The order ID {order_id!r} belongs to another payment") from error
    if earlier is None:
        raise error
    # The key too: MariaDB takes "Order-a" for "order-A".
    for name in COMPARED:
        if getattr(earlier, name) != getattr(wanted, name):
            raise IdempotencyConflict(f"The key {key!r} was used for a payment with another {name}") from error
    return earlier
