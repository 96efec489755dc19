"""Webhooks of a payment: whether other systems accepted them, and sending one again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from wagtail.admin import messages

from wagtail_khalti.exceptions import KhaltiError
from wagtail_khalti.formatting import format_number
from wagtail_khalti.models import KhaltiPayment, KhaltiWebhookMessage
from wagtail_khalti.staff.action_pages import PaymentActionView, payments_visible_to
from wagtail_khalti.staff.badges import GOOD, WAITING, WARNING
from wagtail_khalti.staff.error_messages import error_message
from wagtail_khalti.staff.permissions import CHECK
from wagtail_khalti.staff.timestamps import Timestamp, timestamp_of
from wagtail_khalti.webhooks import resend_webhook

MAX_SHOWN = 50  # the newest; a payment has two or three for each endpoint

State = KhaltiWebhookMessage.State
BADGES: Mapping[str, str] = {
    State.PENDING: WAITING,
    State.DELIVERED: GOOD,
    State.FAILED: WARNING,
    State.GONE: WARNING,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One message. Neither the URL nor the secret of its endpoint is shown."""

    pk: int
    endpoint: str
    event_type: str
    word: str
    badge: str
    attempts: str
    attempted: Timestamp | None
    next_try: Timestamp | None
    response: str
    """An HTTP status, or the class of an exception."""


def webhooks_of(payment: KhaltiPayment) -> dict[str, Any]:
    """For the template."""
    of_payment = KhaltiWebhookMessage.objects.of_payment(payment.pk).select_related("delivery")
    newest = list(of_payment.reverse()[:MAX_SHOWN])[::-1]
    return {
        "webhooks": [_row(message) for message in newest],
        "is_webhook_failing": any(message.is_failing for message in newest),
    }


def _row(message: KhaltiWebhookMessage) -> Row:
    word, badge = str(message.get_state_display()), BADGES[message.state]
    if message.state == State.PENDING and message.is_failing:
        word, badge = _("Failing"), WARNING
    return Row(
        pk=message.pk,
        endpoint=message.endpoint,
        event_type=str(message.delivery.get_event_type_display()),
        word=word,
        badge=badge,
        attempts=format_number(message.attempts),
        attempted=timestamp_of(message.attempted_at) if message.attempted_at else None,
        next_try=timestamp_of(message.due_at) if message.due_at else None,
        response=_response(message),
    )


def _response(message: KhaltiWebhookMessage) -> str:
    return f"HTTP {message.last_status}" if message.last_status else message.last_error


class ResendWebhookView(PaymentActionView):
    """Waits for the endpoint, so that the person sees what it said."""

    permission_required = CHECK
    http_method_names = ("post",)
    message: KhaltiWebhookMessage

    def find(self) -> None:
        chosen = KhaltiWebhookMessage.objects.select_related("delivery__payment")
        self.message = get_object_or_404(chosen, pk=self.kwargs["pk"])
        self.payment = get_object_or_404(payments_visible_to(self.person), pk=self.message.delivery.payment_id)

    def do(self) -> HttpResponse:
        try:
            resend_webhook(self.message, by=self.person)
        except KhaltiError as error:
            return self.refuse(error_message(error))
        self._tell()
        return self.go_back()

    def _tell(self) -> None:
        facts = {"endpoint": self.message.endpoint, "response": _response(self.message) or "–"}
        if self.message.state == State.DELIVERED:
            messages.success(self.request, _("Webhook sent to “%(endpoint)s”.") % facts)
        elif self.message.state == State.GONE:
            words = _("The endpoint “%(endpoint)s” says that it is gone (%(response)s). Nothing more is sent to it.")
            messages.warning(self.request, words % facts)
        else:
            words = _("“%(endpoint)s” did not accept the webhook: %(response)s. It is sent again automatically.")
            messages.warning(self.request, words % facts)
