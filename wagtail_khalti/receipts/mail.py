"""The mails that carry a receipt, in the language of who paid."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from posixpath import relpath
from urllib.parse import urljoin, urlsplit

from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from wagtail_khalti.models import KhaltiPayment, KhaltiRefund, KhaltiSettings
from wagtail_khalti.receipts.contacts import usual_contact
from wagtail_khalti.receipts.content import Receipt, receipt_of
from wagtail_khalti.receipts.refunds import RefundSummary, ShownRefund, refund_summary_of
from wagtail_khalti.text.email_addresses import is_address
from wagtail_khalti.text.lines import one_line


def write_receipt(payment: KhaltiPayment) -> EmailMultiAlternatives:
    """Not sent yet, and without an addressee."""

    def words(receipt: Receipt, refund_summary: RefundSummary | None) -> tuple[str, Sequence[str]]:
        about = {"merchant": receipt.merchant, "amount": receipt.amount}
        thanks = _("Thank you. %(merchant)s has received your payment.") % about
        where = refund_summary.where if refund_summary else ""
        return _("Receipt from %(merchant)s: %(amount)s") % about, [thanks, *filter(None, [where])]

    return _write(payment, words)


def write_refund_notice(refund: KhaltiRefund) -> EmailMultiAlternatives:
    """Likewise: what went back, and the receipt as it is now."""

    def words(receipt: Receipt, refund_summary: RefundSummary | None) -> tuple[str, Sequence[str]]:
        made = ShownRefund(refund=refund)
        about = {"merchant": receipt.merchant, "amount": made.amount}
        refunded = _("%(merchant)s has refunded %(amount)s of your payment.") % about
        return _("Refund from %(merchant)s: %(amount)s") % about, [refunded, made.where]

    mail = _write(refund.payment, words)
    host = urlsplit(refund.payment.return_url).hostname or "localhost"
    mail.extra_headers["Message-ID"] = f"<refund-{refund.reference}@{host}>"  # mailboxes show a repetition once
    return mail


def _write(
    payment: KhaltiPayment, words: Callable[[Receipt, RefundSummary | None], tuple[str, Sequence[str]]]
) -> EmailMultiAlternatives:
    with translation.override(payment.language or translation.get_language()):
        chosen, refund_summary = KhaltiSettings.of(payment.site), refund_summary_of(payment)
        receipt = receipt_of(payment, chosen, refund_summary, shows_payer=True)
        subject, introduction = words(receipt, refund_summary)
        contact = one_line(chosen.contact or usual_contact())
        context = {
            "payment": payment,
            "receipt": receipt,
            "introduction": introduction,
            "url": _address(payment),
            "contact": contact,
            "language": translation.get_language(),
        }
        mail = EmailMultiAlternatives(
            subject=_("TEST, no money moved: %(words)s") % {"words": subject} if payment.is_test else subject,
            body=render_to_string("wagtail_khalti/receipt/receipt.txt", context).strip(),
            reply_to=[contact] if is_address(contact) else [],
            headers={"Auto-Submitted": "auto-generated"},  # so that no "I am on holiday" comes back
        )
        mail.attach_alternative(render_to_string("wagtail_khalti/receipt/receipt.html", context), "text/html")
    return mail


def _address(payment: KhaltiPayment) -> str:
    """Of the receipt, beside the address to which its visitor came back: same host, and same sub-path."""
    beside = reverse("wagtail_khalti:return", args=[payment.reference])
    return urljoin(payment.return_url, f"{relpath(payment.get_receipt_url(), beside)}/")
