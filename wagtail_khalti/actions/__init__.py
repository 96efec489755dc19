"""What can be done: one verb, one file, one public function. The only code that changes money state."""

from wagtail_khalti.actions.check import check_payment
from wagtail_khalti.actions.deliver import deliver
from wagtail_khalti.actions.initiate import initiate_payment
from wagtail_khalti.actions.settle import settle
from wagtail_khalti.actions.start import start_payment

__all__ = ["check_payment", "deliver", "initiate_payment", "settle", "start_payment"]
