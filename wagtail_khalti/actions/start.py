"""Begin a payment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ImproperlyConfigured
from django.db import IntegrityError, models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from wagtail.models import Site

from wagtail_khalti.actions.account import merchant_for
from wagtail_khalti.actions.initiate import initiate_payment, send_claimed
from wagtail_khalti.actions.outside import require_no_transaction
from wagtail_khalti.conf import configuration
from wagtail_khalti.exceptions import AmountTooLarge, AmountTooSmall, BreakdownMismatch, IdempotencyConflict
from wagtail_khalti.gateway import BreakdownLine, Customer, Product
from wagtail_khalti.models import KhaltiEvent, KhaltiPayment
from wagtail_khalti.models.characters import unkept
from wagtail_khalti.models.payment import new_reference
from wagtail_khalti.models.transactions import short_transaction
from wagtail_khalti.money import MINIMUM, Paisa, format_rupees


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where on the site the wish to pay arose, and the ways on from there."""

    owner: models.Model | None = None
    """The page or snippet that holds the block."""

    block_path: str = ""
    """Wagtail's content path of the block in it, such as ``body.<uuid>.checkout``."""

    offer: str = ""
    """The signed offer, so that the visitor can try again."""

    thank_you_page: str = ""
    """Primary key of the page for afterwards; empty for our own."""

    success_url: str = ""
    """Where to go on after success instead; written by code, not by editors or visitors."""

    back_url: str = ""
    """Where "Back" leads."""


def start_payment(
    amount: Paisa,
    *,
    purpose: str,
    idempotency_key: str | None = None,
    payable: models.Model | None = None,
    customer: Customer = Customer(),  # noqa: B008 - frozen
    breakdown: Sequence[BreakdownLine] = (),
    products: Sequence[Product] = (),
    merchant_extra: Mapping[str, str] | None = None,
    metadata: Mapping[str, Any] | None = None,
    merchant: str | None = None,
    site: Site | None = None,
    base_url: str = "",
    source: Source = Source(),
    purchase_order_id: str = "",
) -> KhaltiPayment:
    """Commit a payment of ``amount`` paisa, then send it to Khalti; the visitor pays at ``payment_url``.

    The same ``idempotency_key`` gives the same payment, also after Khalti did not answer; without one every call makes
    a new payment. While another request is still sending it, it comes back without ``payment_url``: send the visitor
    to ``get_absolute_url()`` then.

    ``purpose`` is what the payer reads. ``merchant`` takes it: without one the account that the settings of ``site``
    name, or else the default one. ``base_url`` is the address the visitor used, such as
    ``https://shop.example`` (without it: ``BASE_URL`` of the settings, or that of ``site``). ``metadata`` is yours and
    stays here; ``merchant_extra`` is sent to Khalti.

    Raises ``AmountTooSmall``, ``AmountTooLarge``, ``BreakdownMismatch``, ``IdempotencyConflict``, ``ValueError`` where
    a text is too long or ``payable`` isn't saved, ``ImproperlyConfigured``, or a ``GatewayError`` as
    ``initiate_payment`` does. Commits on its own, so it can't run inside a transaction.
    """
    require_no_transaction("start_payment")
    _require_sound(amount, breakdown)
    account = merchant_for(site) if merchant is None else configuration().merchant(merchant)
    reference = new_reference()
    root = (base_url or configuration().base_url or _root_url(site)).rstrip("/")

    payment = KhaltiPayment(
        reference=reference,
        idempotency_key=idempotency_key or None,
        amount=amount,
        purpose=purpose,
        breakdown=[asdict(line) for line in breakdown],
        products=[asdict(product) for product in products],
        merchant_extra=dict(merchant_extra or {}),
        metadata=dict(metadata or {}),
        merchant=account.name,
        mode=account.mode,
        key_fingerprint=account.key_fingerprint,
        purchase_order_id=purchase_order_id or reference,
        return_url=root + reverse("wagtail_khalti:return", args=[reference]),
        website_url=f"{root}/",
        customer_name=customer.name,
        customer_email=customer.email.lower(),  # so that it is found by an index, however it is typed
        customer_phone=customer.phone,
        language=get_language() or "",
        site=site,
        **source_columns(source),
        **_payable_columns(payable),
    )
    _require_room(payment)
    return _commit_and_send(payment, actor=_actor(source))


