"""Insights, under Reports: what came in and what it cost, where visitors drop out, and on which pages."""

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
from wagtail_khalti.reporting import totals
from wagtail_khalti.staff.insights import days
from wagtail_khalti.staff.insights.figures import figures_of
from wagtail_khalti.staff.insights.form import InsightsForm, Question
from wagtail_khalti.staff.insights.links import Links
from wagtail_khalti.staff.modes import mode_bar
from wagtail_khalti.staff.periods import choices, whose_days
from wagtail_khalti.staff.permissions import VIEW, policy


class InsightsView(PermissionCheckedMixin, WagtailAdminTemplateMixin, TemplateView):
    """Of exactly one mode, and of the sites that the user may see."""

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
        asked = form.question()
        return super().get_context_data(
            form=form,
            asked=asked,
            mode_bar=mode_bar(asked.mode),
            period=days.format_span(asked.first, asked.last),
            period_in_bs=days.in_bs(days.format_bs_span(asked.first, asked.last)),
            whose_days=whose_days(),
            periods=list(self._periods(asked)),
            **self._figures(asked),
            **kwargs,
        )

    def _figures(self, asked: Question) -> dict[str, Any]:
        """Nothing at all of days that are still to come."""
        last = min(asked.last, today())
        if asked.first > last:
            return {"is_to_come": True}
        found = totals(asked.first, last, mode=asked.mode, merchant=asked.merchant, sites=self._sites_of(asked))
        links = Links(first=asked.first, last=last, mode=asked.mode, merchant=asked.merchant, site=asked.site)
        return figures_of(found, asked.step, links, sites=self.sites)

    def _periods(self, asked: Question) -> Iterator[dict[str, Any]]:
        """Links that keep whose figures they are."""
        whose = {"mode": asked.mode.value, "merchant": asked.merchant, "site": asked.site}
        for choice in choices(today()):
            ends_of_it = {"first": choice.first.isoformat(), "last": choice.last.isoformat()}
            query = {name: value for name, value in (ends_of_it | whose).items() if value}
            is_shown = (choice.first, choice.last) == (asked.first, asked.last)
            yield {"label": choice.label, "url": f"?{urlencode(query)}", "is_shown": is_shown}

    def _sites_of(self, asked: Question) -> Collection[int] | None:
        return [asked.site] if asked.site else self.permitted_sites

    @cached_property
    def permitted_sites(self) -> list[int] | None:
        return policy.permitted_sites(self.request.user, [VIEW])

    @cached_property
    def sites(self) -> Mapping[int, str]:
        """Those within reach, by key."""
        sites = Site.objects.order_by("-is_default_site", "site_name", "hostname", "port")
        found = sites if self.permitted_sites is None else sites.filter(pk__in=self.permitted_sites)
        return {site.pk: site.site_name or site.hostname for site in found}


class InsightsMenuItem(MenuItem):
    """Hidden from those whom the page itself would send away."""

    def is_shown(self, request: HttpRequest) -> bool:
        return bool(policy.user_has_permission(request.user, VIEW))


def insights_urls() -> list[URLPattern | URLResolver]:
    view = transaction.non_atomic_requests(InsightsView.as_view())  # days that it counts are kept
    pages = ([path("", view, name="insights")], "khalti_reports")
    return [path("reports/khalti/", include(pages))]


def insights_menu_item() -> InsightsMenuItem:
    url = reverse("khalti_reports:insights")
    return InsightsMenuItem(InsightsView.page_title, url, name="khalti-insights", icon_name="wagtail-khalti", order=650)
