"""The page on which staff resolve an issue."""

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

from wagtail_khalti.actions import resolve_issue
from wagtail_khalti.database.characters import validate_characters
from wagtail_khalti.exceptions import IssueAlreadyResolved, RefundInProgress
from wagtail_khalti.models import KhaltiIssue
from wagtail_khalti.models.event import MAX_NOTE_LENGTH
from wagtail_khalti.staff.action_pages import PaymentActionView, payments_visible_to
from wagtail_khalti.staff.issues.cards import IssueCard, card_of
from wagtail_khalti.staff.modes import default_mode
from wagtail_khalti.staff.permissions import policy

Resolution = KhaltiIssue.Resolution

RESOLVED_WITH_REFUND = gettext_lazy("This issue is resolved by confirming the outcome of the refund.")


class ResolveForm(forms.Form):
    """The resolution, and a note on what was done."""

    RESOLUTIONS: ClassVar = [
        (Resolution.RESOLVED.value, gettext_lazy("Resolved")),
        (Resolution.NO_ACTION_NEEDED.value, gettext_lazy("No action needed")),
    ]

    resolution = forms.ChoiceField(
        label=gettext_lazy("Resolution"),
        choices=RESOLUTIONS,
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose one of these.")},
    )
    note = forms.CharField(
        label=gettext_lazy("Internal note"),
        help_text=gettext_lazy("Not shown to the customer. It is kept with the payment."),
        max_length=MAX_NOTE_LENGTH,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        validators=[validate_characters],
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("use_required_attribute", False)
        super().__init__(*args, **kwargs)

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if data.get("resolution") == Resolution.RESOLVED and not data.get("note") and "note" not in self.errors:
            self.add_error("note", _("Enter what was done."))
        return data


class ResolveView(PaymentActionView):
    """Moves no money and doesn't change the payment."""

    permission_policy = policy
    template_name = "wagtail_khalti/staff/resolve_issue.html"
    index_url_name = "khalti_payments:index"
    inspect_url_name = "khalti_payments:inspect"
    issue: KhaltiIssue

    def get_page_title(self) -> str:
        return _("Resolve issue")

    def find(self) -> None:
        issues = KhaltiIssue.objects.select_related("payment", "resolved_by")
        of_payments = issues.filter(payment__in=payments_visible_to(self.person))
        self.issue = get_object_or_404(of_payments, pk=self.kwargs["pk"])
        self.payment = self.issue.payment

    def show(self) -> HttpResponse:
        return self.refuse_unresolvable() or self.render(form=ResolveForm())

    def do(self) -> HttpResponse:
        form = ResolveForm(self.request.POST)
        if refusal := self.refuse_unresolvable():
            return refusal
        if not form.is_valid():
            return self.redisplay(form)
        data = form.cleaned_data
        try:
            resolve_issue(self.issue, resolution=Resolution(data["resolution"]), by=self.person, note=data["note"])
        except IssueAlreadyResolved:
            self.issue.refresh_from_db()
            return self.report_earlier_resolution()
        except RefundInProgress:
            return self.refuse(str(RESOLVED_WITH_REFUND))
        messages.success(self.request, _("Resolved: %(card)s.") % {"card": self.issue.get_kind_display()})
        return self.go_to_issues()

    def refuse_unresolvable(self) -> HttpResponse | None:
        if not self.issue.is_open:
            return self.report_earlier_resolution()
        if not self.card.can_be_resolved:
            return self.refuse(str(RESOLVED_WITH_REFUND))
        return None

    def report_earlier_resolution(self) -> HttpResponse:
        """For a second click, and for a colleague who resolved it first."""
        issue = self.issue
        if issue.resolved_by == self.person:
            messages.info(self.request, _("You have already resolved this issue."))
            return self.go_to_issues()
        words = _("This issue was already resolved: “%(resolution)s”, by %(who)s. Your resolution was not saved.")
        who = get_user_display_name(issue.resolved_by) if issue.resolved_by else _("the system")
        messages.warning(self.request, words % {"resolution": issue.get_resolution_display(), "who": who})
        return self.go_to_issues()

    def go_to_issues(self) -> HttpResponse:
        return HttpResponseRedirect(self.issues_url)

    @property
    def issues_url(self) -> str:
        """In the mode of this payment, so that its next open issue follows."""
        issues = reverse("khalti_issues:index")
        return issues if self.payment.mode == default_mode() else f"{issues}?mode={self.payment.mode}"

    @property
    def card(self) -> IssueCard:
        return card_of(self.issue, self.payment.refunds.all())

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        *_payment_items, here = super().get_breadcrumbs_items()
        return [*self.breadcrumbs_items, {"url": self.issues_url, "label": _("Needs attention")}, here]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(card=self.card, **kwargs)
