"""Smaller actions of staff: refresh the status, confirm what Khalti's dashboard shows, record manual refunds."""

from __future__ import annotations

from django.db.models import QuerySet
from django.http import HttpResponse
from django.utils.translation import gettext as _
from wagtail.admin import messages

from wagtail_khalti.actions import check_payment, enter_refund_amount, record_refund, resolve_refund
from wagtail_khalti.exceptions import AmountExceedsRefundable, KhaltiError, RefundAlreadyResolved, RefundsChanged
from wagtail_khalti.models import KhaltiEvent
from wagtail_khalti.models.refund import Method
from wagtail_khalti.staff.action_pages import PaymentActionView, RefundActionView
from wagtail_khalti.staff.error_messages import error_message, why_not_refundable
from wagtail_khalti.staff.figures import rupees
from wagtail_khalti.staff.forms import AmountForm, NoteForm, RecordForm
from wagtail_khalti.staff.permissions import CHECK


class CheckView(PaymentActionView):
    """Look the payment up at Khalti now."""

    permission_required = CHECK
    http_method_names = ("post",)

    def do(self) -> HttpResponse:
        if not self.payment.pidx:
            return self.refuse(_("This payment never reached Khalti, so it has no status there."))
        before = self.payment.events.order_by("pk").last()
        try:
            check_payment(self.payment, by=self.person)
        except KhaltiError as error:
            return self.refuse(error_message(error))
        self._tell(self.payment.events.filter(pk__gt=before.pk if before else 0, kind=KhaltiEvent.Kind.CONTRADICTION))
        return self.go_back()

    def _tell(self, contradictions: QuerySet[KhaltiEvent]) -> None:
        words = {"said": self.payment.khalti_status or "–"}
        if contradictions.exists():
            doubt = _("Khalti reports “%(said)s”, which doesn't match this payment. Nothing was changed.")
            messages.warning(self.request, doubt % words)
        else:
            messages.success(self.request, _("Status refreshed. Khalti reports “%(said)s”.") % words)


class RecordRefundView(PaymentActionView):
    """A refund outside Khalti, or in its dashboard after an earlier refund."""

    template_name = "wagtail_khalti/staff/record_refund.html"

    def get_page_title(self) -> str:
        return _("Record manual refund")

    def show(self) -> HttpResponse:
        if why_not := why_not_refundable(self.payment):
            return self.refuse(why_not)
        return self.render(form=RecordForm(payment=self.payment))

    def do(self) -> HttpResponse:
        if why_not := why_not_refundable(self.payment):
            return self.refuse(why_not)
        form = RecordForm(self.request.POST, payment=self.payment)
        form.full_clean()
        if "refundable" in form.errors:  # nobody could mend what is hidden
            return self.refuse(error_message(RefundsChanged()))
        if not form.is_valid():
            return self.redisplay(form)
        said = form.cleaned_data
        try:
            record_refund(
                self.payment,
                said["amount"],
                method=Method(said["method"]),
                reason=said["reason"],
                by=self.person,
                refundable=said["refundable"],
            )
        except KhaltiError as error:
            return self.refuse(error_message(error))
        messages.success(self.request, _("Manual refund of %(amount)s recorded.") % {"amount": rupees(said["amount"])})
        return self.go_back()


class ResolveRefundView(RefundActionView):
    """Two buttons, each of which names what it says. Neither sends anything."""

    template_name = "wagtail_khalti/staff/resolve_refund.html"

    def get_page_title(self) -> str:
        return _("Confirm refund outcome")

    def show(self) -> HttpResponse:
        return self.render(form=NoteForm()) if self.refund.is_unconfirmed else self._refuse_to_decide()

    def do(self) -> HttpResponse:
        if not self.refund.is_unconfirmed:
            return self._refuse_to_decide()
        form, said = NoteForm(self.request.POST), self.request.POST.get("was_found")
        if said not in ("yes", "no") or not form.is_valid():
            return self.redisplay(form)
        try:
            note = form.cleaned_data["note"]
            resolve_refund(self.refund, was_found=said == "yes", by=self.person, note=note)
        except KhaltiError as error:
            return self.refuse(error_message(error))
        messages.success(self.request, self._told(was_found=said == "yes"))
        return self.go_back()

    def _refuse_to_decide(self) -> HttpResponse:
        if not self.refund.is_in_progress:
            return self.refuse(error_message(RefundAlreadyResolved()))
        words = _("The refund of %(amount)s is being processed. Reload this page in a moment.")
        return self.refuse(words % {"amount": rupees(self.refund.amount or 0)})

    def _told(self, *, was_found: bool) -> str:
        words = (
            _("Refund of %(amount)s confirmed. Nothing was sent to Khalti.")
            if was_found
            else _("No refund of %(amount)s found. Nothing was sent to Khalti; you can refund it again.")
        )
        return words % {"amount": rupees(self.refund.amount or 0)}


class EnterAmountView(RefundActionView):
    """The amount of a refund in Khalti's dashboard, which Khalti's API does not report."""

    template_name = "wagtail_khalti/staff/enter_amount.html"

    def get_page_title(self) -> str:
        return _("Enter refunded amount")

    def show(self) -> HttpResponse:
        if not self.refund.lacks_amount:
            return self.refuse(error_message(RefundAlreadyResolved()))
        return self.render(form=AmountForm())

    def do(self) -> HttpResponse:
        form = AmountForm(self.request.POST)
        if not form.is_valid():
            return self.redisplay(form)
        said = form.cleaned_data
        try:
            enter_refund_amount(self.refund, said["amount"], by=self.person, note=said["note"])
        except AmountExceedsRefundable:
            form.add_error("amount", _("This is the whole balance, but Khalti reports a partial refund."))
            return self.redisplay(form)
        except KhaltiError as error:
            return self.refuse(error_message(error))
        messages.success(self.request, _("Refunded amount saved: %(amount)s.") % {"amount": rupees(said["amount"])})
        return self.go_back()
