"""The content of receipts, the same on the page, in print, as a PDF and in mails; and these mails."""

from wagtail_khalti.receipts.addresses import absolute_url
from wagtail_khalti.receipts.answers import answer_text
from wagtail_khalti.receipts.contacts import default_contact
from wagtail_khalti.receipts.content import Kind, Receipt, Row, receipt_of
from wagtail_khalti.receipts.finding import find_receipts
from wagtail_khalti.receipts.line_items import line_items_of
from wagtail_khalti.receipts.mail import write_receipt, write_refund_notice
from wagtail_khalti.receipts.originals import issue_original, mailed_to
from wagtail_khalti.receipts.pdf import has_pdf, pdf_name, pdf_of
from wagtail_khalti.receipts.refunds import RefundSummary, refund_summary_of
from wagtail_khalti.receipts.sending import mail_receipt

__all__ = [
    "Kind",
    "Receipt",
    "RefundSummary",
    "Row",
    "absolute_url",
    "answer_text",
    "default_contact",
    "find_receipts",
    "has_pdf",
    "issue_original",
    "line_items_of",
    "mail_receipt",
    "mailed_to",
    "pdf_name",
    "pdf_of",
    "receipt_of",
    "refund_summary_of",
    "write_receipt",
    "write_refund_notice",
]
