import pytest
from django.test import Client

from shop.models import Order, Product
from wagtail_khalti.models import KhaltiPayment


class Customer:
    """Somebody who has signed in, step by step."""

    def __init__(self, client, user):
        client.force_login(user)
        self.client = client
        self.order = None

    def order_these(self, products, **answers):
        for product, quantity in products.items():
            self.client.post("/", {"product": product.pk, "quantity": quantity})
        page = self.client.post("/checkout/", {"address": "Boudha 6, Kathmandu", **answers})
        self.order = Order.objects.latest("pk")
        assert page.url == self.order.get_absolute_url()
        return self

    @property
    def page(self):
        return self.client.get(self.order.get_absolute_url()).text

    def press_pay(self):
        """Returns the payment, at Khalti."""
        total = int(self.order.total * 100)
        page = self.client.post(self.order.get_pay_url(), {"total_seen": total})
        return KhaltiPayment.objects.get(payment_url=page.url)

    def pay(self, khalti):
        payment = self.press_pay()
        khalti.pay(payment)
        khalti.return_to_site(self.client, payment)
        return payment

    @property
    def state(self):
        self.order.refresh_from_db()
        return self.order.state


@pytest.fixture
def sign_in(db):
    return lambda user: Customer(Client(), user)


@pytest.fixture
def sita(sign_in, django_user_model):
    return sign_in(django_user_model.objects.create_user("sita", "sita@example.com"))


@pytest.fixture
def hari(sign_in, django_user_model):
    return sign_in(django_user_model.objects.create_user("hari", "hari@example.com"))


@pytest.fixture
def book(db):
    return Product.objects.create(name="Map of Langtang", price=450, stock=3)


@pytest.fixture
def mask(db):
    return Product.objects.create(name="Wooden mask", price=1200, stock=1)


@pytest.fixture
def stock(book, mask):
    """How many there are of both."""

    def read():
        return [product.stock for product in Product.objects.order_by("name")]

    return read
