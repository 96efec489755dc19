"""Integration events of a payment: whether the site's code received them, and retrying their delivery."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.http import HttpResponse
from django.utils.translation import gettext as _
from wagtail.admin import messages

from wagtail_khalti.actions import redeliver
from wagtail_khalti.exceptions import AlreadyDelivered, KhaltiError
from wagtail_khalti.formatting import format_number
from wagtail_khalti.models import KhaltiDelivery
from wagtail_khalti.staff.action_pages import PaymentActionView
from wagtail_khalti.staff.badges import GOOD, WAITING, WARNING
from wagtail_khalti.staff.error_messages import error_message
from wagtail_khalti.staff.permissions import CHECK
from wagtail_khalti.staff.timestamps import Timestamp, timestamp_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One integration event."""

    event_type: str
    word: str
    badge: str
    attempts: str
    delivered: Timestamp | None
    next_try: Timestamp | None
    error: str


def rows_of(deliveries: Iterable[KhaltiDelivery]) -> list[Row]:
    return [_row(delivery) for delivery in deliveries]


def _row(delivery: KhaltiDelivery) -> Row:
    is_delivered = delivery.delivered_at is not None
    word, badge = _("Pending"), WAITING
    if is_delivered:
        word, badge = _("Delivered"), GOOD
    elif delivery.last_error:
        word, badge = _("Failing"), WARNING
    return Row(
        event_type=str(delivery.get_event_type_display()),
        word=word,
        badge=badge,
        attempts=format_number(delivery.attempts),
        delivered=timestamp_of(delivery.delivered_at) if delivery.delivered_at else None,
        next_try=timestamp_of(delivery.next_try_at) if delivery.next_try_at and not is_delivered else None,
        error="" if is_delivered else delivery.last_error,
    )


class RedeliverView(PaymentActionView):
    """Without waiting for the next attempt. Events queued behind it follow."""

    permission_required = CHECK
    http_method_names = ("post",)

    def do(self) -> HttpResponse:
        delivery = self.payment.deliveries.undelivered().first()
        if delivery is None:
            return self.refuse(error_message(AlreadyDelivered()))
        try:
            redeliver(delivery, by=self.person)
        except KhaltiError as error:
            return self.refuse(error_message(error))
        self._tell(delivery)
        return self.go_back()

    def _tell(self, delivery: KhaltiDelivery) -> None:
        event_type = delivery.get_event_type_display()
        if delivery.delivered_at:
            messages.success(
                self.request, _("Integration event “%(event_type)s” delivered.") % {"event_type": event_type}
            )
            return
        words = _("Delivery of “%(event_type)s” failed: %(error)s. It is retried automatically.")
        messages.warning(self.request, words % {"event_type": event_type, "error": delivery.last_error or "–"})
