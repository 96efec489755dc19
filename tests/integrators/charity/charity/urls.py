from django.urls import include, path
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as wagtailadmin_urls

urlpatterns = [
    path("admin/", include(wagtailadmin_urls)),
    path("khalti/", include("wagtail_khalti.urls")),
    path("khalti-simulator/", include("wagtail_khalti.simulator.urls")),
    path("", include(wagtail_urls)),
]
