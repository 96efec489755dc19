"""Which payments and payables a caller may see and pay."""

from __future__ import annotations

from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ImproperlyConfigured, ObjectDoesNotExist, ValidationError
from django.utils.translation import gettext as _

from wagtail_khalti.api.caller import Caller
from wagtail_khalti.api.problems import Problem, not_found, not_permitted
from wagtail_khalti.models import KhaltiPayment
from wagtail_khalti.payables import Payable, registered_payables
from wagtail_khalti.staff.permissions import VIEW, policy

MAX_ID_LENGTH = 64  # characters, as a payment stores it


def visible_payment(caller: Caller, reference: str) -> KhaltiPayment:
    """Raises ``Problem`` if there is none, or the caller may not see it."""
    if caller.is_anonymous and not caller.reference:
        raise Problem("authentication-required", _("Log in, or send a token."))
    is_plain = reference.isascii() and reference.isalnum()  # some databases raise an error for other characters
    payment = KhaltiPayment.objects.whole(reference=reference) if is_plain else None
    if payment is None or payment.reference != reference or not may_see(caller, payment):
        raise not_found()
    return payment


def may_see(caller: Caller, payment: KhaltiPayment) -> bool:
    """Its payable decides, if there is one still; else it is seen by its user. And by staff."""
    payable = payable_of(payment)
    is_seen = payable is not None and payable.can_be_seen_by(caller.user)
    is_own = caller.owns(payment) and (payable is None or payment.user_id is None)
    return bool(is_seen or is_own) or is_staff(caller, payment, VIEW)


def payable_payment(caller: Caller, reference: str) -> KhaltiPayment:
    """One that the caller may also cancel and pay. Raises ``Problem``."""
    payment = visible_payment(caller, reference)
    payable = payable_of(payment)
    if not (caller.owns(payment) if payable is None else payable.can_be_paid_by(caller.user)):
        raise not_permitted()
    return payment


def is_staff(caller: Caller, payment: KhaltiPayment, action: str) -> bool:
    return not caller.is_anonymous and bool(policy.user_has_permission_for_instance(caller.user, action, payment))


def payable_of(payment: KhaltiPayment) -> Payable | None:
    """None also if it was deleted, or says nothing about users."""
    if (
        payment.payable_class_id is None
        or ContentType.objects.get_for_id(payment.payable_class_id).model_class() is None
    ):
        return None
    try:
        payable = payment.payable
    except (ValueError, ValidationError):
        return None  # the type of the model's key has changed
    return payable if isinstance(payable, Payable) else None


def find_payable(caller: Caller, label: str, key: str) -> Payable:
    """One that the caller may pay. Raises ``Problem``."""
    model = registered_payables().get(label)
    if model is None:
        raise not_found()
    try:
        found = model._default_manager.get(pk=model._meta.pk.to_python(key[:MAX_ID_LENGTH]))
    except (ValueError, OverflowError, ValidationError, ObjectDoesNotExist):
        raise not_found() from None
    if not isinstance(found, Payable):
        raise ImproperlyConfigured(f"{label} is registered, and is no Payable")
    if found.can_be_paid_by(caller.user):
        return found
    raise not_permitted() if found.can_be_seen_by(caller.user) else not_found()
