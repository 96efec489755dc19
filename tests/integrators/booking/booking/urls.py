from django.urls import include, path

from booking import views
from wagtail_khalti.api import khalti_api

urlpatterns = [
    path("", views.slots),
    path("slots/<int:pk>/", views.book, name="book"),
    path("api/khalti/", khalti_api().urls),
    path("khalti/", include("wagtail_khalti.urls")),
    path("khalti-simulator/", include("wagtail_khalti.simulator.urls")),
]
