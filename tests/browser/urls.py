"""The addresses of the tests, and the icon that browsers ask every site for."""

from django.http import HttpResponse
from django.urls import path

from tests.urls import urlpatterns as site

urlpatterns = [path("favicon.ico", lambda request: HttpResponse(content_type="image/x-icon")), *site]
