"""Who calls, and which payments they may see and pay."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ImproperlyConfigured, ObjectDoesNotExist, ValidationError
from django.core.signing import BadSignature, TimestampSigner
from django.http import HttpRequest
from django.utils.translation import gettext as _

from wagtail_khalti.api.problems import Problem, not_found, not_permitted
from wagtail_khalti.models import KhaltiPayment
from wagtail_khalti.payables import Payable, registered_payables
from wagtail_khalti.public.payment.status_page import find_payment
from wagtail_khalti.staff.permissions import VIEW, policy

ACCESS_HEADER = "Khalti-Access"
ACCESS_TTL = 30 * 24 * 60 * 60  # seconds
MAX_ID_LENGTH = 64  # characters, as a payment stores it

_signer = TimestampSigner(sep=".", salt="wagtail_khalti.api.access")


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """A user, or somebody unknown who may have started a payment."""

    user: Any
    """May be an ``AnonymousUser``."""

    reference: str = ""
    """Of the payment whose access token was sent."""

    @property
    def is_anonymous(self) -> bool:
        return not self.user.is_authenticated

    @property
    def scope(self) -> str:
        """Whose idempotency keys these are."""
        if not self.is_anonymous:
            return f"user:{self.user.pk}"
        return f"access:{self.reference}" if self.reference else "anonymous"

    def owns(self, payment: KhaltiPayment) -> bool:
        """Whether it is the user's, or was started anonymously and this is its access token."""
        if payment.user_id is None:
            return bool(self.reference) and self.reference == payment.reference
        return not self.is_anonymous and payment.user_id == self.user.pk


def caller_of(request: HttpRequest) -> Caller:
    """From what an authentication of the operation has returned."""
    auth = request.auth  # type: ignore[attr-defined]  # set by ninja
    if isinstance(auth, Caller):
        return auth
    user = getattr(auth, "user", auth)
    if not isinstance(user, AbstractBaseUser):
        raise ImproperlyConfigured("An authentication of the Khalti API has to return a user, or an object with one")
    if not user.is_active:
        raise Problem("authentication-required", _("This user is inactive."))
    request.user = user  # type: ignore[assignment]  # not that of a session which may be there as well
    return Caller(user=user, reference=reference_of_access(request))


def access_to(payment: KhaltiPayment, caller: Caller) -> str | None:
    """The token for whoever started it anonymously; a user needs none."""
    return _signer.sign(payment.reference) if caller.is_anonymous and payment.user_id is None else None


def reference_of_access(request: HttpRequest) -> str:
    """Empty if no token was sent. Raises ``Problem`` if it is invalid, or has expired."""
    signed = request.headers.get(ACCESS_HEADER, "")
    try:
        return _signer.unsign(signed, max_age=ACCESS_TTL) if signed else ""
    except BadSignature:
        raise Problem("access-invalid", _("The access token is invalid, or has expired.")) from None


def visible_payment(caller: Caller, reference: str) -> KhaltiPayment:
    """Raises ``Problem`` if there is none, or the caller may not see it."""
    if caller.is_anonymous and not caller.reference:
        raise Problem("authentication-required", _("Log in, or send a token."))
    payment = find_payment(reference)
    if payment is None or payment.reference != reference or not may_see(caller, payment):
        raise not_found()
    return payment


def may_see(caller: Caller, payment: KhaltiPayment) -> bool:
    """Its payable decides, if there is one still; else it is seen by its user. And by staff."""
    payable = payable_of(payment)
    is_seen = payable.can_be_seen_by(caller.user) if payable else False
    is_own = caller.owns(payment) and (payable is None or payment.user_id is None)
    return bool(is_seen or is_own) or is_staff(caller, payment, VIEW)


def payable_payment(caller: Caller, reference: str) -> KhaltiPayment:
    """One that the caller may also cancel and pay. Raises ``Problem``."""
    payment = visible_payment(caller, reference)
    payable = payable_of(payment)
    if not (payable.can_be_paid_by(caller.user) if payable else caller.owns(payment)):
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


ANONYMOUS = AnonymousUser()
