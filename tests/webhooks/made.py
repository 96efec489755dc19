"""Messages as they are stored, without sending any."""

import pytest

from wagtail_khalti.actions import check_payment, start_payment
from wagtail_khalti.models import KhaltiWebhookMessage

__all__ = ["make_webhook"]  # for a conftest.py to take


@pytest.fixture
def make_webhook(khalti, settings):
    """A message to the endpoint "crm", at which nobody is."""
    crm = {
        "URL": "http://127.0.0.1:9/khalti?token=hidden",
        "SECRET": f"whsec_{'QUJD' * 8}",
        "EVENTS": ["payment.ended"],
    }
    settings.WAGTAIL_KHALTI = {**settings.WAGTAIL_KHALTI, "WEBHOOKS": {"crm": crm}}

    def make(**columns):
        payment = start_payment(150_000, purpose="Membership", base_url="http://testserver")
        khalti.pay(payment)
        delivery = check_payment(payment).deliveries.get()
        return KhaltiWebhookMessage.objects.create(**{"endpoint": "crm", "delivery": delivery, "body": "{}", **columns})

    return make
