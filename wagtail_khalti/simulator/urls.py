"""What a merchant's server calls, what browsers visit, and what only tests know."""

from django.urls import path, re_path

from wagtail_khalti.simulator import remote
from wagtail_khalti.simulator.endpoints import api, unknown
from wagtail_khalti.simulator.hosted import banks, dashboard, pages
from wagtail_khalti.simulator.remote import control_view

app_name = "khalti_simulator"

urlpatterns = [
    path("api/v2/epayment/initiate/", api.initiate, name="initiate"),
    path("api/v2/epayment/initiate", api.initiate),
    path("api/v2/epayment/lookup/", api.lookup, name="lookup"),
    path("api/v2/epayment/lookup", api.lookup),
    path("api/merchant-transaction/<str:transaction_id>/refund/", api.refund, name="refund"),
    path("api/merchant-transaction/<str:transaction_id>/refund", api.refund),
    path("api/v5/bank/", banks.banks, name="banks"),
    path("api/v5/bank", banks.banks),
    path("", pages.sign_in, name="page"),
    path("wallet/", pages.sign_in, name="wallet"),
    path("confirm/", pages.confirm, name="confirm"),
    path("cancel/", pages.cancel, name="cancel"),
    path("leave/", pages.leave, name="leave"),
    path("dashboard/", dashboard.all_payments, name="dashboard"),
    path("dashboard", dashboard.all_payments),
    path("dashboard/<slug:pidx>/", dashboard.one_payment, name="dashboard_payment"),
    path(
        "control/troubles/",
        control_view(GET=remote.list_troubles, POST=remote.make_trouble, DELETE=remote.forget_troubles),
        name="troubles",
    ),
    path("control/calls/", control_view(GET=remote.count_calls), name="calls"),
    path("control/payments/", control_view(GET=remote.list_payments), name="books"),
    path("control/payments/<str:pidx>/", control_view(GET=remote.read_payment), name="book"),
    path("control/payments/<str:pidx>/returns/", control_view(GET=remote.send_back), name="returns"),
    path("control/payments/<str:pidx>/<str:move>/", control_view(POST=remote.move_payment), name="move"),
    re_path("", unknown.not_here),
]
