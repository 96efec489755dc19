"""What the site does in the worker processes."""

import os

from django.apps import AppConfig
from django.db.models import F

from wagtail_khalti import signals


class WorkersConfig(AppConfig):
    name = "tests.workers"
    label = "workers"

    def ready(self):
        signals.payment_completed.connect(mark_as_paid)
        if os.environ.get("WORKERS_ARE_CARELESS"):
            forget_to_lease()


def mark_as_paid(*, payment, **kwargs):
    from tests.shop.models import Order

    Order.objects.filter(pk=payment.payable_id or None).update(times_paid=F("times_paid") + 1)


def forget_to_lease():
    """For the control: what is due is read, and not taken."""
    from wagtail_khalti.lookups import leases

    leases._lease = lambda due, **lease: list(due)
