from django.urls import path

from benchmarks import plain_api, plain_view
from tests.urls import urlpatterns as site

urlpatterns = [
    path("plain/<int:page_id>/", plain_view.checkout, name="plain_checkout"),
    path("plain/return/<str:reference>/", plain_view.callback, name="plain_return"),
    path("plain-api/", plain_api.api.urls),
    *site,
]
