"""Looking payments up at Khalti, without letting a slow Khalti slow down the site."""

from wagtail_khalti.lookups.attempt import LookupAttempt
from wagtail_khalti.lookups.batch import LookupBatch
from wagtail_khalti.lookups.lease_order import LeaseQueue
from wagtail_khalti.lookups.leases import LEASE, lease_for_lookup, lease_payment, release_lease
from wagtail_khalti.lookups.lookup import look_up
from wagtail_khalti.lookups.merchants import merchant_for, merchant_of
from wagtail_khalti.lookups.outcome import apply_attempt
from wagtail_khalti.lookups.pool import call_briefly
from wagtail_khalti.lookups.run_breaker import RunBreaker

__all__ = [
    "LEASE",
    "LeaseQueue",
    "LookupAttempt",
    "LookupBatch",
    "RunBreaker",
    "apply_attempt",
    "call_briefly",
    "lease_for_lookup",
    "lease_payment",
    "look_up",
    "merchant_for",
    "merchant_of",
    "release_lease",
]
