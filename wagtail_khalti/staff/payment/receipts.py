"""Send the receipt because a customer asks for it."""

from __future__ import annotations

from django.http import HttpResponse
from django.utils.translation import gettext as _
from wagtail.admin import messages

from wagtail_khalti.actions import send_receipt
from wagtail_khalti.exceptions import KhaltiError
from wagtail_khalti.staff.action_pages import PaymentActionView
from wagtail_khalti.staff.error_messages import error_message
from wagtail_khalti.staff.permissions import CHECK


class ReceiptView(PaymentActionView):
    """To the address that the visitor gave, and to no other."""

    permission_required = CHECK
    http_method_names = ("post",)

    def do(self) -> HttpResponse:
        try:
            send_receipt(self.payment, by=self.person)
        except KhaltiError as error:
            return self.refuse(error_message(error))
        messages.success(self.request, _("Receipt sent to %(address)s.") % {"address": self.redaction.address})
        return self.go_back()
