"""The peer: what a Django view does that follows the usual tutorial, with its form, its checks and its rows.

It asks Khalti with ``requests.post``, which makes a connection for each call. It stores the payment and the same
history as the package, one row after the other. What the package has besides, it does without: signed offers, keys
against double clicks, transactions, gates against races, deliveries that are tried again.
"""

from __future__ import annotations

from typing import Any

import requests
from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from wagtail.models import Site

from tests.shop.models import ShopPage
from wagtail_khalti.models import KhaltiDelivery, KhaltiEvent, KhaltiPayment
from wagtail_khalti.models.status import Status
from wagtail_khalti.signals import payment_completed

Kind = KhaltiEvent.Kind
MINIMUM = 1000  # paisa


class CheckoutForm(forms.Form):
    quantity = forms.IntegerField(min_value=1, max_value=5, initial=1)
    name = forms.CharField(max_length=255)
    email = forms.EmailField()
    phone = forms.RegexField(r"^9\d{9}$")


def checkout(request: HttpRequest, page_id: int) -> HttpResponse:
    page = get_object_or_404(ShopPage, pk=page_id, live=True)
    product = page.body.first_block_by_name("checkout").value
    site = Site.find_for_request(request)
    form = CheckoutForm(request.POST or None)
    if not form.is_valid():
        context = {"page": page, "product": product, "form": form, "site": site}
        return render(request, "benchmarks/plain_checkout.html", context)

    unit_price = int(product["amount"] * 100)
    if unit_price < MINIMUM:
        return HttpResponse("The amount is below Khalti's minimum.", status=400)
    payment = new_payment(page, product, unit_price, form.cleaned_data)
    payment.site = site
    payment.website_url = request.build_absolute_uri("/")
    payment.return_url = request.build_absolute_uri(reverse("plain_return", args=[payment.reference]))
    payment.save()
    note(payment, Kind.CREATED)
    note(payment, Kind.INITIATE_SENT)

    answer = call_khalti("initiate", order_of(payment))

    payment.status = Status.INITIATED
    payment.pidx = answer["pidx"]
    payment.payment_url = answer["payment_url"]
    payment.expires_at = answer["expires_at"]
    payment.initiated_at = timezone.now()
    payment.save()
    note(payment, Kind.INITIATED, answer)
    return redirect(payment.payment_url)


def new_payment(page: ShopPage, product: Any, unit_price: int, answers: dict[str, Any]) -> KhaltiPayment:
    name, quantity = product["item_name"], answers["quantity"]
    amount = unit_price * quantity
    item = {"identity": "1", "name": name, "quantity": quantity, "unit_price": unit_price, "total_price": amount}
    payment = KhaltiPayment(
        amount=amount,
        purpose=name,
        breakdown=[{"label": name, "amount": amount}],
        products=[item],
        merchant="default",
        mode=settings.WAGTAIL_KHALTI["MODE"],
        customer_name=answers["name"],
        customer_email=answers["email"],
        customer_phone=answers["phone"],
        source=page,
        source_title=page.title,
        thank_you_page=str(product["thank_you_page"].pk),
    )
    payment.purchase_order_id = payment.reference
    return payment


def order_of(payment: KhaltiPayment) -> dict[str, Any]:
    return {
        "return_url": payment.return_url,
        "website_url": payment.website_url,
        "amount": payment.amount,
        "purchase_order_id": payment.purchase_order_id,
        "purchase_order_name": payment.purpose,
        "customer_info": {
            "name": payment.customer_name,
            "email": payment.customer_email,
            "phone": payment.customer_phone,
        },
        "amount_breakdown": payment.breakdown,
        "product_details": payment.products,
    }


def callback(request: HttpRequest, reference: str) -> HttpResponse:
    payment = get_object_or_404(KhaltiPayment, reference=reference)
    note(payment, Kind.RETURNED, request.GET.dict())

    answer = call_khalti("lookup", {"pidx": payment.pidx})
    note(payment, Kind.LOOKED_UP, answer)
    if answer["status"] != "Completed" or answer["total_amount"] != payment.amount:
        return HttpResponse("The payment is not complete.")

    payment.status = Status.COMPLETED
    payment.khalti_status = answer["status"]
    payment.transaction_id = answer["transaction_id"]
    payment.fee = answer["fee"]
    payment.completed_at = timezone.now()
    payment.save()
    note(payment, Kind.STATUS_CHANGED, {"from": Status.INITIATED, "to": Status.COMPLETED})

    payment_completed.send(sender=KhaltiPayment, payment=payment)
    KhaltiDelivery.objects.create(
        payment=payment, event_type=KhaltiDelivery.EventType.COMPLETED, delivered_at=timezone.now()
    )
    return redirect(payment)  # to the receipt


def call_khalti(what: str, question: dict[str, Any]) -> Any:
    response = requests.post(
        f"{settings.WAGTAIL_KHALTI['API_URL']}/api/v2/epayment/{what}/",
        json=question,
        headers={"Authorization": f"Key {settings.WAGTAIL_KHALTI['SECRET_KEY']}"},
        timeout=20,
    )
    response.raise_for_status()
    return response.json()


def note(payment: KhaltiPayment, kind: KhaltiEvent.Kind, data: dict[str, Any] | None = None) -> None:
    actor = KhaltiEvent.Actor.SYSTEM
    KhaltiEvent.objects.create(payment=payment, kind=kind, at=timezone.now(), actor=actor, data=data or {})
