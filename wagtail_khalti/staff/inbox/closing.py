"""Close a matter: say how it ended, on the record."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin import messages
from wagtail.admin.utils import get_user_display_name

from wagtail_khalti.actions import close_review
from wagtail_khalti.actions.add_note import LONGEST_NOTE
from wagtail_khalti.exceptions import RefundUndecided, ReviewIsClosed
from wagtail_khalti.models import KhaltiReview
from wagtail_khalti.models.characters import require_kept
from wagtail_khalti.staff.inbox.matters import Matter, matter_of
from wagtail_khalti.staff.modes import default_mode
from wagtail_khalti.staff.payment.deed_pages import DeedView, payments_within_reach
from wagtail_khalti.staff.permissions import policy

Outcome = KhaltiReview.Outcome

ENDS_WITH_ITS_REFUND = gettext_lazy("This matter ends when it is said what became of the refund.")


class CloseForm(forms.Form):
    """How it ended, and what was done."""

    OUTCOMES: ClassVar = [
        (Outcome.HANDLED.value, gettext_lazy("Handled: I did what was to be done")),
        (Outcome.NOTHING_TO_DO.value, gettext_lazy("Nothing to do: I looked, and all is well")),
    ]

    outcome = forms.ChoiceField(
        label=gettext_lazy("How it ended"),
        choices=OUTCOMES,
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose one of these.")},
    )
    note = forms.CharField(
        label=gettext_lazy("What was done"),
        help_text=gettext_lazy("For your colleagues. It stays with the payment."),
        max_length=LONGEST_NOTE,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        validators=[require_kept],
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("use_required_attribute", False)
        super().__init__(*args, **kwargs)

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or self.cleaned_data
        if said.get("outcome") == Outcome.HANDLED and not said.get("note") and "note" not in self.errors:
            self.add_error("note", _("Say in a few words what was done."))
        return said


class CloseView(DeedView):
    """It moves no money, and changes nothing of the payment."""

    permission_policy = policy
    template_name = "wagtail_khalti/staff/close.html"
    index_url_name = "khalti_payments:index"
    inspect_url_name = "khalti_payments:inspect"
    review: KhaltiReview

    def get_page_title(self) -> str:
        return _("Close a matter")

    def find(self) -> None:
        reviews = KhaltiReview.objects.select_related("payment", "closed_by")
        of_payments = reviews.filter(payment__in=payments_within_reach(self.person))
        self.review = get_object_or_404(of_payments, pk=self.kwargs["pk"])
        self.payment = self.review.payment

    def show(self) -> HttpResponse:
        return self.what_stands_against_it() or self.render(form=CloseForm())

    def do(self) -> HttpResponse:
        form = CloseForm(self.request.POST)
        if refusal := self.what_stands_against_it():
            return refusal
        if not form.is_valid():
            return self.ask_again(form)
        said = form.cleaned_data
        try:
            close_review(self.review, outcome=Outcome(said["outcome"]), by=self.person, note=said["note"])
        except ReviewIsClosed:
            self.review.refresh_from_db()
            return self.tell_how_it_ended()
        except RefundUndecided:
            return self.refuse(str(ENDS_WITH_ITS_REFUND))
        messages.success(self.request, _("Closed: %(matter)s.") % {"matter": self.review.get_kind_display()})
        return self.go_to_inbox()

    def what_stands_against_it(self) -> HttpResponse | None:
        if not self.review.is_open:
            return self.tell_how_it_ended()
        if not self.matter.can_be_closed:
            return self.refuse(str(ENDS_WITH_ITS_REFUND))
        return None

    def tell_how_it_ended(self) -> HttpResponse:
        """To who pressed the button twice, and to who came later than somebody else."""
        review = self.review
        if review.closed_by == self.person:
            messages.info(self.request, _("You have closed this matter already."))
            return self.go_to_inbox()
        words = _("This matter was closed before: “%(outcome)s”, by %(who)s. What you said was not kept.")
        who = get_user_display_name(review.closed_by) if review.closed_by else _("the system")
        messages.warning(self.request, words % {"outcome": review.get_outcome_display(), "who": who})
        return self.go_to_inbox()

    def go_to_inbox(self) -> HttpResponse:
        return HttpResponseRedirect(self.inbox_url)

    @property
    def inbox_url(self) -> str:
        """Of the mode of this payment, so that what is left there comes next."""
        inbox = reverse("khalti_matters:index")
        return inbox if self.payment.mode == default_mode() else f"{inbox}?mode={self.payment.mode}"

    @property
    def matter(self) -> Matter:
        return matter_of(self.review, self.payment.refunds.all())

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        *_of_payments, here = super().get_breadcrumbs_items()
        return [*self.breadcrumbs_items, {"url": self.inbox_url, "label": _("Needs you")}, here]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(matter=self.matter, **kwargs)
