from django.conf import settings
from django.conf.urls.i18n import i18n_patterns
from django.conf.urls.static import static
from django.urls import include, path
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as wagtailadmin_urls
from wagtail.documents import urls as wagtaildocs_urls

urlpatterns = [
    path("admin/", include(wagtailadmin_urls)),
    path("documents/", include(wagtaildocs_urls)),
    path("khalti/", include("wagtail_khalti.urls")),
    *static(settings.MEDIA_URL, document_root=settings.MEDIA_ROOT),
]

if settings.IS_SIMULATOR:
    urlpatterns += [path("khalti-simulator/", include("wagtail_khalti.simulator.urls"))]

urlpatterns += i18n_patterns(path("", include(wagtail_urls)))
