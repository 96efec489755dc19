"""Any model of the site that can be paid for: an order, a booking, an invoice."""

from wagtail_khalti.payables.details import PaymentDetails
from wagtail_khalti.payables.links import pay_url, payments_admin_url
from wagtail_khalti.payables.model import PayableModel
from wagtail_khalti.payables.paid import payment_that_paid
from wagtail_khalti.payables.pay import pay
from wagtail_khalti.payables.payable import Payable
from wagtail_khalti.payables.registry import register_payable, registered_payables
from wagtail_khalti.payables.relation import KhaltiPayments
from wagtail_khalti.payables.required import payment_required
from wagtail_khalti.payables.state import PayableQuerySet, with_payment_state

__all__ = [
    "KhaltiPayments",
    "Payable",
    "PayableModel",
    "PayableQuerySet",
    "PaymentDetails",
    "pay",
    "pay_url",
    "payment_required",
    "payment_that_paid",
    "payments_admin_url",
    "register_payable",
    "registered_payables",
    "with_payment_state",
]
