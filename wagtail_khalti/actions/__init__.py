"""What can be done: one verb, one file, one public function. The only code that changes money state."""

from wagtail_khalti.actions.check import check_payment
from wagtail_khalti.actions.initiate import initiate_payment
from wagtail_khalti.actions.start import Source, start_payment
from wagtail_khalti.gateway import BreakdownLine, Customer, Product

__all__ = [
    "BreakdownLine",
    "Customer",
    "Product",
    "Source",
    "check_payment",
    "initiate_payment",
    "start_payment",
]
