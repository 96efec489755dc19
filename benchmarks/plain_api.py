"""The peer of the API: bare ninja endpoints, as a tutorial has them, with the same queries.

They know the user by the session, write the same rows, and ask Khalti with ``requests.post``. What our API does
besides, they do without: problems, strict bodies, limits, transactions, gates against races, a key that is compared.
"""

from __future__ import annotations

from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils import timezone
from ninja import NinjaAPI, Schema
from ninja.security import django_auth
from wagtail.models import Site

from benchmarks.plain_view import Kind, call_khalti, note, order_of
from tests.shop.models import Invoice
from wagtail_khalti.api.schemas.payments import PaymentOut
from wagtail_khalti.models import KhaltiPayment, KhaltiSearchEntry
from wagtail_khalti.models.status import PAID, Status

api = NinjaAPI(urls_namespace="plain_api", auth=django_auth, docs_url=None)


class PayableIn(Schema):
    type: str
    id: str


class StartIn(Schema):
    payable: PayableIn


@api.post("/payments/", response=PaymentOut)
def start(request: HttpRequest, data: StartIn) -> dict[str, Any]:
    invoice = get_object_or_404(Invoice, pk=data.payable.id, owner=request.user)
    key = request.headers["Idempotency-Key"]
    if payment := KhaltiPayment.objects.filter(idempotency_key=key).first():
        return shown(payment)
    earlier = KhaltiPayment.objects.for_payable(invoice)
    if earlier.filter(status__in=PAID).exists() or earlier.filter(status=Status.INITIATED).exists():
        raise ValueError("It is paid, or can be")
    payment = new_payment(request, invoice, key)
    payment.save()
    KhaltiSearchEntry.objects.bulk_create(KhaltiSearchEntry.about(payment))
    note(payment, Kind.CREATED)
    note(payment, Kind.INITIATE_SENT)

    answer = call_khalti("initiate", order_of(payment))

    payment.status = Status.INITIATED
    payment.pidx = answer["pidx"]
    payment.payment_url = answer["payment_url"]
    payment.expires_at = None
    payment.initiated_at = timezone.now()
    payment.save()
    note(payment, Kind.INITIATED, answer)
    return shown(payment)


@api.get("/payments/{reference}/", response=PaymentOut)
def status(request: HttpRequest, reference: str) -> dict[str, Any]:
    payment = get_object_or_404(KhaltiPayment, reference=reference)
    get_object_or_404(Invoice, pk=payment.payable_id, owner=request.user)
    return shown(payment)


def new_payment(request: HttpRequest, invoice: Invoice, key: str) -> KhaltiPayment:
    kind = ContentType.objects.get_for_model(Invoice)
    payment = KhaltiPayment(
        idempotency_key=key,
        amount=invoice.amount,
        purpose=str(invoice),
        merchant="default",
        mode="simulator",
        site=Site.find_for_request(request),
        user_id=request.user.pk,
        payable_type=kind,
        payable_class=kind,
        payable_id=str(invoice.pk),
        website_url=request.build_absolute_uri("/"),
        return_url=request.build_absolute_uri("/return/"),
    )
    payment.purchase_order_id = payment.reference
    return payment


def shown(payment: KhaltiPayment) -> dict[str, Any]:
    return {**payment.as_dict(), "status_url": payment.get_absolute_url()}
