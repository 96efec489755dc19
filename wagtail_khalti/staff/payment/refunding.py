"""Refund a payment: enter the amount, confirm it, and read the outcome."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpResponse
from django.utils.crypto import get_random_string
from django.utils.translation import gettext as _
from wagtail.admin import messages

from wagtail_khalti.actions import refund_payment
from wagtail_khalti.exceptions import KhaltiError, MobileNeeded
from wagtail_khalti.ledger import needs_mobile
from wagtail_khalti.models import KhaltiPayment, KhaltiRefund
from wagtail_khalti.models.refund import State
from wagtail_khalti.money import Paisa, to_rupees
from wagtail_khalti.staff.action_pages import PaymentActionView
from wagtail_khalti.staff.error_messages import error_message, refund_error_message, why_not_refundable
from wagtail_khalti.staff.figures import rupees
from wagtail_khalti.staff.forms import ConfirmForm, RefundForm


class RefundView(PaymentActionView):
    """Two steps: the amount, then the button that names it. Nothing is sent before the second."""

    template_name = "wagtail_khalti/staff/refund.html"

    def get_page_title(self) -> str:
        return _("Refund")

    def show(self) -> HttpResponse:
        if why_not := why_not_refundable(self.payment):
            return self.refuse(why_not)
        return self.render(form=self._form())

    def do(self) -> HttpResponse:
        if "key" in self.request.POST:
            return self._confirmed(ConfirmForm(self.request.POST, payment=self.payment))
        if why_not := why_not_refundable(self.payment):
            return self.refuse(why_not)
        form = self._form(self.request.POST)
        if not form.is_valid():
            return self.redisplay(form)
        return self._confirm(_last_word(self.payment, form.cleaned_data), form.cleaned_data)

    def _form(self, said: Mapping[str, Any] | None = None) -> RefundForm:
        return RefundForm(said, payment=self.payment, requires_mobile=needs_mobile(self.payment))

    def _confirm(self, form: ConfirmForm, said: dict[str, Any]) -> HttpResponse:
        self.template_name = "wagtail_khalti/staff/refund_confirm.html"
        amount, mobile = rupees(said["amount"]), said.get("mobile", "")
        return self.render(form=form, amount=amount, mobile=mobile, reason=said["reason"])

    def _confirmed(self, form: ConfirmForm) -> HttpResponse:
        """The balance is not checked here: a form sent twice finds its refund made, and says so."""
        if not form.is_valid():
            return self._type_again(form) if set(form.errors) == {"typed"} else self._start_again()
        try:
            refund = self._refund(form.cleaned_data)
        except MobileNeeded as error:
            return self._ask_for_mobile(form.cleaned_data, error)
        except KhaltiError as error:
            return self.refuse(refund_error_message(error))
        self._tell(refund)
        return self.go_back()

    def _type_again(self, form: ConfirmForm) -> HttpResponse:
        self.report_form_errors()
        return self._confirm(form, form.cleaned_data)

    def _start_again(self) -> HttpResponse:
        """Something is wrong with what is hidden, and nobody could mend it there."""
        form = self._form(self.request.POST)
        if not form.is_valid():
            return self.redisplay(form)
        messages.warning(self.request, _("No refund was sent yet. Check the amounts again."))
        return self.render(form=form)

    def _refund(self, said: dict[str, Any]) -> KhaltiRefund:
        return refund_payment(
            self.payment,
            said["amount"],
            mobile=said["mobile"] or None,
            reason=said["reason"],
            by=self.person,
            refundable=said["refundable"],
            idempotency_key=f"staff:{said['key']}",
        )

    def _ask_for_mobile(self, said: dict[str, Any], error: MobileNeeded) -> HttpResponse:
        """Khalti needs the number of the account, or rejected the one it was given."""
        asks = _("Khalti needs the mobile number of the Khalti account that receives the refund.")
        form = self._form({**said, "amount": to_rupees(said["amount"])})
        form.add_error("mobile", error_message(error) if said["mobile"] else asks)
        messages.error(self.request, _("Nothing was refunded."))
        return self.render(form=form)

    def _tell(self, refund: KhaltiRefund) -> None:
        amount = rupees(refund.amount or 0)
        if refund.is_done:
            words = _("Refunded %(amount)s. Refundable balance: %(left)s.")
            messages.success(self.request, words % {"amount": amount, "left": rupees(refund.refundable or 0)})
        elif refund.state == State.UNCONFIRMED:
            messages.warning(self.request, _unconfirmed(amount))
        elif refund.is_in_progress:
            messages.info(
                self.request,
                _("The refund of %(amount)s is being processed. Reload this page in a moment.") % {"amount": amount},
            )
        else:
            messages.error(self.request, _("The refund of %(amount)s failed.") % {"amount": amount})


def duplicate_form(payment: KhaltiPayment) -> ConfirmForm:
    """All of it, at one press: the first payment bought what this one paid for again."""
    return _last_word(payment, {"amount": Paisa(payment.refundable), "reason": _("Duplicate payment")})


def _last_word(payment: KhaltiPayment, said: dict[str, Any]) -> ConfirmForm:
    """A key for one refund, made where the figures are shown for the last time."""
    initial = {
        "amount": to_rupees(said["amount"]),
        "mobile": said.get("mobile", ""),
        "reason": said["reason"],
        "refundable": payment.refundable,
        "key": get_random_string(32),
    }
    return ConfirmForm(payment=payment, initial=initial)


def _unconfirmed(amount: str) -> str:
    return _(
        "The refund of %(amount)s is unconfirmed: Khalti gave no clear response. It is checked automatically. Until "
        "the outcome is known, do not refund the customer in another way."
    ) % {"amount": amount}
