"""Mails to visitors who have not paid: the reminder, and the link to finish later."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from django.core.mail import EmailMultiAlternatives
from django.db.models import Q
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from wagtail_khalti.ledger import availability
from wagtail_khalti.models import KhaltiEvent, KhaltiMail, KhaltiPayment, KhaltiSettings
from wagtail_khalti.models.references import sign_retry
from wagtail_khalti.models.status import PAID, Status
from wagtail_khalti.receipts import absolute_url, default_contact, receipt_of
from wagtail_khalti.text.email_addresses import is_address
from wagtail_khalti.text.lines import one_line

MAX_AGE = timedelta(days=2)
"""Of the payment. A mail after that would only surprise."""
MAX_PER_DAY = 3
"""To one inbox: anybody can start payments with somebody else's address."""


def write_reminder(payment: KhaltiPayment) -> EmailMultiAlternatives | None:
    """Not sent yet, and without a recipient. None if there is nothing to remind of."""
    chosen = KhaltiSettings.of(payment.site)
    if not chosen.sends_reminders or payment.status != Status.EXPIRED:
        return None
    if not _is_welcome(payment) or not _is_offered(payment):
        return None
    with translation.override(payment.language or translation.get_language()):
        merchant = _merchant(payment, chosen)
        subject = _("Your payment to %(merchant)s is not finished") % {"merchant": merchant}
        introduction = [
            _("The payment link has expired. You have not been charged."),
            _("If you still want to pay, you can do so here. Your details are saved. This is the only reminder."),
        ]
        return _write(payment, chosen, subject, introduction)


def write_link(payment: KhaltiPayment) -> EmailMultiAlternatives | None:
    """Likewise, if Khalti was unavailable and the payment has not been sent to it since."""
    chosen = KhaltiSettings.of(payment.site)
    if not chosen.sends_links or payment.status != Status.CREATED or not _is_welcome(payment):
        return None
    with translation.override(payment.language or translation.get_language()):
        merchant = _merchant(payment, chosen)
        subject = _("Finish your payment to %(merchant)s") % {"merchant": merchant}
        introduction = [
            _("Khalti was temporarily unavailable. You have not been charged."),
            _("You can finish your payment here. Your details are saved."),
        ]
        return _write(payment, chosen, subject, introduction)


def _is_welcome(payment: KhaltiPayment) -> bool:
    """Whether the visitor may still want to pay, and gets no flood."""
    is_recent = timezone.now() - payment.created_at < MAX_AGE
    return is_recent and not (_is_given_up(payment) or _is_settled_otherwise(payment) or _has_enough_mail(payment))


def _is_given_up(payment: KhaltiPayment) -> bool:
    """The customer said that they don't want to pay."""
    return payment.events.filter(kind=KhaltiEvent.Kind.CANCEL_REQUESTED).exists()


def _is_offered(payment: KhaltiPayment) -> bool:
    """Whether its units are available, and its page is published: nobody is reminded of what they can't buy."""
    if payment.inventory and availability(payment.inventory, payment.mode).available < payment.units:
        return False
    has_source = payment.source_type is not None and payment.source_type.model_class() is not None
    return not has_source or bool(payment.source and getattr(payment.source, "live", True))


def _is_settled_otherwise(payment: KhaltiPayment) -> bool:
    """The same customer has paid the same offer since, or started again, or a person has to look at this payment."""
    since = Q(pk__gt=payment.pk) | Q(status__in=PAID, completed_at__gte=payment.created_at)
    same = KhaltiPayment.objects.for_same_offer(payment).filter(payment.contact or Q(pk=payment.pk), since)
    return same.exclude(pk=payment.pk).exists() or payment.issues.open().exists()


def _has_enough_mail(payment: KhaltiPayment) -> bool:
    kinds = (KhaltiMail.Kind.REMINDER, KhaltiMail.Kind.FINISH_LATER)
    a_day_ago = timezone.now() - timedelta(days=1)
    others = KhaltiMail.objects.filter(_is_to_inbox_of(payment.customer_email), kind__in=kinds)
    return others.filter(sent_at__gt=a_day_ago).count() >= MAX_PER_DAY


def _is_to_inbox_of(address: str) -> Q:
    """Also with another tag: to many mail servers ``sita+school@example.com`` is ``sita@example.com``."""
    name, _at, host = address.rpartition("@")
    name = name.partition("+")[0]
    is_tagged = Q(payment__customer_email__startswith=f"{name}+", payment__customer_email__endswith=f"@{host}")
    return Q(payment__customer_email=f"{name}@{host}") | is_tagged


def _merchant(payment: KhaltiPayment, chosen: KhaltiSettings) -> str:
    return receipt_of(payment, chosen, None, shows_payer=False).merchant


def _write(
    payment: KhaltiPayment, chosen: KhaltiSettings, subject: str, introduction: Sequence[str]
) -> EmailMultiAlternatives:
    contact = one_line(chosen.contact or default_contact())
    context = {
        "payment": payment,
        "receipt": receipt_of(payment, chosen, None, shows_payer=False),
        "subject": subject,
        "introduction": introduction,
        "url": f"{absolute_url(payment, payment.get_absolute_url())}?again={sign_retry(payment.reference)}",
        "contact": contact,
        "language": translation.get_language(),
    }
    mail = EmailMultiAlternatives(
        subject=_("TEST (no money moved): %(subject)s") % {"subject": subject} if payment.is_test else subject,
        body=render_to_string("wagtail_khalti/mail/unpaid.txt", context).strip(),
        reply_to=[contact] if is_address(contact) else [],
        headers={"Auto-Submitted": "auto-generated"},  # suppresses out-of-office replies
    )
    mail.attach_alternative(render_to_string("wagtail_khalti/mail/unpaid.html", context), "text/html")
    return mail
