"""A visitor without a browser: reads our pages, and sends their forms as they came."""

import pytest
from bs4 import BeautifulSoup
from django.test import Client

from wagtail_khalti.models import KhaltiPayment

GOOD_ANSWERS = {"name": "Sita Rai", "email": "sita@example.com", "phone": "9800000001", "quantity": "1"}


def page_of(response):
    return BeautifulSoup(response.content, "lxml")


def offer_on(client, shop):
    """The address behind the button on a page."""
    return page_of(client.get(shop.url)).select_one("a.khalti-button")["href"]


class Visitor:
    """One browser. Keeps its cookies and what it sees."""

    def __init__(self, **headers):
        self.client = Client(**headers)
        self.response = None
        self.address = ""

    @property
    def page(self):
        return page_of(self.response)

    @property
    def headline(self):
        return self.page.select_one("h1").get_text(strip=True)

    @property
    def errors(self):
        return [item.get_text(strip=True) for item in self.page.select("#errors li")]

    @property
    def typed(self):
        """What the form shows now."""
        return {field["name"]: field.get("value", "") for field in self.page.select("form input")}

    def choose(self, shop):
        return self.visit(offer_on(self.client, shop))

    def visit(self, address):
        self.address = address
        self.response = self.client.get(address)
        return self

    def press_pay(self, **answers):
        """Sends the form that is on the page, with these answers typed over it."""
        form = {name: value for name, value in self.typed.items() if name != "csrfmiddlewaretoken"}
        return self.send(form | answers)

    def send(self, form):
        self.response = self.client.post(self.address, form)
        return self

    def come_back(self, khalti, payment):
        """Khalti sends the browser back; this follows to where it is sent on."""
        self.response = self.client.get(khalti.return_path(payment), follow=True)
        return self


@pytest.fixture
def visitor(khalti):
    return Visitor()


@pytest.fixture
def stranger(khalti):
    """Another browser."""
    return Visitor()


@pytest.fixture
def the_payment(db):
    """The one payment there is, as the database has it now."""
    return lambda: KhaltiPayment.objects.get()
