"""Links in mails, which need a host."""

from __future__ import annotations

from posixpath import relpath
from urllib.parse import urljoin

from django.urls import reverse

from wagtail_khalti.models import KhaltiPayment


def absolute_url(payment: KhaltiPayment, path: str) -> str:
    """``path``, which ends with a slash, with the host and sub-path of the payment's return URL."""
    beside = reverse("wagtail_khalti:return", args=[payment.reference])
    return urljoin(payment.return_url, f"{relpath(path, beside)}/")
