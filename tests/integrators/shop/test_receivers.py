from django.contrib.auth import get_user_model
from django.test import TestCase, override_settings

from shop.models import Line, Order, Product
from wagtail_khalti.testing.conformance import ReceiverConformance


@override_settings(IS_PRODUCTION=True)
class TestReceivers(ReceiverConformance, TestCase):
    def make_payable(self):
        customer, _ = get_user_model().objects.get_or_create(username="sita")
        product = Product.objects.create(name="Map of Langtang", price=450, stock=5)
        order = Order.objects.create(customer=customer, address="Kathmandu", total=900)
        Line.objects.create(order=order, product=product, quantity=2)
        return order
