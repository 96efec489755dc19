"""Views that one has to pay for."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import include, path
from django.utils.decorators import method_decorator
from django.views import View

from tests.payables.models import Invoice
from wagtail_khalti.payables import payment_required


def invoice_of(request, pk):
    return get_object_or_404(Invoice, pk=pk) if pk else None


@payment_required(invoice_of)
def read(request, pk):
    return HttpResponse("The article")


@payment_required(invoice_of)
async def aread(request, pk):
    return HttpResponse("The article")


@method_decorator(payment_required(invoice_of), name="dispatch")
class Read(View):
    def get(self, request, pk):
        return HttpResponse("The article")


class AsyncRead(View):
    async def get(self, request, pk):
        return HttpResponse("The article")


async def pay(request, pk):
    payment = await (await Invoice.objects.aget(pk=pk)).apay(request)
    return HttpResponse(payment.reference)


urlpatterns = [
    path("function/<int:pk>/", read),
    path("async/<int:pk>/", aread),
    path("class/<int:pk>/", Read.as_view()),
    path("async-class/<int:pk>/", payment_required(invoice_of)(AsyncRead.as_view())),
    path("pay/<int:pk>/", pay),
    path("khalti-simulator/", include("wagtail_khalti.simulator.urls")),
    path("khalti/", include("wagtail_khalti.urls")),
]
