"""One payment: amount and status, open issues, customer and items, refunds, timeline, technical details."""

from __future__ import annotations

from typing import Any

from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from wagtail.admin.utils import get_user_display_name
from wagtail.admin.views.generic import InspectView
from wagtail.admin.views.generic.history import HistoryView
from wagtail.admin.widgets.button import BaseButton, HeaderButton

from wagtail_khalti.models import KhaltiDelivery, KhaltiIssue, KhaltiPayment, KhaltiRefund
from wagtail_khalti.models.site_settings import site_display_name
from wagtail_khalti.staff.action_pages import payments_visible_to
from wagtail_khalti.staff.badges import BADGES
from wagtail_khalti.staff.error_messages import why_not_refundable
from wagtail_khalti.staff.figures import payment_figures, rupees
from wagtail_khalti.staff.forms import ConfirmForm, PaymentNoteForm
from wagtail_khalti.staff.issues.cards import Button as IssueButton
from wagtail_khalti.staff.issues.cards import IssueCard, cards_of
from wagtail_khalti.staff.issues.rights import permitted_buttons
from wagtail_khalti.staff.modes import mode_bar
from wagtail_khalti.staff.payment.deliveries import rows_of
from wagtail_khalti.staff.payment.details import breakdown_of, detail_rows_of, products_of, units_of
from wagtail_khalti.staff.payment.header import HeaderAction, header_actions
from wagtail_khalti.staff.payment.refunding import duplicate_form
from wagtail_khalti.staff.payment.sources import customers_payments_url, payable_of, source_of
from wagtail_khalti.staff.payment.technical import technical_facts
from wagtail_khalti.staff.payment.timeline import timeline_of
from wagtail_khalti.staff.payment.webhooks import webhooks_of
from wagtail_khalti.staff.permissions import CHECK, REFUND, policy, settings_policy
from wagtail_khalti.staff.redaction import Redaction, redaction_for
from wagtail_khalti.staff.timestamps import timestamp_of, timestamp_text
from wagtail_khalti.text.answers import AnswerReader

TIMES = ("created_at", "completed_at", "ended_at", "checked_at", "anonymized_at")
MAX_DELIVERIES = 50  # the newest; a payment has two or three


