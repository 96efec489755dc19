"""Payment insights, under Reports: totals of a period, the checkout funnel, and payments by page."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any
from urllib.parse import urlencode

from django.db import transaction
from django.http import HttpRequest
from django.urls import URLPattern, URLResolver, include, path, reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView
from wagtail.admin.menu import MenuItem
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.views.generic.permissions import PermissionCheckedMixin
from wagtail.models import Site

from wagtail_khalti.dates.days import today
from wagtail_khalti.models import KhaltiPayment
from wagtail_khalti.models.site_settings import site_display_name
from wagtail_khalti.reporting import totals
from wagtail_khalti.staff.insights import days
from wagtail_khalti.staff.insights.figures import figures_of
from wagtail_khalti.staff.insights.form import InsightsForm, InsightsQuery
from wagtail_khalti.staff.insights.links import Links
from wagtail_khalti.staff.modes import mode_bar
from wagtail_khalti.staff.periods import quick_ranges, time_zone_note
from wagtail_khalti.staff.permissions import VIEW, policy


class InsightsView(PermissionCheckedMixin, WagtailAdminTemplateMixin, TemplateView):
    """For one mode, and for the sites that the user may see."""

    model = KhaltiPayment
    permission_policy = policy
    permission_required = VIEW
    template_name = "wagtail_khalti/staff/insights.html"
    page_title = gettext_lazy("Payment insights")
    header_icon = "wagtail-khalti"
    http_method_names = ("get", "head", "options")

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [*self.breadcrumbs_items, {"url": "", "label": self.get_page_title()}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        form = InsightsForm(self.request.GET.dict(), sites=self.sites)
        query = form.query()
        return super().get_context_data(
            form=form,
            query=query,
            mode_bar=mode_bar(query.mode),
            period=days.format_span(query.first, query.last),
            period_in_bs=days.in_bs(days.format_bs_span(query.first, query.last)),
            time_zone_note=time_zone_note(),
            quick_ranges=list(self._quick_ranges(query)),
            **self._figures(query),
            **kwargs,
        )

    def _figures(self, query: InsightsQuery) -> dict[str, Any]:
        """Without figures for a period in the future."""
        last = min(query.last, today())
        if query.first > last:
            return {"is_in_future": True}
        found = totals(query.first, last, mode=query.mode, merchant=query.merchant, sites=self._sites_of(query))
        links = Links(first=query.first, last=last, mode=query.mode, merchant=query.merchant, site=query.site)
        return figures_of(found, query.interval, links, sites=self.sites)

    def _quick_ranges(self, query: InsightsQuery) -> Iterator[dict[str, Any]]:
        """Links that keep mode, account and site."""
        scope = {"mode": query.mode.value, "merchant": query.merchant, "site": query.site}
        for choice in quick_ranges(today()):
            period = {"first": choice.first.isoformat(), "last": choice.last.isoformat()}
            parameters = {name: value for name, value in (period | scope).items() if value}
            is_shown = (choice.first, choice.last) == (query.first, query.last)
            yield {"label": choice.label, "url": f"?{urlencode(parameters)}", "is_shown": is_shown}

    def _sites_of(self, query: InsightsQuery) -> Collection[int] | None:
        return [query.site] if query.site else self.permitted_sites

    @cached_property
    def permitted_sites(self) -> list[int] | None:
        return policy.permitted_sites(self.request.user, [VIEW])

    @cached_property
    def sites(self) -> Mapping[int, str]:
        """Those that the user may see, by primary key."""
        sites = Site.objects.order_by("-is_default_site", "site_name", "hostname", "port")
        found = sites if self.permitted_sites is None else sites.filter(pk__in=self.permitted_sites)
        return {site.pk: site_display_name(site) for site in found}


class InsightsMenuItem(MenuItem):
    """Hidden from users who may not open the page."""

    def is_shown(self, request: HttpRequest) -> bool:
        return bool(policy.user_has_permission(request.user, VIEW))


def insights_urls() -> list[URLPattern | URLResolver]:
    view = transaction.non_atomic_requests(InsightsView.as_view())  # totals of closed days are stored
    pages = ([path("", view, name="insights")], "khalti_reports")
    return [path("reports/khalti/", include(pages))]


def insights_menu_item() -> InsightsMenuItem:
    url = reverse("khalti_reports:insights")
    return InsightsMenuItem(InsightsView.page_title, url, name="khalti-insights", icon_name="wagtail-khalti", order=650)
