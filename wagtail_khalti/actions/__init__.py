"""What can be done: one verb, one file, one public function. The only code that changes money state."""

from wagtail_khalti.actions.check import check_payment
from wagtail_khalti.actions.close_review import close_review
from wagtail_khalti.actions.initiate import initiate_payment
from wagtail_khalti.actions.reconcile import reconcile
from wagtail_khalti.actions.reconciliation import Reconciliation
from wagtail_khalti.actions.replay import replay_delivery
from wagtail_khalti.actions.start import Source, start_payment
from wagtail_khalti.gateway import BreakdownLine, Customer, Product

__all__ = [
    "BreakdownLine",
    "Customer",
    "Product",
    "Reconciliation",
    "Source",
    "check_payment",
    "close_review",
    "initiate_payment",
    "reconcile",
    "replay_delivery",
    "start_payment",
]
