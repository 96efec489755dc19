"""Table of contents of the staff side: registers, never decides."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import URLPattern, URLResolver, include, path
from django.utils.html import format_html
from django.utils.safestring import SafeString
from wagtail import hooks
from wagtail.admin.widgets.button import Button

from wagtail_khalti.embedded import reconcile_after_response
from wagtail_khalti.public.page_offers import can_offer, offers_something
from wagtail_khalti.staff.audit import register_log_actions
from wagtail_khalti.staff.dashboard import payments_panel, payments_summary
from wagtail_khalti.staff.insights.page import insights_menu_item, insights_urls
from wagtail_khalti.staff.issues.page import IssueViewSet
from wagtail_khalti.staff.listing.bulk_actions import ExportSelection, RefreshStatus
from wagtail_khalti.staff.listing.search_area import payment_search_area
from wagtail_khalti.staff.page_payments import buttons
from wagtail_khalti.staff.page_payments.urls import page_payments_urls
from wagtail_khalti.staff.permissions import register_policy
from wagtail_khalti.staff.sites import connection_page
from wagtail_khalti.staff.sites.permissions import SitePermissionsForm
from wagtail_khalti.staff.sites.settings import has_settings_app, register_site_settings
from wagtail_khalti.staff.viewset import PaymentViewSet

register_policy()


def payment_viewset() -> PaymentViewSet:
    return PaymentViewSet()


def issue_viewset() -> IssueViewSet:
    return IssueViewSet()


def reconcile_after_admin_page(request: HttpRequest, menu_items: list[Any]) -> None:
    reconcile_after_response(request)


def connection_urls() -> list[URLPattern | URLResolver]:
    return [path("khalti_settings/", include((connection_page.urlpatterns, "khalti_settings")))]


def payments_of_sites() -> type[SitePermissionsForm]:
    return SitePermissionsForm


def payments_in_page_header(page: Any, user: Any, view_name: str, next_url: str | None = None) -> list[Button]:
    return buttons.page_buttons(page, user, has_block=offers_something, priority=buttons.AFTER_HISTORY)


def payments_in_page_row(page: Any, user: Any, next_url: str | None = None) -> list[Button]:
    """Costs a query for each row of a type that can sell something; the content of the row was not read."""
    if not can_offer(type(page)):
        return []
    return buttons.page_buttons(page, user, has_block=lambda page: False, priority=buttons.AFTER_HISTORY_IN_ROW)


def khalti_icon(icons: list[str]) -> list[str]:
    return [*icons, "wagtail_khalti/staff/wagtail-khalti.svg"]


def staff_css() -> SafeString:
    return format_html('<link rel="stylesheet" href="{}">', static("wagtail_khalti/staff.css"))


hooks.register("register_admin_viewset", payment_viewset)
hooks.register("register_admin_viewset", issue_viewset)
hooks.register("register_bulk_action", RefreshStatus)
hooks.register("register_bulk_action", ExportSelection)
hooks.register("register_admin_search_area", payment_search_area)
hooks.register("construct_homepage_summary_items", payments_summary)
hooks.register("construct_homepage_panels", payments_panel)
hooks.register("construct_main_menu", reconcile_after_admin_page)  # each full page of the admin has the menu
hooks.register("register_log_actions", register_log_actions)
hooks.register("register_group_permission_panel", payments_of_sites)
hooks.register("register_icons", khalti_icon)
hooks.register("insert_global_admin_css", staff_css)
hooks.register("register_admin_urls", insights_urls)
hooks.register("register_admin_urls", page_payments_urls)
hooks.register("register_page_header_buttons", payments_in_page_header)
hooks.register("register_page_listing_more_buttons", payments_in_page_row)
hooks.register("register_reports_menu_item", insights_menu_item)

if has_settings_app():
    register_site_settings()
    hooks.register("register_admin_urls", connection_urls)
