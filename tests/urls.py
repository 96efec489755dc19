from django.urls import include, path
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as wagtailadmin_urls
from wagtail.documents import urls as wagtaildocs_urls

from wagtail_khalti.api import khalti_api

urlpatterns = [
    path("admin/", include(wagtailadmin_urls)),
    path("documents/", include(wagtaildocs_urls)),
    path("khalti/", include("wagtail_khalti.urls")),
    path("api/khalti/", khalti_api().urls),
    path("khalti-simulator/", include("wagtail_khalti.simulator.urls")),
    path("", include(wagtail_urls)),
]
