"""Who may give money back."""

from __future__ import annotations

from django.contrib.auth.models import AbstractBaseUser, PermissionsMixin
from django.core.exceptions import PermissionDenied

REFUND = "wagtail_khalti.refund_khaltipayment"


def require_permission_to_refund(by: AbstractBaseUser | None) -> None:
    """Raises ``PermissionDenied``. Code that acts for nobody answers for itself."""
    if by is not None and not (isinstance(by, PermissionsMixin) and by.has_perm(REFUND)):
        raise PermissionDenied("This person may not give money back")
