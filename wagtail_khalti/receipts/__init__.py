"""The content of receipts, the same on the page, in print and in mails; and these mails."""

from wagtail_khalti.receipts.addresses import absolute_url
from wagtail_khalti.receipts.contacts import default_contact
from wagtail_khalti.receipts.content import receipt_of
from wagtail_khalti.receipts.line_items import line_items_of
from wagtail_khalti.receipts.mail import write_receipt, write_refund_notice
from wagtail_khalti.receipts.refunds import RefundSummary, refund_summary_of
from wagtail_khalti.receipts.sending import mail_receipt

__all__ = [
    "RefundSummary",
    "absolute_url",
    "default_contact",
    "line_items_of",
    "mail_receipt",
    "receipt_of",
    "refund_summary_of",
    "write_receipt",
    "write_refund_notice",
]
