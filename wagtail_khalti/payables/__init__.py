"""Any model of the site that can be paid for: an order, a booking, an invoice."""

from wagtail_khalti.payables.details import PaymentDetails
from wagtail_khalti.payables.model import PayableModel
from wagtail_khalti.payables.pay import pay
from wagtail_khalti.payables.payable import Payable
from wagtail_khalti.payables.registry import register_payable, registered_payables

__all__ = [
    "Payable",
    "PayableModel",
    "PaymentDetails",
    "pay",
    "register_payable",
    "registered_payables",
]
