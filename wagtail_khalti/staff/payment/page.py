"""One payment: what needs a person, how it stands, what went back, and all that happened."""

from __future__ import annotations

from typing import Any

from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from wagtail.admin.utils import get_user_display_name
from wagtail.admin.views.generic import InspectView
from wagtail.admin.views.generic.history import HistoryView
from wagtail.admin.widgets.button import HeaderButton

from wagtail_khalti.models import KhaltiDelivery, KhaltiIssue, KhaltiPayment, KhaltiRefund
from wagtail_khalti.staff.badges import BADGES
from wagtail_khalti.staff.error_messages import name_of_language, why_not_refundable
from wagtail_khalti.staff.figures import figures_of, rupees
from wagtail_khalti.staff.forms import ConfirmForm, RemarkForm
from wagtail_khalti.staff.issues.cards import IssueCard, cards_of
from wagtail_khalti.staff.issues.page import settings_policy
from wagtail_khalti.staff.payment.action_pages import payments_visible_to
from wagtail_khalti.staff.payment.deliveries import rows_of
from wagtail_khalti.staff.payment.details import breakdown_of, detail_rows_of, products_of
from wagtail_khalti.staff.payment.refunding import second_payment_form
from wagtail_khalti.staff.payment.sources import customers_payments_url, payable_of, source_of
from wagtail_khalti.staff.payment.timeline import timeline_of
from wagtail_khalti.staff.permissions import CHECK, REFUND, policy
from wagtail_khalti.staff.redaction import Redaction, redaction_for
from wagtail_khalti.staff.timestamps import timestamp_of, words_of

MOMENTS = ("created_at", "completed_at", "ended_at", "checked_at")
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
    def header_buttons(self) -> list[HeaderButton]:
        if not self.may_refund or self.why_not:
            return []
        url = reverse("khalti_payments:refund", args=[self.object.pk])
        return [HeaderButton(label=_("Refund"), url=url, icon_name="rotate")]

    @cached_property
    def may_refund(self) -> bool:
        return self._may(REFUND)

    @cached_property
    def may_work(self) -> bool:
        """Ask Khalti, write a note, send a receipt, tell the site again."""
        return self._may(CHECK)

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
    def cards(self) -> list[IssueCard]:
        return cards_of(self.object, self.refunds)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        payment, user = self.object, self.request.user
        context: dict[str, Any] = super().get_context_data(
            payment=payment,
            redaction=self.redaction,
            history_url=reverse("khalti_payments:history", args=[payment.pk]),
            cards=self.cards,
            timeline=timeline_of(payment, self.redaction, self.deliveries),
            source=source_of(payment, user),
            payable=payable_of(payment, user, self.redaction),
            **self._facts(),
            **self._rights(),
            **self._of_refunds(),
            **self._of_deliveries(),
            **kwargs,
        )
        return context

    def _facts(self) -> dict[str, Any]:
        payment = self.object
        moments = {name: getattr(payment, name) for name in MOMENTS}
        return {
            "badge": BADGES[payment.status],
            "figures": figures_of(payment, self.refunds),
            "times": {name: timestamp_of(moment) for name, moment in moments.items() if moment},
            "site_name": payment.site and (payment.site.site_name or payment.site.hostname),
            "language": name_of_language(payment.language),
            "products": products_of(payment),
            "breakdown": breakdown_of(payment),
            "answers": detail_rows_of(payment.metadata) if self.redaction.is_full else [],
            "extra": detail_rows_of(payment.merchant_extra) if self.redaction.is_full else [],
            "customers_url": customers_payments_url(payment) if self.redaction.is_full else "",
        }

    def _rights(self) -> dict[str, Any]:
        payment = self.object
        may_check = bool(payment.pidx and self.may_work)
        return {
            "may_work": self.may_work,
            "may_refund": self.may_refund,
            "may_change_settings": bool(
                settings_policy.user_has_permission_for_instance(self.request.user, "change", payment)
            ),
            "may_check": may_check,
            "check_is_above": any(card.can_be_checked for card in self.cards),
            "may_send_receipt": self.may_work and payment.is_paid and bool(payment.customer_email),
            "note_form": RemarkForm() if self.may_work else None,
        }

    def _of_refunds(self) -> dict[str, Any]:
        is_second = any(card.kind == KhaltiIssue.Kind.DUPLICATE_PAYMENT for card in self.cards)
        form: ConfirmForm | None = None
        if is_second and self.may_refund and not self.why_not:
            form = second_payment_form(self.object)
        return {
            "refunds": [_row(refund, self.redaction) for refund in self.refunds],
            "why_not": self.why_not,
            "second_payment_form": form,
        }

    def _of_deliveries(self) -> dict[str, Any]:
        is_waiting = any(delivery.delivered_at is None for delivery in self.deliveries)
        return {"deliveries": rows_of(self.deliveries), "may_replay": self.may_work and is_waiting}


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
        "at": words_of(refund.resolved_at or refund.created_at),
        "badge": BADGES[refund.state],
        "refusal": redaction.of(refund.answer) if refund.state == KhaltiRefund.State.FAILED else "",
        "reason": redaction.of_own_words(refund.reason),
        "who": get_user_display_name(refund.requested_by) if refund.requested_by else "",
    }


def _amount(refund: KhaltiRefund) -> str:
    if refund.amount is not None:
        return rupees(refund.amount)
    return _("not known yet") if refund.lacks_amount else "–"
