"""Who may refund payments."""

from __future__ import annotations

from django.contrib.auth.models import AbstractBaseUser, PermissionsMixin
from django.core.exceptions import PermissionDenied
from wagtail.models import GroupSitePermission

from wagtail_khalti.models import KhaltiPayment

REFUND = "wagtail_khalti.refund_khaltipayment"


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
