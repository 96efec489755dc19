"""The page on which staff test the connection to Khalti."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView
from wagtail.admin import messages
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.log_actions import log
from wagtail.models import Site

from wagtail_khalti.models import KhaltiSettings
from wagtail_khalti.staff.sites.accounts import known_merchants
from wagtail_khalti.staff.sites.connection import check_connection, finding_context, last_result, setup_problems
from wagtail_khalti.staff.sites.settings import account_context


class ConnectionView(WagtailAdminTemplateMixin, TemplateView):
    """For users who may change the settings of the site."""

    template_name = "wagtail_khalti/staff/connection.html"
    page_title = gettext_lazy("Connection to Khalti")
    header_icon = "wagtail-khalti"
    site: Site

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        self.site = get_object_or_404(Site, pk=kwargs["site"])
        policy = KhaltiSettings.get_permission_policy()
        if not policy.user_has_permission_for_instance(request.user, "change", self.site):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        merchant = known_merchants().get(request.POST.get("merchant", ""))
        if merchant is None:
            messages.error(request, _("This Khalti account is not set up."))
        elif check_connection(merchant):
            log(instance=self.site, action="wagtail_khalti.check_connection", data={"merchant": merchant.name})
        else:
            messages.warning(
                request, _("The connection of “%s” was tested a moment ago. Try again shortly.") % merchant.name
            )
        return self.get(request, *args, **kwargs)

    def get_page_subtitle(self) -> str:
        return str(self.site)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        opts = KhaltiSettings._meta
        settings_url = reverse("wagtailsettings:edit", args=[opts.app_label, opts.model_name, self.site.pk])
        return [
            *self.breadcrumbs_items,
            {"url": settings_url, "label": opts.verbose_name},
            {"url": "", "label": self.get_page_title(), "sublabel": self.get_page_subtitle()},
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**account_context(KhaltiSettings.of(self.site)), **kwargs)
        merchants = known_merchants()
        context["rows"] = [(account, last_result(merchants[account.name])) for account in context["accounts"]]
        context["setup_problems"] = [] if merchants else finding_context(setup_problems())
        return context


urlpatterns: list[URLPattern] = [
    # Outside of the request's transaction: the test calls Khalti.
    path("connection/<int:site>/", transaction.non_atomic_requests(ConnectionView.as_view()), name="connection"),
]
