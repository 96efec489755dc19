"""What the pages on which staff do something with a payment, or with one of its issues, have in common."""

from __future__ import annotations

from typing import Any, cast

from django.contrib.auth.models import AbstractBaseUser
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.generic import TemplateView
from wagtail.admin import messages
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.views.generic.permissions import PermissionCheckedMixin

from wagtail_khalti.ledger import match_refunds_now
from wagtail_khalti.models import KhaltiPayment, KhaltiRefund
from wagtail_khalti.staff.figures import payment_figures, rupees
from wagtail_khalti.staff.modes import mode_bar
from wagtail_khalti.staff.permissions import REFUND, VIEW, policy
from wagtail_khalti.staff.redaction import Redaction, redaction_for


def payments_visible_to(user: Any) -> QuerySet[KhaltiPayment]:
    """The payments of the sites that the user may see. Raises ``PermissionDenied`` if there are none."""
    if not policy.user_has_permission(user, VIEW):
        raise PermissionDenied
    payments: QuerySet[KhaltiPayment] = policy.visible_to(user, KhaltiPayment.objects.all())
    return payments


class PaymentActionView(PermissionCheckedMixin, WagtailAdminTemplateMixin, TemplateView):
    """Something that is done with a payment, and leads back to its page."""

    model = KhaltiPayment
    permission_required = REFUND
    index_url_name = ""
    inspect_url_name = ""
    payment: KhaltiPayment

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.look_up()
        return self.show()

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.look_up()
        return self.do()

    def look_up(self) -> None:
        """Load the payment. The user's permission may be for another site than the payment's."""
        self.find()
        if not policy.user_has_permission_for_instance(self.person, self.permission_required, self.payment):
            raise PermissionDenied
        self.catch_up()

    def find(self) -> None:
        """By its number in the address."""
        self.payment = get_object_or_404(payments_visible_to(self.person), pk=self.kwargs["pk"])

    def catch_up(self) -> None:
        """An abandoned refund must not block this action."""
        if self.payment.refunding_since:
            match_refunds_now(self.payment)

    def show(self) -> HttpResponse:
        raise NotImplementedError

    def do(self) -> HttpResponse:
        raise NotImplementedError

    def render(self, **context: Any) -> HttpResponse:
        return self.render_to_response(self.get_context_data(**context))

    def redisplay(self, form: Form) -> HttpResponse:
        """With what was typed, and what is wrong with it."""
        self.report_form_errors()
        return self.render(form=form)

    def report_form_errors(self) -> None:
        messages.error(self.request, _("Please correct the errors below."))

    def go_back(self) -> HttpResponse:
        return HttpResponseRedirect(self.payment_url)

    def refuse(self, words: str) -> HttpResponse:
        messages.error(self.request, words)
        return self.go_back()

    @property
    def person(self) -> AbstractBaseUser:
        """The signed-in user."""
        return cast("AbstractBaseUser", self.request.user)

    @property
    def redaction(self) -> Redaction:
        """What the user may see of the customer."""
        return redaction_for(self.person, self.payment)

    @property
    def payment_url(self) -> str:
        return reverse(self.inspect_url_name, args=[self.payment.pk])

    def get_page_subtitle(self) -> str:
        return self.payment.readable_reference

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [
            *self.breadcrumbs_items,
            {"url": reverse(self.index_url_name), "label": _("Payments")},
            {"url": self.payment_url, "label": _("Payment"), "sublabel": self.get_page_subtitle()},
            {"url": "", "label": self.get_page_title(), "sublabel": self.get_page_subtitle()},
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        payment = self.payment
        context: dict[str, Any] = super().get_context_data(
            payment=payment,
            mode_bar=mode_bar(payment.mode),
            payment_url=self.payment_url,
            redaction=self.redaction,
            figures=payment_figures(payment, payment.refunds.all()),
            **kwargs,
        )
        return context


class RefundActionView(PaymentActionView):
    """Likewise with one of its refunds."""

    refund: KhaltiRefund

    def find(self) -> None:
        reference = self.kwargs["reference"]
        if "\x00" in reference:  # PostgreSQL rejects it in a query
            raise Http404
        refunds = KhaltiRefund.objects.select_related("payment").filter(payment__in=payments_visible_to(self.person))
        self.refund = get_object_or_404(refunds, reference=reference)
        self.payment = self.refund.payment

    def catch_up(self) -> None:
        super().catch_up()
        self.refund.refresh_from_db(fields=["state", "amount", "resolved_at"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(refund=self.refund, amount=rupees(self.refund.amount or 0), **kwargs)
