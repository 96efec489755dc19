"""The mails with a receipt, in the payer's language."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict

from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from wagtail_khalti.models import KhaltiPayment, KhaltiRefund, KhaltiSettings
from wagtail_khalti.receipts.addresses import absolute_url
from wagtail_khalti.receipts.contacts import default_contact
from wagtail_khalti.receipts.content import Receipt, receipt_of
from wagtail_khalti.receipts.pdf import pdf_name, pdf_of
from wagtail_khalti.receipts.refunds import RefundSummary, ShownRefund, refund_summary_of
from wagtail_khalti.text.email_addresses import is_address
from wagtail_khalti.text.lines import one_line


def write_receipt(payment: KhaltiPayment) -> EmailMultiAlternatives:
    """Not sent yet, and without a recipient. With a PDF, where the extra for it is installed."""

    def introduce(receipt: Receipt, refund_summary: RefundSummary | None) -> tuple[str, Sequence[str]]:
        about = {"merchant": receipt.merchant, "amount": receipt.amount}
        thanks = _("Thank you. %(merchant)s has received your payment.") % about
        where = refund_summary.where if refund_summary else ""
        return _("Receipt from %(merchant)s: %(amount)s") % about, [thanks, *filter(None, [where])]

    return _write(payment, introduce, is_original=payment.receipt_issued_at is None, attaches_pdf=True)


def write_refund_notice(refund: KhaltiRefund) -> EmailMultiAlternatives:
    """Likewise: the refund, and the current receipt."""

    def introduce(receipt: Receipt, refund_summary: RefundSummary | None) -> tuple[str, Sequence[str]]:
        shown = ShownRefund(refund=refund)
        about = {"merchant": receipt.merchant, "amount": shown.amount}
        refunded = _("%(merchant)s has refunded %(amount)s of your payment.") % about
        return _("Refund from %(merchant)s: %(amount)s") % about, [refunded, shown.where]

    return _write(refund.payment, introduce)


def _write(
    payment: KhaltiPayment,
    introduce: Callable[[Receipt, RefundSummary | None], tuple[str, Sequence[str]]],
    *,
    is_original: bool = False,
    attaches_pdf: bool = False,
) -> EmailMultiAlternatives:
    with translation.override(payment.language or translation.get_language()):
        chosen, refund_summary = KhaltiSettings.of(payment.site), refund_summary_of(payment)
        receipt = receipt_of(payment, chosen, refund_summary, shows_payer=True, is_original=is_original)
        subject, introduction = introduce(receipt, refund_summary)
        contact = one_line(chosen.contact or default_contact())
        context = {
            "payment": payment,
            "receipt": receipt,
            "introduction": introduction,
            "url": absolute_url(payment, payment.get_receipt_url()),
            "contact": contact,
            "language": translation.get_language(),
        }
        mail = EmailMultiAlternatives(
            subject=_("TEST (no money moved): %(subject)s") % {"subject": subject} if payment.is_test else subject,
            body=render_to_string("wagtail_khalti/receipt/receipt.txt", context).strip(),
            reply_to=[contact] if is_address(contact) else [],
            headers={"Auto-Submitted": "auto-generated"},  # suppresses out-of-office replies
        )
        mail.attach_alternative(render_to_string("wagtail_khalti/receipt/receipt.html", context), "text/html")
        if attaches_pdf and (pdf := pdf_of(asdict(receipt))):
            mail.attach(pdf_name(payment), pdf, "application/pdf")
    return mail
