"""The public addresses, in the order of a payment's life."""

from django.urls import path, re_path

from wagtail_khalti.public.checkout.page import checkout
from wagtail_khalti.public.payable.page import pay_page
from wagtail_khalti.public.payment import receipts
from wagtail_khalti.public.payment.callback import return_from_khalti
from wagtail_khalti.public.payment.find_receipt import find_receipt
from wagtail_khalti.public.payment.pdf import payment_pdf, receipt_pdf
from wagtail_khalti.public.payment.redirect import continue_to_khalti
from wagtail_khalti.public.payment.status_page import payment_page

app_name = "wagtail_khalti"

urlpatterns = [
    path("checkout/<str:token>/", checkout, name="checkout"),
    path("pay/<str:token>/", pay_page, name="pay"),
    path("payments/<str:reference>/continue/", continue_to_khalti, name="continue"),
    # Khalti has been seen to glue "/?status=…" to an address; extra slashes must not lose a visitor.
    re_path(r"^return/(?P<reference>[^/]+)/+$", return_from_khalti, name="return"),
    path("payments/<str:reference>/", payment_page, name="payment"),
    path("payments/<str:reference>/pdf/", payment_pdf, name="payment_pdf"),
    path("receipts/<str:signed>/", receipts.receipt, name="receipt"),
    path("receipts/<str:signed>/pdf/", receipt_pdf, name="receipt_pdf"),
    path("receipt/", receipts.own_receipt, name="own_receipt"),
    path("receipt/find/", find_receipt, name="find_receipt"),
]
