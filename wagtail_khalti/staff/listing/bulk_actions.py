"""What can be done with several payments of the list at once, as Wagtail's bulk actions."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any, ClassVar, cast

from django.contrib.auth.models import AbstractBaseUser
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from wagtail.admin import messages
from wagtail.admin.views.bulk_action import BulkAction

from wagtail_khalti.formatting import format_number
from wagtail_khalti.models import KhaltiPayment
from wagtail_khalti.staff.listing.asked import OF_A_PAGE
from wagtail_khalti.staff.listing.filters import MAX_SELECTED
from wagtail_khalti.staff.listing.page import filtered_payments
from wagtail_khalti.staff.listing.refreshing import refresh_statuses
from wagtail_khalti.staff.listing.row_menus import REFRESH_STATUS
from wagtail_khalti.staff.permissions import CHECK, EXPORT, VIEW, policy

MAX_REFRESHED = 50  # payments; a request that asks Khalti about more takes too long
MAX_KEY_LENGTH = 18  # digits, of a primary key
OF_A_SELECTION = ("id", "next", "childOf", "ordering", *OF_A_PAGE)
"""What Wagtail adds to the query of a list, and what says nothing of which payments are meant."""


class PaymentBulkAction(BulkAction):
    """Of the chosen payments, or of all that match: ``id=all`` comes with the query of the list."""

    models: ClassVar = [KhaltiPayment]
    permission: ClassVar[str]
    next_url: str
    http_method_names: Sequence[str] = ("get", "head", "options")

    def __init__(self, request: HttpRequest, model: Any = KhaltiPayment) -> None:
        super().__init__(request, model)
        if self.next_url == request.path:  # where nobody says to which list to go back
            self.next_url = reverse("khalti_payments:index")

    @classmethod
    def is_shown_to(cls, user: Any) -> bool:
        return bool(policy.user_has_permission(user, cls.permission))

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not self.is_shown_to(request.user):
            raise PermissionDenied
        try:
            return super().dispatch(request, *args, **kwargs)  # type: ignore[no-any-return]  # Wagtail has no types
        except ValidationError as error:
            return self.refuse(error.messages[0])

    def refuse(self, words: str) -> HttpResponse:
        messages.error(self.request, words)
        return HttpResponseRedirect(self.next_url)

    @property
    def is_of_all(self) -> bool:
        return "all" in self.request.GET.getlist("id")

    @cached_property
    def keys(self) -> list[int]:
        """Of those that were chosen one by one."""
        given = self.request.GET.getlist("id")
        return [int(key) for key in given if key.isascii() and key.isdecimal() and len(key) <= MAX_KEY_LENGTH]

    @cached_property
    def chosen(self) -> QuerySet[KhaltiPayment]:
        """Those that the person may see. Raises ``ValidationError`` where the query of the list makes no sense."""
        if self.is_of_all:
            return filtered_payments(self.request)
        rows: QuerySet[KhaltiPayment] = KhaltiPayment.objects.filter(pk__in=self.keys)
        return policy.visible_to(self.request.user, rows, [VIEW])


class RefreshStatus(PaymentBulkAction):
    """Lists what is going to be checked, and has the button. Wagtail's own address only shows this page."""

    display_name = gettext_lazy("Refresh status from Khalti")
    aria_label = gettext_lazy("Refresh the status of the selected payments from Khalti")
    action_type = REFRESH_STATUS
    action_priority = 10
    permission = CHECK
    template_name = "wagtail_khalti/staff/list_refresh.html"

    def get_actionable_objects(self) -> tuple[list[KhaltiPayment], dict[str, Any]]:
        rows = list(self.chosen.order_by("-created_at", "-pk")[: MAX_REFRESHED + 1])
        if len(rows) > MAX_REFRESHED:
            limit = {"limit": format_number(MAX_REFRESHED)}
            raise ValidationError(_("At most %(limit)s payments can be refreshed at once. Select fewer.") % limit)
        sites = policy.permitted_sites(self.request.user, [CHECK])
        permitted = [row for row in rows if sites is None or row.site_id in sites]
        return [row for row in permitted if row.pidx], {
            "items_with_no_access": [row for row in rows if row not in permitted],
            "never_sent": [row for row in permitted if not row.pidx],
        }

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        query = self.request.META["QUERY_STRING"]
        context: dict[str, Any] = super().get_context_data(**kwargs)
        return context | {"submit_url": f"{reverse('khalti_payments:refresh')}?{query}"}


class RefreshStatusNow(RefreshStatus):
    """Does it, at an address of ours that no ``ATOMIC_REQUESTS`` wraps: each payment is checked and committed alone."""

    http_method_names = ("post", "options")

    def prepare_action(
        self, objects: Collection[KhaltiPayment], objects_without_access: dict[str, Any]
    ) -> HttpResponse:
        """Instead of ``execute_action``, which Wagtail runs inside a transaction."""
        if not objects:
            return self.refuse(_("None of these payments can be checked."))
        result = refresh_statuses(objects, by=cast("AbstractBaseUser", self.request.user))
        for show_message, text in result.in_words():
            show_message(self.request, text)
        return HttpResponseRedirect(self.next_url)


class ExportSelection(PaymentBulkAction):
    """Leads to the page of the export, which says what is in the file; it asks for the same right again."""

    display_name = gettext_lazy("Export selection")
    aria_label = gettext_lazy("Export the selected payments")
    action_type = "export"
    action_priority = 20
    permission = EXPORT

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        query = request.GET.copy()
        for name in OF_A_SELECTION:
            query.pop(name, None)
        if not self.is_of_all:
            permitted = self._permitted()
            if not permitted:
                return self.refuse(_("You don't have permission to export these payments."))
            query["mode"] = permitted[0].mode
            query["selected"] = ",".join(str(payment.pk) for payment in permitted)
        return HttpResponseRedirect(f"{reverse('khalti_payments:export')}?{query.urlencode()}")

    def _permitted(self) -> list[KhaltiPayment]:
        """Of the chosen ones those that the person may export; it is said where some are left out."""
        if len(self.keys) > MAX_SELECTED:
            limit = {"limit": format_number(MAX_SELECTED)}
            raise ValidationError(_("At most %(limit)s payments can be selected. Use the filters instead.") % limit)
        permitted = list(policy.visible_to(self.request.user, self.chosen.order_by("pk"), [EXPORT]))
        left_out = self.chosen.count() - len(permitted)
        if permitted and left_out:
            words = ngettext(
                "%(count)s payment is left out: you don't have permission to export it.",
                "%(count)s payments are left out: you don't have permission to export them.",
                left_out,
            )
            messages.warning(self.request, words % {"count": format_number(left_out)})
        return permitted
