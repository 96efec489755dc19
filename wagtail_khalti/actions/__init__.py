"""The actions: one verb, one file, one public function."""

from wagtail_khalti.actions.add_note import add_note
from wagtail_khalti.actions.asynchronous import acheck_payment, arefund_payment, astart_payment
from wagtail_khalti.actions.check import check_payment
from wagtail_khalti.actions.enter_refund_amount import enter_refund_amount
from wagtail_khalti.actions.initiate import initiate_payment
from wagtail_khalti.actions.reconcile import reconcile
from wagtail_khalti.actions.reconciliation import Reconciliation
from wagtail_khalti.actions.record_refund import record_refund
from wagtail_khalti.actions.redeliver import redeliver
from wagtail_khalti.actions.refund import refund_payment
from wagtail_khalti.actions.resolve_issue import resolve_issue
from wagtail_khalti.actions.resolve_refund import resolve_refund
from wagtail_khalti.actions.send_receipt import send_receipt
from wagtail_khalti.actions.start import start_payment
from wagtail_khalti.gateway import BreakdownLine, Customer, Product
from wagtail_khalti.models.inventory import Reservation
from wagtail_khalti.models.sources import Source
from wagtail_khalti.questions import Answer
from wagtail_khalti.webhooks import resend_webhook

__all__ = [
    "Answer",
    "BreakdownLine",
    "Customer",
    "Product",
    "Reconciliation",
    "Reservation",
    "Source",
    "acheck_payment",
    "add_note",
    "arefund_payment",
    "astart_payment",
    "check_payment",
    "enter_refund_amount",
    "initiate_payment",
    "reconcile",
    "record_refund",
    "redeliver",
    "refund_payment",
    "resend_webhook",
    "resolve_issue",
    "resolve_refund",
    "send_receipt",
    "start_payment",
]
