"""The text of a mail, written at the moment it is sent: with the current status, settings and address."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from urllib.parse import urlsplit

from django.core.mail import EmailMultiAlternatives
from django.utils import timezone

from wagtail_khalti.mails.sale_letters import write_sales
from wagtail_khalti.mails.sales import is_for_site
from wagtail_khalti.mails.unpaid import write_link, write_reminder
from wagtail_khalti.models import KhaltiMail, KhaltiPayment, KhaltiSettings
from wagtail_khalti.receipts import write_receipt, write_refund_notice
from wagtail_khalti.text.email_addresses import is_address

ON_ITS_WAY = timedelta(minutes=1)
"""Longer than a mail server is waited for."""


class Undecided(Exception):
    """Whether it is needed will be known in a minute."""


def letter_of(mail: KhaltiMail) -> EmailMultiAlternatives | None:
    """With its recipient; None if it is not needed any more. Raises ``Undecided``."""
    if mail.payment is None:
        first = mail.sales.select_related("payment__site").first()
        payment = first.payment if first else None
        letter = write_sales(mail) if payment and _is_wanted(mail, payment) else None
    else:
        payment = mail.payment
        letter = WRITERS[mail.kind](mail, payment) if is_address(mail.address) else None
    if letter is None:
        return None
    letter.to = [mail.address]
    host = (payment and urlsplit(payment.return_url).hostname) or "localhost"
    letter.extra_headers["Message-ID"] = f"<{mail.pk}.{mail.kind}@{host}>"  # mail clients show a repeated one once
    return letter


def _is_wanted(bundle: KhaltiMail, payment: KhaltiPayment) -> bool:
    """Whether its recipient is still in the settings of the site. All of its sales are of one site."""
    wanted = [address.lower() for address in KhaltiSettings.of(payment.site).sale_addresses]
    return bundle.recipient in wanted or not is_for_site(bundle)


def _receipt(mail: KhaltiMail, payment: KhaltiPayment) -> EmailMultiAlternatives | None:
    """Not after one that a person sent. Raises ``Undecided`` while that one may still be on its way."""
    sent_at = payment.events.receipts_sent_at() if payment.is_paid else []
    if any(at > timezone.now() - ON_ITS_WAY for at in sent_at):
        raise Undecided
    if not payment.is_paid or sent_at:
        return None
    return write_receipt(payment)


def _refund_notice(mail: KhaltiMail, payment: KhaltiPayment) -> EmailMultiAlternatives | None:
    if mail.refund is None or not KhaltiSettings.of(payment.site).sends_refund_notices:
        return None
    return write_refund_notice(mail.refund)


def _reminder(mail: KhaltiMail, payment: KhaltiPayment) -> EmailMultiAlternatives | None:
    return write_reminder(payment)


def _link(mail: KhaltiMail, payment: KhaltiPayment) -> EmailMultiAlternatives | None:
    return write_link(payment)


WRITERS: Mapping[str, Callable[[KhaltiMail, KhaltiPayment], EmailMultiAlternatives | None]] = {
    KhaltiMail.Kind.RECEIPT: _receipt,
    KhaltiMail.Kind.REFUND_NOTICE: _refund_notice,
    KhaltiMail.Kind.REMINDER: _reminder,
    KhaltiMail.Kind.FINISH_LATER: _link,
}
