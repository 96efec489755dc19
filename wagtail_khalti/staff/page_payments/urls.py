"""The addresses of the payments of a page, in Wagtail's admin."""

from __future__ import annotations

from django.db import transaction
from django.urls import URLPattern, URLResolver, include, path

from wagtail_khalti.staff.page_payments.download import PagePaymentsDownload
from wagtail_khalti.staff.page_payments.page import PagePaymentsView


def page_payments_urls() -> list[URLPattern | URLResolver]:
    """The download outside of the request's transaction, which would end before the file does."""
    file = transaction.non_atomic_requests(PagePaymentsDownload.as_view())
    patterns = [
        path("<int:pk>/payments/", PagePaymentsView.as_view(), name="payments"),
        path("<int:pk>/payments/results/", PagePaymentsView.as_view(results_only=True), name="payments_results"),
        path("<int:pk>/payments/file/", file, name="payments_file"),
    ]
    return [path("khalti/pages/", include((patterns, "khalti_pages")))]
