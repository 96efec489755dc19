"""What can be done: one verb, one file, one public function. The only code that changes money state."""

from wagtail_khalti.actions.add_note import add_note
from wagtail_khalti.actions.check import check_payment
from wagtail_khalti.actions.close_review import close_review
from wagtail_khalti.actions.decide_refund import decide_refund
from wagtail_khalti.actions.enter_refund_amount import enter_refund_amount
from wagtail_khalti.actions.initiate import initiate_payment
from wagtail_khalti.actions.reconcile import reconcile
from wagtail_khalti.actions.reconciliation import Reconciliation
from wagtail_khalti.actions.record_refund import record_refund
from wagtail_khalti.actions.refund import refund_payment
from wagtail_khalti.actions.replay import replay_delivery
from wagtail_khalti.actions.send_receipt import send_receipt
from wagtail_khalti.actions.start import Source, start_payment
from wagtail_khalti.gateway import BreakdownLine, Customer, Product

__all__ = [
    "BreakdownLine",
    "Customer",
    "Product",
    "Reconciliation",
    "Source",
    "add_note",
    "check_payment",
    "close_review",
    "decide_refund",
    "enter_refund_amount",
    "initiate_payment",
    "reconcile",
    "record_refund",
    "refund_payment",
    "replay_delivery",
    "send_receipt",
    "start_payment",
]
