"""Who calls."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ImproperlyConfigured
from django.core.signing import BadSignature, TimestampSigner
from django.http import HttpRequest
from django.utils.translation import gettext as _

from wagtail_khalti.api.problems import Problem
from wagtail_khalti.models import KhaltiPayment

ANONYMOUS = AnonymousUser()
ACCESS_HEADER = "Khalti-Access"
ACCESS_TTL = 30 * 24 * 60 * 60  # seconds

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
    user = auth if isinstance(auth, AbstractBaseUser) else getattr(auth, "user", None)
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
