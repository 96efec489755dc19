"""Payments for the tests of a site, each with the history that really leads there.

They ask no Khalti, simulated or not, and run none of the site's receivers: a payment is a few INSERTs. What follows
from what is read from the same tables that the actions use (``ledger.payment_states``, ``ledger.refund_states``,
``ledger.schedule``), and what is written beside them is compared with the actions in our tests, trait by trait. So
``khalti_doctor`` finds a ledger that agrees, and the totals of days are what the payments say.

Why not run the actions themselves, with answers prepared? They would tell the site's receivers, send mails, refuse to
work inside ``atomic()``, and need the clock to be turned back for all threads of the process.

Amounts are in paisa. Moments are aware datetimes where ``USE_TZ`` is on.
"""

from wagtail_khalti.testing.factories.issues import DeliveryFactory, IssueFactory
from wagtail_khalti.testing.factories.payments import PaymentFactory
from wagtail_khalti.testing.factories.refunds import RefundFactory

__all__ = ["DeliveryFactory", "IssueFactory", "PaymentFactory", "RefundFactory"]
