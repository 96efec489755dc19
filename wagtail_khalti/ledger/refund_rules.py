"""Whether a payment can be refunded, by whom, and how much of it. Call these while the payment is locked."""

from __future__ import annotations

from django.contrib.auth.models import AbstractBaseUser, PermissionsMixin
from django.core.exceptions import PermissionDenied
from wagtail.models import GroupSitePermission

from wagtail_khalti.exceptions import (
    AmountExceedsRefundable,
    AmountTooSmall,
    FullyRefunded,
    MobileNeeded,
    NotPaid,
    RefundAmountMissing,
    RefundInProgress,
    RefundsChanged,
)
from wagtail_khalti.models import KhaltiEvent, KhaltiPayment
from wagtail_khalti.models.status import Status
from wagtail_khalti.money import Paisa, format_rupees, require_paisa

REFUND = "wagtail_khalti.refund_khaltipayment"


def require_amount(amount: object) -> None:
    """Raises ``TypeError`` or ``AmountTooSmall``."""
    if require_paisa(amount, "An amount") < 1:
        raise AmountTooSmall(f"{amount} paisa can't be refunded")


def needs_mobile(payment: KhaltiPayment) -> bool:
    """Whether Khalti requires a mobile number for its refund, which is only known after a first attempt."""
    failed = payment.events.filter(kind=KhaltiEvent.Kind.REFUND_FAILED)
    return failed.filter(data__error=MobileNeeded.__name__).exists()


def require_refundable(payment: KhaltiPayment) -> None:
    """Raises ``NotPaid``, ``FullyRefunded``, ``RefundInProgress`` or, if rows and sum differ, ``RefundsChanged``."""
    if not payment.is_paid:
        raise NotPaid(f"Payment {payment.reference} is {payment.status}")
    if payment.refunding_since or payment.refunds.in_progress().exists():
        raise RefundInProgress(f"A refund of payment {payment.reference} is in progress")
    if payment.refunds.without_amount().exists():
        raise RefundAmountMissing(
            f"Enter the amount of payment {payment.reference} that was refunded in Khalti's dashboard"
        )
    if not payment.refundable or payment.status == Status.REFUNDED:
        raise FullyRefunded(f"Payment {payment.reference} is fully refunded")
    if payment.refund_total != payment.refunds.reserved_total():
        raise RefundsChanged(f"The refunds of payment {payment.reference} differ from their sum; see khalti_doctor")


def require_balance(payment: KhaltiPayment, amount: int | None, *, seen: int | None) -> Paisa:
    """The amount to refund. Raises ``RefundsChanged`` or ``AmountExceedsRefundable``."""
    if seen is not None and seen != payment.refundable:
        raise RefundsChanged(f"{format_rupees(payment.refundable)} is refundable, {seen} paisa was displayed")
    if amount is not None and amount > payment.refundable:
        raise AmountExceedsRefundable(
            f"{format_rupees(payment.refundable)} is refundable, {amount} paisa was requested"
        )
    return Paisa(payment.refundable if amount is None else amount)


def require_permission_to_refund(by: AbstractBaseUser | None, payment: KhaltiPayment) -> None:
    """Raises ``PermissionDenied``. Without a person, code needs no permission."""
    if by is not None and not (isinstance(by, PermissionsMixin) and _may_refund(by, payment)):
        raise PermissionDenied("This person may not refund payments")


def _may_refund(by: PermissionsMixin, payment: KhaltiPayment) -> bool:
    """On all sites, or on the site of this payment."""
    return by.has_perm(REFUND) or (bool(getattr(by, "is_active", False)) and _may_on_its_site(by, payment))


def _may_on_its_site(by: PermissionsMixin, payment: KhaltiPayment) -> bool:
    app, codename = REFUND.split(".")
    rights = GroupSitePermission.objects.filter(site=payment.site_id, group__in=by.groups.all())
    return bool(rights.filter(permission__codename=codename, permission__content_type__app_label=app).exists())
