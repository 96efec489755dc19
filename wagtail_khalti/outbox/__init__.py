"""The site's receivers: called in order, and exactly once for their work in the database."""

from wagtail_khalti.outbox.attempts import FAILURES_TO_OPEN_ISSUE
from wagtail_khalti.outbox.deliver import deliver

__all__ = [
    "FAILURES_TO_OPEN_ISSUE",
    "deliver",
]