def _require_sound(amount: object, breakdown: Sequence[BreakdownLine]) -> None:
    if isinstance(amount, bool) or not isinstance(amount, int):
        raise TypeError(f"An amount is an int of paisa, not {amount!r}")
    if amount < MINIMUM:
        raise AmountTooSmall(f"{amount} paisa is below Khalti's minimum of {format_rupees(MINIMUM)}")
    largest = configuration().max_amount
    if amount > largest:
        raise AmountTooLarge(f"{amount} paisa is above this site's maximum of {format_rupees(largest)}")
    total = sum(line.amount for line in breakdown)
    if breakdown and total != amount:
        raise BreakdownMismatch(f"The breakdown adds up to {total} paisa, the amount is {amount}")


def _require_room(payment: KhaltiPayment) -> None:
    """Every database answers alike to a text that is too long or can't be kept, and before anything happened."""
    for field in payment._meta.concrete_fields:
        value = getattr(payment, field.attname)
        if field.max_length and isinstance(value, str) and len(value) > field.max_length:
            raise ValueError(f"{field.name} has {len(value)} characters, at most {field.max_length} fit")
        if isinstance(value, str) and (rare := unkept(value)):
            raise ValueError(f"{field.name} has characters that the database can't keep: {rare}")


def _root_url(site: Site | None) -> str:
    site = site or Site.objects.filter(is_default_site=True).first()
    if site is None:
        raise ImproperlyConfigured(
            'Nothing says where visitors come back to: give base_url, or set WAGTAIL_KHALTI["BASE_URL"].'
        )
    return str(site.root_url)


def source_columns(source: Source) -> dict[str, Any]:
    owner = source.owner
    return {
        "source_type": None if owner is None else ContentType.objects.get_for_model(owner),
        "source_id": "" if owner is None else str(owner.pk),
        "source_title": "" if owner is None else str(owner)[:255],
        "block_path": source.block_path,
        "offer": source.offer,
        "thank_you_page": source.thank_you_page,
        "success_url": source.success_url,
        "back_url": source.back_url,
    }


def _payable_columns(payable: models.Model | None) -> dict[str, Any]:
    if payable is None:
        return {}
    if payable.pk is None:
        raise ValueError("Save what is paid for before its payment starts")
    return {"payable_type": ContentType.objects.get_for_model(payable), "payable_id": str(payable.pk)}


def _actor(source: Source) -> KhaltiEvent.Actor:
    return KhaltiEvent.Actor.VISITOR if source.offer else KhaltiEvent.Actor.SYSTEM


def _commit_and_send(payment: KhaltiPayment, *, actor: KhaltiEvent.Actor) -> KhaltiPayment:
    """The unique key decides who of several is first; the others get what the first one made."""
    payment.initiating_at = timezone.now()
    kinds = (KhaltiEvent.Kind.CREATED, KhaltiEvent.Kind.INITIATE_SENT)
    try:
        with short_transaction():
            payment.save(force_insert=True)
            KhaltiEvent.objects.bulk_create(KhaltiEvent.about(payment, kind, actor=actor) for kind in kinds)
    except IntegrityError as error:
        return initiate_payment(_earlier(payment, error))
    return send_claimed(payment)


def _earlier(wanted: KhaltiPayment, error: IntegrityError) -> KhaltiPayment:
    """The payment that has this idempotency key already, if it is for the same."""
    key, order_id = wanted.idempotency_key, wanted.purchase_order_id
    earlier = KhaltiPayment.objects.filter(idempotency_key=key).first() if key else None
    if earlier is None and KhaltiPayment.objects.filter(purchase_order_id=order_id).exists():
        raise IdempotencyConflict(f"The order id {order_id!r} belongs to another payment") from error
    if earlier is None:
        raise error
    # The key too: MariaDB takes "Order-a" for "order-A".
    for name in ("idempotency_key", "amount", "purpose", "merchant", "mode", "payable_type_id", "payable_id"):
        if getattr(earlier, name) != getattr(wanted, name):
            raise IdempotencyConflict(f"The key {key!r} was used for a payment with another {name}") from error
    return earlier
