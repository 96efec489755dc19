"""Mails to organisers: what was sold, how much it comes to, and where to see each payment."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import NoReverseMatch, reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from wagtail_khalti.formatting import format_number, format_time
from wagtail_khalti.models import KhaltiMail, KhaltiPayment
from wagtail_khalti.models.site_settings import site_display_name
from wagtail_khalti.money import format_rupees
from wagtail_khalti.receipts import absolute_url
from wagtail_khalti.text.lines import one_line

MAX_LISTED = 100
"""Sales in one mail; the sums include all."""
MAX_SUBJECT_LENGTH = 100  # characters of a description


@dataclass(frozen=True, slots=True, kw_only=True)
class Sale:
    """One payment, as the mail shows it."""

    purpose: str
    amount: str
    name: str
    reference: str
    at: str
    url: str
    """Of its page in the admin; empty if the site has no admin."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PageTotal:
    """What one page has sold."""

    title: str
    count: str
    amount: str


def write_sales(bundle: KhaltiMail) -> EmailMultiAlternatives | None:
    """Not sent yet, and without a recipient. None if nothing was sold."""
    payments = [part.payment for part in bundle.parts.select_related("payment__site").order_by("pk") if part.payment]
    if not payments:
        return None
    with translation.override(settings.LANGUAGE_CODE):  # the organiser's, not a visitor's
        subject, is_test = _subject(bundle, payments), payments[0].is_test
        context = {
            "subject": subject,
            "is_test": is_test,
            "site": _site_name(payments[0]),
            "sales": [_sale(payment) for payment in payments[:MAX_LISTED]],
            "unlisted": format_number(len(payments) - MAX_LISTED) if len(payments) > MAX_LISTED else "",
            "count": format_number(len(payments)),
            "total": _total(payments),
            "pages": _pages(payments),
            "language": translation.get_language(),
        }
        mail = EmailMultiAlternatives(
            subject=_("TEST (no money moved): %(subject)s") % {"subject": subject} if is_test else subject,
            body=render_to_string("wagtail_khalti/mail/sales.txt", context).strip(),
            headers={"Auto-Submitted": "auto-generated"},
        )
        mail.attach_alternative(render_to_string("wagtail_khalti/mail/sales.html", context), "text/html")
    return mail


def _subject(bundle: KhaltiMail, payments: Sequence[KhaltiPayment]) -> str:
    facts = {"count": format_number(len(payments)), "total": _total(payments), "site": _site_name(payments[0])}
    if bundle.kind == KhaltiMail.Kind.DAILY_SALES:
        now = format_time(timezone.now())
        return _("Sales of %(site)s up to %(time)s: %(count)s, %(total)s") % {**facts, "time": now}
    if len(payments) == 1:
        purpose = one_line(payments[0].purpose)[:MAX_SUBJECT_LENGTH]
        return _("New sale: %(purpose)s, %(total)s") % {**facts, "purpose": purpose}
    return ngettext("%(count)s new sale: %(total)s", "%(count)s new sales: %(total)s", len(payments)) % facts


def _sale(payment: KhaltiPayment) -> Sale:
    return Sale(
        purpose=one_line(payment.purpose),
        amount=_rupees(payment.amount),
        name=one_line(payment.customer_name),
        reference=payment.readable_reference,
        at=format_time(payment.completed_at) if payment.completed_at else "",
        url=_admin_url(payment),
    )


def _pages(payments: Sequence[KhaltiPayment]) -> list[PageTotal]:
    """In the order of their first sales. A payment that started on no page counts by its description."""
    by_title: dict[str, list[KhaltiPayment]] = {}
    for payment in payments:
        by_title.setdefault(one_line(payment.source_title or payment.purpose), []).append(payment)
    return [
        PageTotal(title=title, count=format_number(len(sold)), amount=_total(sold)) for title, sold in by_title.items()
    ]


def _admin_url(payment: KhaltiPayment) -> str:
    try:
        path = reverse("khalti_payments:inspect", args=[payment.pk])
    except NoReverseMatch:
        return ""
    root = getattr(settings, "WAGTAILADMIN_BASE_URL", "")
    return f"{root.rstrip('/')}{path}" if root else absolute_url(payment, path)


def _site_name(payment: KhaltiPayment) -> str:
    return one_line(site_display_name(payment.site)) if payment.site else ""


def _total(payments: Sequence[KhaltiPayment]) -> str:
    return _rupees(sum(payment.amount for payment in payments))


def _rupees(paisa: int) -> str:
    return format_rupees(paisa, translation.get_language())
