"""Payments for the tests of a site, each with a realistic timeline.

They call no Khalti, simulated or not, and none of the site's receivers: a payment is a few INSERTs. Transitions are
read from the same tables that the actions use (``ledger.payment_states``, ``ledger.refund_states``,
``ledger.schedule``), and our tests compare every other row with the actions, trait by trait. So ``khalti_doctor``
finds a consistent ledger, and daily totals equal the payments.

Why not run the actions themselves, with scripted responses? They would call the site's receivers, send mails, not work
inside ``atomic()``, and need the clock to be changed for all threads of the process.

Amounts are in paisa. Times are aware datetimes if ``USE_TZ`` is on.
"""

from wagtail_khalti.testing.factories.issues import DeliveryFactory, IssueFactory
from wagtail_khalti.testing.factories.payments import PaymentFactory
from wagtail_khalti.testing.factories.refunds import RefundFactory

__all__ = ["DeliveryFactory", "IssueFactory", "PaymentFactory", "RefundFactory"]
