from django.conf import settings
from django.db import IntegrityError, models, transaction
from django.urls import reverse

from wagtail_khalti.exceptions import PaymentError
from wagtail_khalti.payables import PayableModel


class Product(models.Model):
    name = models.CharField(max_length=100)
    price = models.DecimalField(max_digits=8, decimal_places=2)
    stock = models.PositiveIntegerField()

    def __str__(self):
        return f"{self.name}, Rs {self.price}"


class State(models.TextChoices):
    OPEN = "open", "Not paid yet"
    CASH = "cash", "Cash on delivery"
    SOLD = "sold", "Paid, on its way"
    MISSING = "missing", "Sold out in the meantime"  # refund_missing() gives the money back
    CANCELLED = "cancelled", "Cancelled"


class Order(PayableModel):
    customer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT)
    address = models.TextField()
    pays_cash = models.BooleanField("Cash on delivery", default=False)
    total = models.DecimalField(max_digits=10, decimal_places=2)
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)

    payment_rupees = "total"
    payment_user = "customer"

    def __str__(self):
        return f"Order {self.pk}"

    def get_absolute_url(self):
        return reverse("order", args=[self.pk])

    def get_payment_details(self):
        if self.state != State.OPEN or self.lines.filter(quantity__gt=models.F("product__stock")).exists():
            raise PaymentError(f"{self} is closed, or sold out")
        return super().get_payment_details()

    def take_stock(self, state):
        try:
            with transaction.atomic():
                self.move_stock(-1)
        except IntegrityError:  # a stock can't be negative
            state = State.MISSING
        Order.objects.filter(pk=self.pk).update(state=state)

    @transaction.atomic
    def cancel(self):
        if Order.objects.select_for_update().get(pk=self.pk).state in {State.CASH, State.SOLD}:
            self.move_stock(+1)
        Order.objects.filter(pk=self.pk).update(state=State.CANCELLED)

    def move_stock(self, sign):
        for line in self.lines.order_by("product"):  # everybody in this order, so that nobody waits for each other
            stock = models.F("stock") + sign * line.quantity
            Product.objects.filter(pk=line.product_id).update(stock=stock)


class Line(models.Model):
    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="lines")
    product = models.ForeignKey(Product, on_delete=models.PROTECT)
    quantity = models.PositiveIntegerField()

    def __str__(self):
        return f"{self.quantity} × {self.product}"
