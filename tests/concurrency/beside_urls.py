"""The site of the tests, with doors for what staff, schedules and payers do."""

from django.contrib.auth.models import User
from django.http import HttpRequest, JsonResponse
from django.urls import path

from tests.urls import urlpatterns as urls_of_the_site
from wagtail_khalti.actions import check_payment, reconcile
from wagtail_khalti.models import KhaltiPayment
from wagtail_khalti.simulator import control


def check_now(request: HttpRequest, reference: str) -> JsonResponse:
    payment = check_payment(KhaltiPayment.objects.get(reference=reference), by=User.objects.get(username="cashier"))
    return JsonResponse({"status": payment.status})


def reconcile_it(request: HttpRequest, reference: str) -> JsonResponse:
    return JsonResponse(reconcile(only=KhaltiPayment.objects.get(reference=reference)).as_json())


def reconcile_all(request: HttpRequest) -> JsonResponse:
    return JsonResponse(reconcile().as_json())


def pay(request: HttpRequest, pidx: str) -> JsonResponse:
    return JsonResponse({"status": control.pay(pidx).status})


urlpatterns = [
    path("check-now/<str:reference>/", check_now),
    path("reconcile/<str:reference>/", reconcile_it),
    path("reconcile/", reconcile_all),
    path("pay/<str:pidx>/", pay),
    *urls_of_the_site,
]
