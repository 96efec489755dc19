"""Wagtail's own views of payments, beside the package's."""

from wagtail import hooks

from benchmarks.plain_admin import plain_report_urls, plain_viewset

hooks.register("register_admin_viewset", plain_viewset)
hooks.register("register_admin_urls", plain_report_urls)
