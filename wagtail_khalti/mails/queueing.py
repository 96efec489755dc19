"""Which mails follow from what happened to a payment."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from datetime import timedelta

from django.utils import timezone

from wagtail_khalti.database.transactions import is_transaction_conflict, short_transaction
from wagtail_khalti.mails.sales import prepare_bundles, queue_sale_mail
from wagtail_khalti.models import KhaltiDelivery, KhaltiMail, KhaltiPayment, KhaltiSettings
from wagtail_khalti.models.queries import KhaltiDeliveryQuerySet
from wagtail_khalti.models.site_settings import SaleMailFrequency
from wagtail_khalti.models.status import Status
from wagtail_khalti.text.email_addresses import is_address

logger = logging.getLogger(__name__)

MAX_IN_A_RUN = 500
MIN_IN_A_RUN = 20  # also if looking up payments has used all of the time, run after run
PAUSE_AFTER_ERROR = timedelta(hours=1)  # one that can't be queued must not delay the others
LINK_DELAY = timedelta(minutes=2)  # Khalti may be back in a moment, and the visitor, too


def queue_after_deliveries(is_over: Callable[[], bool]) -> None:
    """Queue the mails that follow from delivered events. Any number of processes may do so at the same time.

    Ends early, but after a few, once ``is_over()``.
    """
    due = KhaltiDelivery.objects.filter(mails_due_at__lte=timezone.now()).select_related("payment")
    for number, delivery in enumerate(due.order_by("mails_due_at", "pk")[:MAX_IN_A_RUN]):
        if is_over() and number >= MIN_IN_A_RUN:
            break
        try:
            _queue_after(delivery)
        except Exception as error:
            if is_transaction_conflict(error):
                continue  # the next run queues them
            logger.exception("The mails about payment %s could not be queued", delivery.payment.reference)
            later = timezone.now() + PAUSE_AFTER_ERROR
            _pending(delivery).update(mails_due_at=later)


def queue_link(payment: KhaltiPayment) -> None:
    """The link to finish a payment that could not be sent to Khalti. Call it in the transaction that records this."""
    is_wanted = payment.offer and payment.site_id and is_address(payment.customer_email)
    if is_wanted and KhaltiSettings.objects.filter(site=payment.site_id, sends_links=True).exists():
        due_at = timezone.now() + LINK_DELAY
        KhaltiMail.objects.queue([KhaltiMail.about(payment, KhaltiMail.Kind.FINISH_LATER, due_at=due_at)])


def _queue_after(delivery: KhaltiDelivery) -> None:
    payment = delivery.payment
    chosen = KhaltiSettings.objects.filter(site=payment.site_id).first() or KhaltiSettings()
    recipients, frequency = _sale_mailing(delivery, chosen)
    prepare_bundles(payment, recipients, frequency)
    with short_transaction():
        if _pending(delivery).update(mails_due_at=None):
            KhaltiMail.objects.queue(_to_payer(delivery, chosen))
            queue_sale_mail(payment, recipients, frequency, of_site=True)


def _sale_mailing(delivery: KhaltiDelivery, chosen: KhaltiSettings) -> tuple[list[str], str]:
    """Whom to tell of the sale, if it is one, and how often."""
    if delivery.event_type != KhaltiDelivery.EventType.COMPLETED:
        return [], SaleMailFrequency.NEVER
    return chosen.sale_addresses, chosen.sale_mail_frequency


def _pending(delivery: KhaltiDelivery) -> KhaltiDeliveryQuerySet:
    return KhaltiDelivery.objects.filter(pk=delivery.pk, mails_due_at=delivery.mails_due_at)


def _to_payer(delivery: KhaltiDelivery, chosen: KhaltiSettings) -> Iterator[KhaltiMail]:
    payment = delivery.payment
    if not is_address(payment.customer_email):
        return
    if delivery.event_type == KhaltiDelivery.EventType.ENDED:
        if chosen.sends_reminders and payment.status == Status.EXPIRED and payment.offer:
            yield KhaltiMail.about(payment, KhaltiMail.Kind.REMINDER)
    elif chosen.sends_receipts and not payment.is_late:  # whether its order is still fulfilled, a person decides
        yield KhaltiMail.about(payment, KhaltiMail.Kind.RECEIPT)
