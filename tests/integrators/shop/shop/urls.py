from django.urls import include, path

from shop import views

urlpatterns = [
    path("", views.catalogue, name="catalogue"),
    path("checkout/", views.checkout, name="checkout"),
    path("orders/", views.orders, name="orders"),
    path("orders/<int:pk>/", views.order, name="order"),
    path("khalti/", include("wagtail_khalti.urls")),
    path("khalti-simulator/", include("wagtail_khalti.simulator.urls")),
]
