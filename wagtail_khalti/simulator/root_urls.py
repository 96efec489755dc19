"""The simulator alone, at the root of a port of its own."""

from pathlib import Path

from django.contrib.auth.decorators import login_not_required
from django.urls import include, path
from django.views.static import serve

STATIC_FILES = Path(__file__).parent / "static"

urlpatterns = [
    path("static/<path:path>", login_not_required(serve), {"document_root": STATIC_FILES}),
    path("", include("wagtail_khalti.simulator.urls")),
]
