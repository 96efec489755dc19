"""The site of the tests, with doors for what staff, schedules and payers do."""

from django.contrib.auth.models import User
from django.contrib.contenttypes.models import ContentType
from django.http import HttpRequest, JsonResponse
from django.urls import path

from tests.urls import urlpatterns as urls_of_the_site
from wagtail_khalti.actions import (
    Reservation,
    check_payment,
    reconcile,
    refund_payment,
    resolve_refund,
    start_payment,
)
from wagtail_khalti.exceptions import (
    AmountExceedsRefundable,
    FullyRefunded,
    RefundAlreadyResolved,
    RefundAmountMissing,
    RefundInProgress,
    RefundsChanged,
    RequestRejected,
    SoldOut,
)
from wagtail_khalti.models import KhaltiPayment, KhaltiRefund
from wagtail_khalti.simulator import control

STATUS = {
    RefundInProgress: 409,
    RefundAmountMissing: 409,
    FullyRefunded: 410,
    RefundsChanged: 412,
    AmountExceedsRefundable: 422,
    RefundAlreadyResolved: 423,
    RequestRejected: 424,
}
"""What a manager is told who was not the first, as a crowd sees it."""


def order(request: HttpRequest, key: str, limit: int) -> JsonResponse:
    """One unit of a limited number."""
    options = {"merchant": "default", "base_url": "http://testserver"}
    try:
        payment = start_payment(150_000, purpose="Seat", reservation=Reservation(key=key, limit=limit), **options)
    except SoldOut as error:
        return JsonResponse({"said": str(error)}, status=409)
    return JsonResponse({"reference": payment.reference})


def check_now(request: HttpRequest, reference: str) -> JsonResponse:
    ContentType.objects.clear_cache()  # between two tests the database is emptied behind our back
    payment = check_payment(KhaltiPayment.objects.get(reference=reference), by=User.objects.get(username="cashier"))
    return JsonResponse({"status": payment.status})


def reconcile_it(request: HttpRequest, reference: str) -> JsonResponse:
    return JsonResponse(reconcile(only=KhaltiPayment.objects.get(reference=reference)).as_json())


def reconcile_all(request: HttpRequest) -> JsonResponse:
    return JsonResponse(reconcile().as_json())


def pay(request: HttpRequest, pidx: str) -> JsonResponse:
    return JsonResponse({"status": control.pay(pidx).status})


def give_back(request: HttpRequest, reference: str) -> JsonResponse:
    ContentType.objects.clear_cache()
    said = request.GET
    numbers = {name: int(said[name]) for name in ("amount", "refundable") if name in said}
    options = {"idempotency_key": said.get("key"), "by": User.objects.get(username="manager")}
    try:
        refund = refund_payment(KhaltiPayment.objects.get(reference=reference), **numbers, **options)
    except tuple(STATUS) as error:
        return JsonResponse({"said": str(error)}, status=STATUS[type(error)])
    return JsonResponse({"state": refund.state})


def give_back_in_dashboard(request: HttpRequest, pidx: str, amount: int) -> JsonResponse:
    try:
        return JsonResponse({"status": control.refund(pidx, amount=amount).status})
    except ValueError as error:
        return JsonResponse({"said": str(error)}, status=STATUS[AmountExceedsRefundable])


def decide(request: HttpRequest, reference: str, what: str) -> JsonResponse:
    ContentType.objects.clear_cache()
    manager = User.objects.get(username="manager")
    try:
        refund = resolve_refund(KhaltiRefund.objects.get(reference=reference), was_found=what == "sent", by=manager)
    except RefundAlreadyResolved as error:
        return JsonResponse({"said": str(error)}, status=STATUS[RefundAlreadyResolved])
    return JsonResponse({"state": refund.state})


urlpatterns = [
    path("order/<str:key>/<int:limit>/", order),
    path("check-now/<str:reference>/", check_now),
    path("reconcile/<str:reference>/", reconcile_it),
    path("reconcile/", reconcile_all),
    path("pay/<str:pidx>/", pay),
    path("give-back/<str:reference>/", give_back),
    path("dashboard/<str:pidx>/<int:amount>/", give_back_in_dashboard),
    path("decide/<str:reference>/<str:what>/", decide),
    *urls_of_the_site,
]
