"""The tests' site with Wagtail's APIs."""

import wagtail
from django.urls import path
from wagtail.api.v2.router import WagtailAPIRouter
from wagtail.api.v2.views import PagesAPIViewSet

from tests.urls import urlpatterns as site

api_v2 = WagtailAPIRouter("wagtailapi")
api_v2.register_endpoint("pages", PagesAPIViewSet)

urlpatterns = [path("api/v2/", api_v2.urls), *site]
if wagtail.VERSION >= (8,):
    from wagtail.api.v3.urls import api

    urlpatterns = [path("api/v3/", api.urls), *urlpatterns]
