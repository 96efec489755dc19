"""Add an internal note to a payment."""

from __future__ import annotations

from django.http import HttpResponse
from django.utils.translation import gettext as _
from wagtail.admin import messages

from wagtail_khalti.actions import add_note
from wagtail_khalti.staff.action_pages import PaymentActionView
from wagtail_khalti.staff.forms import PaymentNoteForm
from wagtail_khalti.staff.permissions import CHECK


class NoteView(PaymentActionView):
    """Where a note is corrected; usually it is written on the payment's page."""

    permission_required = CHECK
    template_name = "wagtail_khalti/staff/note.html"

    def get_page_title(self) -> str:
        return _("Add note")

    def show(self) -> HttpResponse:
        return self.render(form=PaymentNoteForm())

    def do(self) -> HttpResponse:
        form = PaymentNoteForm(self.request.POST)
        if not form.is_valid():
            return self.redisplay(form)
        add_note(self.payment, form.cleaned_data["text"], by=self.person)
        messages.success(self.request, _("Note added."))
        return self.go_back()
