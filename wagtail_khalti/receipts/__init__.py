"""The content of receipts, the same on the page, in print, as a PDF and in mails; and these mails."""

from wagtail_khalti.receipts.answers import answer_text
from wagtail_khalti.receipts.automatic import send_automatic_receipt, wants_receipt
from wagtail_khalti.receipts.contacts import default_contact
from wagtail_khalti.receipts.content import receipt_of
from wagtail_khalti.receipts.finding import find_receipts
from wagtail_khalti.receipts.line_items import line_items_of
from wagtail_khalti.receipts.originals import issue_original, mailed_to
from wagtail_khalti.receipts.pdf import has_pdf, pdf_name, pdf_of
from wagtail_khalti.receipts.refund_notices import payments_with_due_notices, send_refund_notices
from wagtail_khalti.receipts.refunds import RefundSummary, refund_summary_of
from wagtail_khalti.receipts.sending import mail_receipt

__all__ = [
    "RefundSummary",
    "answer_text",
    "default_contact",
    "find_receipts",
    "has_pdf",
    "issue_original",
    "line_items_of",
    "mail_receipt",
    "mailed_to",
    "payments_with_due_notices",
    "pdf_name",
    "pdf_of",
    "receipt_of",
    "refund_summary_of",
    "send_automatic_receipt",
    "send_refund_notices",
    "wants_receipt",
]
