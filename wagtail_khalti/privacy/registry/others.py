"""The columns of models that hold nothing of single payers."""

from __future__ import annotations

from functools import partial

from wagtail_khalti.models import (
    KhaltiCheckoutView,
    KhaltiDailyTotal,
    KhaltiInventory,
    KhaltiReceiptCounter,
    KhaltiRun,
    KhaltiSettings,
    KhaltiSnapshot,
)
from wagtail_khalti.privacy.registry.columns import Columns

of_settings = partial(Columns, model=KhaltiSettings)
DIMENSIONS = ("mode", "merchant", "site", "source_type", "source_id", "source_title", "block_path")

OTHERS = (
    of_settings(
        names=("contact", "notification_recipients", "sale_recipients"),
        purpose="Addresses of the people who run the site, until one of them changes the settings",
    ),
    of_settings(
        names=(
            *("id", "site", "merchant", "thank_you_page", "return_page", "vat_rate", "checkout_message"),
            *("unavailable_message", "receipt_text", "sends_receipts", "sends_refund_notices", "sends_reminders"),
            *("sends_links", "sale_mail_frequency"),
        ),
        purpose="What editors have chosen for their site",
    ),
    Columns(
        model=KhaltiDailyTotal,
        names=(
            *("id", "day", *DIMENSIONS, "started", "sent", "paid", "canceled", "expired", "failed", "times_to_pay"),
            *("payments", "gross", "fee", "refund_count", "refunded"),
        ),
        purpose="Sums of a day: for the reports",
    ),
    Columns(
        model=KhaltiCheckoutView,
        names=("id", "day", "dimensions", *DIMENSIONS, "count"),
        purpose="How often a checkout page was opened: a count, and nothing about visitors",
    ),
    Columns(
        model=KhaltiSnapshot,
        names=("id", "day", "version", "is_current"),
        purpose="Which days have stored sums",
    ),
    Columns(
        model=KhaltiReceiptCounter,
        names=("id", "merchant", "mode", "year", "last_number"),
        purpose="The last receipt number of an account and year",
    ),
    Columns(model=KhaltiInventory, names=("id", "key", "limit"), purpose="What there is only a number of"),
    Columns(
        model=KhaltiRun,
        names=("work", "begun_at", "finished_at", "summary"),
        purpose="When recurring work was last done, in numbers",
    ),
)
