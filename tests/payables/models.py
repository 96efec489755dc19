"""What a site has that is paid for: with keys of all kinds, with the mixin and without it."""

import uuid

from django.conf import settings
from django.db import models

from wagtail_khalti.payables import KhaltiPayments, PayableModel, PaymentDetails, register_payable


class Invoice(PayableModel):
    """As short as it can be."""

    name = models.CharField(max_length=100, default="Invoice")
    total = models.DecimalField(max_digits=12, decimal_places=2, default=1500)
    customer = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL)

    payment_rupees = "total"
    payment_user = "customer"

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return f"/invoices/{self.pk}/"


class Booking(PayableModel):
    """By a UUID, in paisa."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    price = models.PositiveIntegerField(default=150_000)

    payment_paisa = "price"

    def __str__(self):
        return "Booking"


class Voucher(PayableModel):
    """By a text, with a price that is not its own."""

    code = models.CharField(max_length=20, primary_key=True)
    invoice = models.ForeignKey(Invoice, null=True, on_delete=models.CASCADE)

    payment_rupees = "invoice__total"

    def __str__(self):
        return self.code


class Seat(PayableModel):
    """Its key is another object's."""

    booking = models.OneToOneField(Booking, primary_key=True, on_delete=models.CASCADE)

    def __str__(self):
        return "Seat"

    def get_payment_amount(self):
        return 150_000


class Event(PayableModel):
    """With classes below it."""

    price = models.PositiveIntegerField(default=1500)

    payment_rupees = "price"

    def __str__(self):
        return "Event"


class Concert(Event):
    band = models.CharField(max_length=100, blank=True)


class Thing(models.Model):
    """Knows nothing of payments, except in the class below."""

    def __str__(self):
        return "Thing"


@register_payable
class Gift(Thing):
    """A payable without the mixin."""

    payments = KhaltiPayments()
    purpose = models.CharField(max_length=100, default="Gift")

    def __str__(self):
        return "Gift"

    def get_payment_details(self):
        return PaymentDetails(amount=150_000, purpose=self.purpose)

    def can_be_paid_by(self, user):
        return True

    def can_be_seen_by(self, user):
        return True
