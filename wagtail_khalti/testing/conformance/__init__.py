"""The conformance suite: whether a site's receivers do their work once, whatever happens.

In the tests of a site:

    class TestReceivers(ReceiverConformance, TestCase):
        def make_payable(self):
            return Order.objects.create()
"""

from wagtail_khalti.testing.conformance.courses import CourseChecks
from wagtail_khalti.testing.conformance.once import OnceChecks
from wagtail_khalti.testing.conformance.suite import RULES
from wagtail_khalti.testing.conformance.trace import DoesNotConform

__all__ = ["RULES", "DoesNotConform", "ReceiverConformance"]


class ReceiverConformance(OnceChecks, CourseChecks):
    """Tests of the site's receivers, together with Django's ``TestCase``; or alone, with pytest and a database."""
