"""A site in two languages, each under its own prefix, as Wagtail's manual sets it up."""

from django.conf.urls.i18n import i18n_patterns
from django.urls import include, path
from wagtail import urls as wagtail_urls

urlpatterns = [
    path("khalti/", include("wagtail_khalti.urls")),
    path("khalti-simulator/", include("wagtail_khalti.simulator.urls")),
    *i18n_patterns(path("", include(wagtail_urls))),
]
