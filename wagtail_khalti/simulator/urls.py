"""What a merchant's server calls, then what a payer's browser visits."""

from django.urls import path

from . import api, pages

app_name = "khalti_simulator"

urlpatterns = [
    path("api/v2/epayment/initiate/", api.initiate, name="initiate"),
    path("api/v2/epayment/initiate", api.initiate),
    path("api/v2/epayment/lookup/", api.lookup, name="lookup"),
    path("api/v2/epayment/lookup", api.lookup),
    path("", pages.sign_in, name="page"),
    path("wallet/", pages.sign_in, name="wallet"),
    path("confirm/", pages.confirm, name="confirm"),
    path("cancel/", pages.cancel, name="cancel"),
    path("leave/", pages.leave, name="leave"),
]
