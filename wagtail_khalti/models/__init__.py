"""The database models."""

from wagtail_khalti.models.delivery import KhaltiDelivery
from wagtail_khalti.models.event import KhaltiEvent
from wagtail_khalti.models.inventory import KhaltiInventory
from wagtail_khalti.models.issue import KhaltiIssue
from wagtail_khalti.models.mails import KhaltiMail
from wagtail_khalti.models.payment import KhaltiPayment
from wagtail_khalti.models.references import KhaltiReceiptCounter
from wagtail_khalti.models.refund import KhaltiRefund
from wagtail_khalti.models.reporting import KhaltiCheckoutView, KhaltiDailyTotal, KhaltiSnapshot
from wagtail_khalti.models.run import KhaltiRun
from wagtail_khalti.models.search_entry import KhaltiSearchEntry
from wagtail_khalti.models.site_settings import KhaltiSettings
from wagtail_khalti.models.status import Status
from wagtail_khalti.models.webhooks import KhaltiWebhookMessage

__all__ = [
    "KhaltiCheckoutView",
    "KhaltiDailyTotal",
    "KhaltiDelivery",
    "KhaltiEvent",
    "KhaltiInventory",
    "KhaltiIssue",
    "KhaltiMail",
    "KhaltiPayment",
    "KhaltiReceiptCounter",
    "KhaltiRefund",
    "KhaltiRun",
    "KhaltiSearchEntry",
    "KhaltiSettings",
    "KhaltiSnapshot",
    "KhaltiWebhookMessage",
    "Status",
]
