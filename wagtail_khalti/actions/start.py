"""Begin a payment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import IntegrityError, models, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from wagtail.models import Site

from wagtail_khalti.actions.initiate import initiate_payment
from wagtail_khalti.conf import DEFAULT_MERCHANT, configuration
from wagtail_khalti.exceptions import AmountTooLarge, AmountTooSmall, BreakdownMismatch, IdempotencyConflict
from wagtail_khalti.gateway import BreakdownLine, Customer, Product
from wagtail_khalti.models import KhaltiEvent, KhaltiPayment
from wagtail_khalti.models.payment import new_reference
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
    merchant: str = DEFAULT_MERCHANT,
    site: Site | None = None,
    base_url: str = "",
    source: Source = Source(),
    purchase_order_id: str = "",
) -> KhaltiPayment:
    """Commit a payment of ``amount`` paisa, then send it to Khalti; the visitor pays at ``payment_url``.

    The same ``idempotency_key`` gives the same payment. While another request is still sending it, it comes back
    without ``payment_url``; send the visitor to ``get_absolute_url()`` then.

    ``purpose`` is what the payer reads. ``base_url`` is the address the visitor used, such as
    ``https://shop.example`` (without it: ``BASE_URL`` of the settings, or that of ``site``). ``metadata`` is yours and
    stays here; ``merchant_extra`` is sent to Khalti.

    Raises ``AmountTooSmall``, ``AmountTooLarge``, ``BreakdownMismatch``, ``IdempotencyConflict``, or a
    ``GatewayError`` as ``initiate_payment`` does. Commits on its own, so it can't run inside a transaction.
    """
    _require_sound(amount, breakdown)
    account = configuration().merchant(merchant)
    reference = new_reference()
    root = (configuration().base_url or base_url or _root_url(site)).rstrip("/")

    payment = KhaltiPayment(
        reference=reference,
        idempotency_key=idempotency_key,
        amount=amount,
        purpose=purpose[:255],
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
        customer_email=customer.email,
        customer_phone=customer.phone,
        language=get_language() or "",
        site=site,
        initiating_at=timezone.now(),
        **_links(source, payable),
    )
    return _commit_and_send(payment)


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


def _root_url(site: Site | None) -> str:
    site = site or Site.objects.get(is_default_site=True)
    return str(site.root_url)


def _links(source: Source, payable: models.Model | None) -> dict[str, Any]:
    return {
        "source_type": source.owner and _type_of(source.owner),
        "source_id": str(source.owner.pk) if source.owner else "",
        "source_title": str(source.owner or "")[:255],
        "block_path": source.block_path,
        "offer": source.offer,
        "thank_you_page": source.thank_you_page,
        "success_url": source.success_url,
        "back_url": source.back_url,
        "payable_type": payable and _type_of(payable),
        "payable_id": str(payable.pk) if payable else "",
    }


def _type_of(instance: models.Model) -> ContentType:
    return ContentType.objects.get_for_model(instance, for_concrete_model=False)


def _commit_and_send(payment: KhaltiPayment) -> KhaltiPayment:
    """The unique key decides who of several is first; the others get what the first one made."""
    kinds = (KhaltiEvent.Kind.CREATED, KhaltiEvent.Kind.INITIATE_SENT)
    try:
        with transaction.atomic(durable=True):
            payment.save(force_insert=True)
            KhaltiEvent.objects.bulk_create(
                KhaltiEvent.about(payment, kind, actor=KhaltiEvent.Actor.VISITOR) for kind in kinds
            )
    except IntegrityError:
        return initiate_payment(_earlier(payment))
    return initiate_payment(payment, is_claimed=True)


def _earlier(wanted: KhaltiPayment) -> KhaltiPayment:
    """The payment that has this idempotency key already, if it is for the same."""
    earlier = KhaltiPayment.objects.filter(idempotency_key=wanted.idempotency_key).first()
    if wanted.idempotency_key is None or earlier is None:
        raise IdempotencyConflict(f"The order id {wanted.purchase_order_id!r} belongs to another payment")
    for name in ("amount", "purpose", "merchant", "mode", "payable_type_id", "payable_id"):
        if getattr(earlier, name) != getattr(wanted, name):
            raise IdempotencyConflict(f"The key {wanted.idempotency_key!r} was used for a payment with another {name}")
    return earlier
