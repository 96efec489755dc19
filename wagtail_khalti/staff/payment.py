"""One payment: what needs a person, how it stands, what went back, and all that happened."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from wagtail.admin.utils import get_user_display_name
from wagtail.admin.views.generic import InspectView
from wagtail.admin.views.generic.history import HistoryView
from wagtail.admin.widgets.button import HeaderButton

from wagtail_khalti.models import KhaltiPayment, KhaltiRefund, KhaltiReview
from wagtail_khalti.staff.figures import figures_of, rupees
from wagtail_khalti.staff.forms import ConfirmForm
from wagtail_khalti.staff.matters import Matter, matters_of
from wagtail_khalti.staff.permissions import CHECK, REFUND
from wagtail_khalti.staff.refunding import receiver_of, second_payment_form
from wagtail_khalti.staff.story import story_of
from wagtail_khalti.staff.tones import TONES
from wagtail_khalti.staff.words import why_not_refundable
from wagtail_khalti.writing import write_time


class PaymentView(InspectView):
    """Read from top to bottom."""

    any_permission_required = ["view"]
    object: KhaltiPayment

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
        return bool(self.user_has_permission(REFUND))

    @cached_property
    def may_check(self) -> bool:
        return bool(self.object.pidx and self.user_has_permission(CHECK))

    @cached_property
    def why_not(self) -> str:
        """Why no form for a refund makes sense; what it says is decided again when it is sent."""
        return why_not_refundable(self.object)

    @cached_property
    def refunds(self) -> list[KhaltiRefund]:
        return list(self.object.refunds.select_related("requested_by"))

    @cached_property
    def matters(self) -> list[Matter]:
        return matters_of(self.object, self.refunds)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        payment = self.object
        context: dict[str, Any] = super().get_context_data(
            payment=payment,
            history_url=reverse("khalti_payments:history", args=[payment.pk]),
            tone=TONES[payment.status],
            figures=figures_of(payment, self.refunds),
            times={name: _written(getattr(payment, name)) for name in ("created_at", "completed_at", "checked_at")},
            matters=self.matters,
            refunds=[_row(refund) for refund in self.refunds],
            story=story_of(payment),
            may_check=self.may_check,
            may_refund=self.may_refund,
            check_is_above=any(matter.can_be_checked for matter in self.matters),
            why_not=self.why_not,
            second_payment_form=self._second_payment_form(),
            receiver=receiver_of(payment),
            **kwargs,
        )
        return context

    def _second_payment_form(self) -> ConfirmForm | None:
        is_second = any(matter.kind == KhaltiReview.Kind.SECOND_PAYMENT for matter in self.matters)
        return second_payment_form(self.object) if is_second and self.may_refund and not self.why_not else None


class PaymentHistoryView(HistoryView):
    """What people did, as Wagtail keeps it for everything."""

    any_permission_required = ["view"]
    object: KhaltiPayment
    header_buttons: list[HeaderButton] = []

    def get_page_subtitle(self) -> str:
        return self.object.readable_reference

    def get_edit_url(self, instance: KhaltiPayment) -> str:
        """Back to its page: there is nothing to edit."""
        return reverse("khalti_payments:inspect", args=[instance.pk])


def _row(refund: KhaltiRefund) -> dict[str, Any]:
    return {
        "refund": refund,
        "amount": _amount(refund),
        "at": write_time(refund.decided_at or refund.created_at),
        "tone": TONES[refund.state],
        "refusal": refund.answer if refund.state == KhaltiRefund.State.REFUSED else "",
        "who": get_user_display_name(refund.requested_by) if refund.requested_by else "",
    }


def _amount(refund: KhaltiRefund) -> str:
    if refund.amount is not None:
        return rupees(refund.amount)
    return _("not known yet") if refund.lacks_amount else "–"


def _written(moment: Any) -> str:
    return write_time(moment) if moment else ""