class PaymentView(InspectView):
    """Read from top to bottom."""

    any_permission_required = ["view"]
    object: KhaltiPayment

    def get_object(self, queryset: Any = None) -> KhaltiPayment:
        payments = payments_visible_to(self.request.user)
        return get_object_or_404(
            payments.select_related("site", "source_type", "payable_class", "duplicate_of"), pk=self.pk
        )

    def get_fields(self) -> list[str]:
        return []  # the template names what it shows

    def get_page_title(self) -> str:
        return _("Payment")

    def get_page_subtitle(self) -> str:
        return self.object.readable_reference

    @cached_property
    def header_actions(self) -> list[HeaderAction]:
        """The main action first."""
        payment = self.object
        may_send_receipt = self.may_work and payment.is_paid and payment.customer_email
        return header_actions(
            payment,
            may_refund=self.may_refund and not self.why_not,
            may_check=bool(payment.pidx) and self.may_work,
            receipt_address=self.redaction.address if may_send_receipt else "",
        )

    @cached_property
    def header_buttons(self) -> list[BaseButton]:
        return [action.as_button() for action in self.header_actions[:1]]

    @cached_property
    def header_more_buttons(self) -> list[BaseButton]:
        return [action.as_menu_item(number) for number, action in enumerate(self.header_actions[1:])]

    @cached_property
    def may_refund(self) -> bool:
        return self._may(REFUND)

    @cached_property
    def may_work(self) -> bool:
        """Refresh the status, add a note, send a receipt, retry a delivery."""
        return self._may(CHECK)

    @cached_property
    def may_change_settings(self) -> bool:
        return bool(settings_policy.user_has_permission_for_instance(self.request.user, "change", self.object))

    def _may(self, action: str) -> bool:
        return bool(policy.user_has_permission_for_instance(self.request.user, action, self.object))

    @cached_property
    def redaction(self) -> Redaction:
        return redaction_for(self.request.user, self.object)

    @cached_property
    def why_not(self) -> str:
        """Why no form for a refund makes sense; what it says is decided again when it is sent."""
        return why_not_refundable(self.object)

    @cached_property
    def refunds(self) -> list[KhaltiRefund]:
        return list(self.object.refunds.select_related("requested_by"))

    @cached_property
    def deliveries(self) -> list[KhaltiDelivery]:
        return list(self.object.deliveries.order_by("-pk")[:MAX_DELIVERIES])[::-1]

    @cached_property
    def cards(self) -> list[tuple[IssueCard, list[IssueButton]]]:
        """Each with the buttons that this person may press."""
        user, payment = self.request.user, self.object
        found = cards_of(payment, self.refunds)
        return [(card, permitted_buttons(card, user, payment)) for card in found]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        payment, user = self.object, self.request.user
        context: dict[str, Any] = super().get_context_data(
            payment=payment,
            mode_bar=mode_bar(payment.mode),
            header_actions=self.header_actions,
            rare_actions=self.header_actions[1:],
            redaction=self.redaction,
            history_url=reverse("khalti_payments:history", args=[payment.pk]),
            cards=self.cards,
            timeline=timeline_of(payment, self.redaction, self.deliveries),
            source=source_of(payment, user),
            payable=payable_of(payment, user, self.redaction),
            may_refund=self.may_refund,
            note_form=PaymentNoteForm() if self.may_work else None,
            technical_facts=technical_facts(payment, with_fingerprint=self.may_change_settings),
            **self._facts(),
            **self._of_refunds(),
            **self._of_deliveries(),
            **webhooks_of(payment),
            **kwargs,
        )
        return context

    def _facts(self) -> dict[str, Any]:
        payment = self.object
        moments = {name: getattr(payment, name) for name in TIMES}
        return {
            "badge": BADGES[payment.status],
            "figures": payment_figures(payment, self.refunds),
            "times": {name: timestamp_of(moment) for name, moment in moments.items() if moment},
            "site_name": payment.site and site_display_name(payment.site),
            "products": products_of(payment),
            "breakdown": breakdown_of(payment),
            "units": units_of(payment),
            "metadata": detail_rows_of(payment.metadata) if self.redaction.is_full else [],
            "extra": detail_rows_of(payment.merchant_extra) if self.redaction.is_full else [],
            "answers": AnswerReader().read(payment.answers),
            "customers_url": customers_payments_url(payment) if self.redaction.is_full else "",
        }

    def _of_refunds(self) -> dict[str, Any]:
        is_second = any(card.kind == KhaltiIssue.Kind.DUPLICATE_PAYMENT for card, _buttons in self.cards)
        form: ConfirmForm | None = None
        if is_second and self.may_refund and not self.why_not:
            form = duplicate_form(self.object)
        return {
            "refunds": [_row(refund, self.redaction) for refund in self.refunds],
            "why_not": self.why_not,
            "duplicate_form": form,
        }

    def _of_deliveries(self) -> dict[str, Any]:
        undelivered = [delivery for delivery in self.deliveries if delivery.delivered_at is None]
        return {
            "deliveries": rows_of(self.deliveries),
            "is_failing": any(delivery.last_error for delivery in undelivered),
            "may_work": self.may_work,
            "may_redeliver": self.may_work and bool(undelivered),
        }


class PaymentHistoryView(HistoryView):
    """What people did, as Wagtail keeps it for everything."""

    any_permission_required = ["view"]
    object: KhaltiPayment
    header_buttons: list[HeaderButton] = []

    def get_base_object_queryset(self) -> Any:
        return payments_visible_to(self.request.user)

    def get_page_subtitle(self) -> str:
        return self.object.readable_reference

    def get_edit_url(self, instance: KhaltiPayment) -> str:
        """Back to its page: there is nothing to edit."""
        return reverse("khalti_payments:inspect", args=[instance.pk])


def _row(refund: KhaltiRefund, redaction: Redaction) -> dict[str, Any]:
    return {
        "refund": refund,
        "amount": _amount(refund),
        "at": timestamp_text(refund.resolved_at or refund.created_at),
        "badge": BADGES[refund.state],
        "refusal": redaction.of(refund.answer) if refund.state == KhaltiRefund.State.FAILED else "",
        "reason": redaction.of_staff_text(refund.reason),
        "who": get_user_display_name(refund.requested_by) if refund.requested_by else "",
    }


def _amount(refund: KhaltiRefund) -> str:
    if refund.amount is not None:
        return rupees(refund.amount)
    return _("not known yet") if refund.lacks_amount else "–"
