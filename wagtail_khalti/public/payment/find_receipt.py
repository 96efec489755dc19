"""A receipt asked for again. Strangers learn nothing: all get the same answer, and the mail goes to the payer alone."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from functools import partial

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.http import require_http_methods
from wagtail.models import Site

from wagtail_khalti.actions import send_receipt
from wagtail_khalti.exceptions import ReceiptNotSent
from wagtail_khalti.models import KhaltiEvent, KhaltiPayment
from wagtail_khalti.public.after_response import after_response
from wagtail_khalti.public.decorators import limited_page, visitor_page
from wagtail_khalti.public.limits import rate_limit_message, seconds_to_wait, with_retry_after
from wagtail_khalti.public.merchant import merchant_context
from wagtail_khalti.receipts import find_receipts

MAX_A_DAY = 5  # receipts of one payment: who knows a number and an address must not fill somebody's inbox
MAX_NOTED_A_DAY = 40  # with those that the mail server refused: they must not fill the timeline
MAX_A_DAY_TO_ONE = 20  # to one address, of earlier payments: their numbers can be counted up


class FindReceiptForm(forms.Form):
    """Anything may be typed; whether it matches is not told."""

    quoted = forms.CharField(
        label=_("Reference or receipt number"),
        max_length=100,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
        error_messages={"required": _("Enter the reference or the receipt number of the payment.")},
    )
    contact = forms.CharField(
        label=_("E-mail address or mobile number"),
        max_length=254,
        widget=forms.TextInput(attrs={"autocomplete": "email", "autocapitalize": "none", "spellcheck": "false"}),
        error_messages={"required": _("Enter the e-mail address or the mobile number that you gave when you paid.")},
    )
    use_required_attribute = False


@visitor_page
@limited_page
@require_http_methods(["GET", "HEAD", "POST"])
@csrf_protect
def find_receipt(request: HttpRequest) -> HttpResponse:
    """The payment is searched for after the response, so that neither its content nor its time tells the result."""
    form = FindReceiptForm(request.POST if request.method == "POST" else None)
    wait = seconds_to_wait(request, "receipt") if form.is_bound else 0
    if wait:
        form.add_error(None, rate_limit_message(wait))
    is_asked = form.is_valid()
    if is_asked:
        after_response(request, partial(_send, form.cleaned_data["quoted"], form.cleaned_data["contact"]))
    context = {**merchant_context(Site.find_for_request(request), request), "form": form, "is_asked": is_asked}
    page = render(request, "wagtail_khalti/public/find_receipt.html", context)
    return with_retry_after(page, wait) if wait else page


def _send(quoted: str, contact: str) -> None:
    """To the address of the payment, and to no other."""
    for payment in find_receipts(quoted, contact):
        if not _was_sent_often(payment):
            with suppress(
                ReceiptNotSent
            ):  # sent a minute ago, no address, or a mail server that refuses: in its timeline
                send_receipt(payment)


def _was_sent_often(payment: KhaltiPayment) -> bool:
    a_day_ago = timezone.now() - timedelta(days=1)
    sent = KhaltiEvent.objects.filter(kind=KhaltiEvent.Kind.RECEIPT_SENT, at__gt=a_day_ago)
    # Not those that were e-mailed by themselves today: a school office may pay for a hundred pupils.
    to_one = sent.filter(payment__customer_email=payment.customer_email, payment__completed_at__lte=a_day_ago)
    noted = list(sent.filter(payment=payment).values_list("data", flat=True)[:MAX_NOTED_A_DAY])
    accepted = sum("error" not in data for data in noted) - sum("instead_of" in data for data in noted)
    return accepted >= MAX_A_DAY or len(noted) >= MAX_NOTED_A_DAY or to_one.count() >= MAX_A_DAY_TO_ONE
