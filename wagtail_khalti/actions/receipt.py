"""The receipt of a payment, as an e-mail in the language of who paid."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from posixpath import relpath
from typing import Any
from urllib.parse import urljoin, urlsplit

from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.core.mail import EmailMultiAlternatives
from django.core.validators import validate_email
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from wagtail.models import Site

from wagtail_khalti.calendars import write_bs
from wagtail_khalti.conf import configuration
from wagtail_khalti.digits import in_digits_of
from wagtail_khalti.lines import one_line
from wagtail_khalti.models import KhaltiPayment, KhaltiSettings
from wagtail_khalti.money import format_rupees
from wagtail_khalti.writing import write_time


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A label and how much; of a refund, when."""

    label: str
    amount: str


def write_receipt(payment: KhaltiPayment) -> EmailMultiAlternatives:
    """Not sent yet, and without an addressee."""
    with translation.override(payment.language or translation.get_language()):
        context = _context(payment)
        mail = EmailMultiAlternatives(
            subject=_subject(context),
            body=render_to_string("wagtail_khalti/receipt/receipt.txt", context).strip(),
            reply_to=[context["contact"]] if is_address(context["contact"]) else [],
            headers={"Auto-Submitted": "auto-generated"},  # so that no "I am on holiday" comes back
        )
        mail.attach_alternative(render_to_string("wagtail_khalti/receipt/receipt.html", context), "text/html")
    return mail


def is_address(text: str) -> bool:
    """Whether it is one e-mail address and nothing else."""
    try:
        validate_email(text)
    except ValidationError:
        return False
    return True


def masked_address(address: str) -> str:
    """``s…@example.com``: enough to recognise one's own."""
    name, _at, host = address.rpartition("@")
    return f"{name[:1]}…@{host}" if name and host else ""


def _context(payment: KhaltiPayment) -> dict[str, Any]:
    language = translation.get_language()
    site = payment.site or Site.objects.filter(is_default_site=True).first()
    chosen = KhaltiSettings.of(payment.site)
    return {
        "payment": payment,
        "seller": one_line((site and (site.site_name or site.hostname)) or urlsplit(payment.website_url).netloc),
        "purpose": one_line(payment.purpose),
        "amount": format_rupees(payment.amount, language),
        "lines": _lines(payment, language),
        "paid_on": payment.completed_at and in_both_calendars(payment.completed_at),
        "refunds": _refunds(payment, language),
        "url": _address(payment),
        "text": chosen.receipt_text.strip(),
        "contact": one_line(chosen.contact or usual_contact()),
        "language": language,
    }


def _subject(context: dict[str, Any]) -> str:
    words = _("Receipt from %(seller)s: %(amount)s") % {"seller": context["seller"], "amount": context["amount"]}
    return _("TEST, no money moved: %(words)s") % {"words": words} if context["payment"].is_test else words


def _lines(payment: KhaltiPayment, language: str | None) -> list[Line]:
    """What makes up the amount, where that isn't the one thing that is named anyway."""
    lines = [
        Line(label=one_line(line["label"]), amount=format_rupees(line["amount"], language))
        for line in payment.breakdown
    ]
    return [] if [line.label for line in lines] == [one_line(payment.purpose)] else lines


def _refunds(payment: KhaltiPayment, language: str | None) -> list[Line]:
    """Those that were made for certain."""
    return [
        Line(
            label=write_time(refund.decided_at or refund.created_at),
            amount=format_rupees(refund.amount, language) if refund.amount else _("a part of it"),
        )
        for refund in payment.refunds.done()
    ]


def in_both_calendars(moment: datetime) -> str:
    """``Nov. 21, 2026, 10 a.m. (2083-08-05 BS)``, in the language and its digits."""
    local = timezone.localtime(moment) if timezone.is_aware(moment) else moment
    bs = in_digits_of(translation.get_language(), write_bs(local.date()))
    return _("%(ad)s (%(bs)s BS)") % {"ad": write_time(moment), "bs": bs} if bs else write_time(moment)


def _address(payment: KhaltiPayment) -> str:
    """Of the payment's page, beside the address to which its visitor came back: same host, and same sub-path."""
    beside = reverse("wagtail_khalti:return", args=[payment.reference])
    return urljoin(payment.return_url, f"{relpath(payment.get_absolute_url(), beside)}/")


def usual_contact() -> str:
    """Of a site that names none of its own. Never raises."""
    try:
        return configuration().contact
    except ImproperlyConfigured:
        return ""
