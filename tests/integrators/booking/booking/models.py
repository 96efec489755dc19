from dataclasses import replace

from django.conf import settings
from django.db import models

from wagtail_khalti.actions import Reservation
from wagtail_khalti.payables import PayableModel, register_payable


class Service(models.Model):
    name = models.CharField(max_length=100)
    price = models.DecimalField(max_digits=8, decimal_places=2)

    def __str__(self):
        return self.name


class Slot(models.Model):
    service = models.ForeignKey(Service, on_delete=models.PROTECT)
    begins_at = models.DateTimeField()

    def __str__(self):
        return f"{self.service}, {self.begins_at:%d.%m. %H:%M}"


@register_payable
class Booking(PayableModel):
    slot = models.ForeignKey(Slot, on_delete=models.PROTECT)
    customer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT)
    is_confirmed = models.BooleanField(default=False)

    payment_rupees = "slot__service__price"
    payment_user = "customer"

    class Meta:
        constraints = [models.UniqueConstraint("slot", "customer", name="once_for_each_customer")]

    def __str__(self):
        return str(self.slot)

    def get_payment_details(self):
        return replace(super().get_payment_details(), reservation=Reservation(key=f"slot:{self.slot_id}", limit=1))
