"""The public addresses, in the order of a payment's life."""

from django.urls import path, re_path

from wagtail_khalti.public import payment, receipts
from wagtail_khalti.public.checkout import checkout

app_name = "wagtail_khalti"

urlpatterns = [
    path("checkout/<str:token>/", checkout, name="checkout"),
    path("payments/<str:reference>/continue/", payment.go_on_to_khalti, name="continue"),
    # Khalti has been seen to glue "/?status=…" to an address; extra slashes must not lose a visitor.
    re_path(r"^return/(?P<reference>[^/]+)/+$", payment.return_from_khalti, name="return"),
    path("payments/<str:reference>/", payment.payment_page, name="payment"),
    path("receipts/<str:signed>/", receipts.receipt, name="receipt"),
    path("receipt/", receipts.own_receipt, name="own_receipt"),
]
