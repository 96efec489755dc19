"""The smaller things that staff do: ask Khalti, say what they saw in its dashboard, note what was done elsewhere."""

from __future__ import annotations

from django.db.models import QuerySet
from django.http import HttpResponse
from django.utils.translation import gettext as _
from wagtail.admin import messages

from wagtail_khalti.actions import check_payment, decide_refund, enter_refund_amount, record_refund
from wagtail_khalti.exceptions import AmountNotLeft, KhaltiError, RefundIsDecided, RefundsChanged
from wagtail_khalti.models import KhaltiEvent
from wagtail_khalti.models.refund import State, Way
from wagtail_khalti.staff.figures import rupees
from wagtail_khalti.staff.forms import AmountForm, NoteForm, RecordForm
from wagtail_khalti.staff.payment.deed_pages import DeedView, RefundDeedView
from wagtail_khalti.staff.permissions import CHECK
from wagtail_khalti.staff.words import why_not_refundable, words_for


class CheckView(DeedView):
    """Ask Khalti now."""

    permission_required = CHECK
    http_method_names = ("post",)

    def do(self) -> HttpResponse:
        if not self.payment.pidx:
            return self.refuse(_("This payment never came to Khalti, so there is nothing to ask."))
        before = self.payment.events.order_by("pk").last()
        try:
            check_payment(self.payment, by=self.person)
        except KhaltiError as error:
            return self.refuse(words_for(error))
        self._tell(self.payment.events.filter(pk__gt=before.pk if before else 0, kind=KhaltiEvent.Kind.CONTRADICTION))
        return self.go_back()

    def _tell(self, contradictions: QuerySet[KhaltiEvent]) -> None:
        words = {"said": self.payment.khalti_status or "–"}
        if contradictions.exists():
            doubt = _(
                "Khalti was asked just now, and says “%(said)s”. That does not fit this payment: nothing changed."
            )
            messages.warning(self.request, doubt % words)
        else:
            messages.success(self.request, _("Khalti was asked just now, and says “%(said)s”.") % words)


class RecordView(DeedView):
    """Money that went back past Khalti, or in its dashboard after an earlier refund."""

    template_name = "wagtail_khalti/staff/record.html"

    def get_page_title(self) -> str:
        return _("Record a refund made elsewhere")

    def show(self) -> HttpResponse:
        if why_not := why_not_refundable(self.payment):
            return self.refuse(why_not)
        return self.render(form=RecordForm(payment=self.payment))

    def do(self) -> HttpResponse:
        if why_not := why_not_refundable(self.payment):
            return self.refuse(why_not)
        form = RecordForm(self.request.POST, payment=self.payment)
        form.full_clean()
        if "remaining" in form.errors:  # nobody could mend what is hidden
            return self.refuse(words_for(RefundsChanged()))
        if not form.is_valid():
            return self.ask_again(form)
        said = form.cleaned_data
        try:
            record_refund(
                self.payment,
                said["amount"],
                way=Way(said["way"]),
                reason=said["reason"],
                by=self.person,
                remaining=said["remaining"],
            )
        except KhaltiError as error:
            return self.refuse(words_for(error))
        messages.success(self.request, _("%(amount)s is recorded as given back.") % {"amount": rupees(said["amount"])})
        return self.go_back()


class DecideView(RefundDeedView):
    """Two buttons, each of which names what it says. Neither sends anything."""

    template_name = "wagtail_khalti/staff/decide.html"

    def get_page_title(self) -> str:
        return _("A refund in doubt")

    def show(self) -> HttpResponse:
        return self._refuse_to_decide() if self.refund.state != State.UNKNOWN else self.render(form=NoteForm())

    def do(self) -> HttpResponse:
        if self.refund.state != State.UNKNOWN:
            return self._refuse_to_decide()
        form, said = NoteForm(self.request.POST), self.request.POST.get("was_sent")
        if said not in ("yes", "no") or not form.is_valid():
            return self.ask_again(form)
        try:
            note = form.cleaned_data["note"]
            decide_refund(self.refund, was_sent=said == "yes", by=self.person, note=note)
        except KhaltiError as error:
            return self.refuse(words_for(error))
        messages.success(self.request, self._told(was_sent=said == "yes"))
        return self.go_back()

    def _refuse_to_decide(self) -> HttpResponse:
        if not self.refund.is_undecided:
            return self.refuse(words_for(RefundIsDecided()))
        words = _("%(amount)s is being sent to Khalti. Look again in a moment.")
        return self.refuse(words % {"amount": rupees(self.refund.amount or 0)})

    def _told(self, *, was_sent: bool) -> str:
        words = (
            _("Noted: %(amount)s was given back. Nothing was sent.")
            if was_sent
            else _("Noted: %(amount)s was not given back. Nothing was sent; you can make the refund again.")
        )
        return words % {"amount": rupees(self.refund.amount or 0)}


class AmountView(RefundDeedView):
    """How much went back in Khalti's dashboard, which Khalti's API does not tell."""

    template_name = "wagtail_khalti/staff/amount.html"

    def get_page_title(self) -> str:
        return _("Enter how much went back")

    def show(self) -> HttpResponse:
        if not self.refund.lacks_amount:
            return self.refuse(words_for(RefundIsDecided()))
        return self.render(form=AmountForm())

    def do(self) -> HttpResponse:
        form = AmountForm(self.request.POST)
        if not form.is_valid():
            return self.ask_again(form)
        said = form.cleaned_data
        try:
            enter_refund_amount(self.refund, said["amount"], by=self.person, note=said["note"])
        except AmountNotLeft:
            form.add_error("amount", _("That would be all of it, and Khalti says that it was a part."))
            return self.ask_again(form)
        except KhaltiError as error:
            return self.refuse(words_for(error))
        messages.success(self.request, _("%(amount)s is recorded as given back.") % {"amount": rupees(said["amount"])})
        return self.go_back()
