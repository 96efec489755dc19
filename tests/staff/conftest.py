"""Who works with payments, and what they see."""

import re
from copy import copy
from datetime import timedelta
from functools import cached_property
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests.begun_before import as_if_begun_before
from tests.payments import Line
from tests.shop.models import Order
from wagtail_khalti.actions import check_payment, refund_payment, start_payment
from wagtail_khalti.conf import configuration
from wagtail_khalti.gateway import Customer, client, connect
from wagtail_khalti.models import KhaltiRefund, KhaltiWebhookMessage

HERE = Path(__file__).parent
VIEW, PERSONAL = "view_khaltipayment", "view_personal_khaltipayment"
CHECK, REFUND, EXPORT = "check_khaltipayment", "refund_khaltipayment", "export_khaltipayment"
ROLES = {
    "member": (),
    "editor": ("access_admin",),
    "viewer": ("access_admin", VIEW),
    "cashier": ("access_admin", VIEW, PERSONAL, CHECK),
    "accountant": ("access_admin", VIEW, PERSONAL, EXPORT),
    "manager": ("access_admin", VIEW, PERSONAL, CHECK, REFUND, EXPORT),
}
"""Each with what they may do. Superusers may do all there is."""

MAIN = re.compile(r"<main\b.*</main>", re.DOTALL)
KNOWN = "The outcome of this refund is already known."


def pytest_collection_modifyitems(items):
    """Who signs in opens pages of Wagtail's admin: 40 ms each, and as long as all other tests together."""
    for item in items:
        if HERE in item.path.parents and {"sign_in", "keeper", "person", "person_with"} & set(item.fixturenames):
            item.add_marker(pytest.mark.admin_pages)


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch):
    monkeypatch.setattr(client, "PAUSE", 0.0)


def make_person(role):
    users = get_user_model().objects
    if role == "superuser":
        return users.create_superuser("superuser", "superuser@example.com")
    person = users.create_user(role, first_name=role.title(), last_name="Gurung")
    person.user_permissions.add(*Permission.objects.filter(codename__in=ROLES[role]))
    return person


@pytest.fixture
def sign_in(db):
    """A desk at which somebody of this role works; without a role nobody does."""

    def sign_in(role="", **options):
        client = Client(**options)
        if role:
            user = get_user_model().objects.filter(username=role).first() or make_person(role)
            client.force_login(user)
        return Desk(client)

    return sign_in


@pytest.fixture
def desk(sign_in):
    """The manager's."""
    return sign_in("manager")


@pytest.fixture
def colleague(sign_in):
    """Another one, of somebody else who may give money back."""
    return sign_in("superuser")


class Desk:
    """A browser in Wagtail's admin, without scripts."""

    def __init__(self, client):
        self.client = client

    def get(self, name, *args, **query):
        return Seen(self.client.get(url_of(name, *args), query, follow=True))

    def post(self, name, *args, **data):
        return Seen(self.client.post(url_of(name, *args), data, follow=True))

    def send(self, form, *, button=None, **changes):
        """A form as it is shown, with what was typed, and the button that was pressed."""
        data = form.data | changes
        if button:
            data |= {button["name"]: button["value"]}
        return Seen(self.client.post(form.action, data, follow=True))


def url_of(name, *args):
    return reverse(f"khalti_payments:{name}", args=[getattr(arg, "pk", arg) for arg in args])


class Seen:
    """What stands on the page."""

    def __init__(self, response):
        self.response = response
        self.status = response.status_code
        self.path = response.request["PATH_INFO"]

    @cached_property
    def html(self):
        return self.response.content.decode()

    @cached_property
    def soup(self):
        return BeautifulSoup(self.html, "lxml")

    @cached_property
    def main(self):
        """Read alone, for the rest of a page of the admin takes longer."""
        found = MAIN.search(self.html)
        main = BeautifulSoup(found[0], "lxml").main if found else self.soup
        for button in main.select(".messages button"):
            button.extract()  # Wagtail's "Go to the first error", hidden where there is none
        return main

    @property
    def text(self):
        return words_of(self.main)

    @property
    def messages(self):
        return [words_of(item) for item in self.main.select(".messages > ul > li")]

    @property
    def badges(self):
        """Of the messages: success, info, warning, error."""
        return [item["class"][0] for item in self.main.select(".messages > ul > li")]

    @property
    def errors(self):
        return [words_of(error) for error in self.main.select(".error-message")]

    @property
    def issues(self):
        return [words_of(block) for block in self.main.select(".help-warning")]

    @property
    def form(self):
        """The one that is in the middle of the page."""
        return self.form_with("[name]:not([name=csrfmiddlewaretoken])")

    def form_with(self, selector):
        return next((Form(form, self.path) for form in self.forms if form.select_one(selector)), None)

    @property
    def forms(self):
        return list(self.main.select("form[method=post]"))

    @property
    def rows(self):
        """What stands in the cells, without the checkbox and the menu."""
        cells = "td:not(.bulk-action-checkbox-cell)"
        return [[_words_of_cell(cell) for cell in row.select(cells)] for row in self.main.select("tbody tr")]

    @property
    def timeline(self):
        return [words_of(line.select_one("span")) for line in self.main.select(".khalti-timeline li")]

    @property
    def figures(self):
        return {words_of(fact.dt): words_of(fact.dd) for fact in self.main.select(".khalti-facts > div")}


class Form:
    def __init__(self, element, path):
        self.element = element
        self.action = element.get("action") or path
        self.buttons = {words_of(button): button for button in element.select("button:not([hidden])")}
        self.data = {
            field["name"]: field.get("value", "")
            for field in element.select("input[name]")
            if field["name"] != "csrfmiddlewaretoken" and field.get("type") != "radio"
        }


def _words_of_cell(cell):
    cell = copy(cell)
    for menu in cell.select("ul.actions"):
        menu.extract()
    return words_of(cell)


def words_of(element):
    """As a person reads it: an amount's space doesn't break, and is a space."""
    return " ".join(element.get_text(" ").replace("\xa0", " ").split())


@pytest.fixture
def make_paid(khalti, home):
    """A payment of Rs 1,500 by Sita Rai that Khalti confirmed; ``bank``: not from a wallet."""

    def make(amount=150_000, *, bank=False, name="Sita Rai", purpose="Membership", **options):
        customer = Customer(name=name, phone="9800000001")
        started = start_payment(amount, purpose=purpose, base_url="http://testserver", customer=customer, **options)
        khalti.pay(started, bank=bank)
        return check_payment(started)

    return make


@pytest.fixture
def paid(make_paid):
    return make_paid()


@pytest.fixture
def paid_twice(make_paid, db):
    """The second payment of one order."""
    order = Order.objects.create()
    make_paid(payable=order)
    with as_if_begun_before():
        return make_paid(payable=order)


@pytest.fixture
def unconfirmed(khalti, make_paid):
    """A refund of Rs 500, the second of its payment, after which Khalti's answer was lost: no lookup can tell."""
    payment = make_paid()
    refund_payment(payment, 20_000)
    khalti.trouble("refund", "reset_before", payment=None)
    return refund_payment(payment, 50_000)


@pytest.fixture
def killed(khalti, time_machine):
    """A refund of Rs 500 whose process was killed just before the endpoint was asked, so long ago."""

    def die():
        raise SystemExit

    def kill(endpoint, payment, *, minutes=6):
        line = Line()
        line.before = {endpoint: die}
        connect(configuration().merchant()).transport.session.mount("http://khalti.test/", line)
        with pytest.raises(SystemExit):
            refund_payment(payment, 50_000)
        time_machine.move_to(timezone.now() + timedelta(minutes=minutes))

    return kill


@pytest.fixture
def nameless(khalti, make_paid):
    """A refund in Khalti's dashboard, of nobody knows how much."""
    payment = make_paid()
    khalti.refund_in_dashboard(payment, amount=40_000)
    check_payment(payment)
    return payment.refunds.get()


@pytest.fixture
def webhook(paid, settings):
    """A message about ``paid`` to another system, which is down."""
    crm = {"URL": "http://127.0.0.1:9/khalti?token=hidden", "SECRET": f"whsec_{'QUJD' * 8}"}
    settings.WAGTAIL_KHALTI = {**settings.WAGTAIL_KHALTI, "WEBHOOKS": {"crm": crm}}
    return KhaltiWebhookMessage.objects.create(
        endpoint="crm",
        delivery=paid.deliveries.get(),
        body='{"type":"payment.completed"}',
        state="failed",
        attempts=10,
        attempted_at=timezone.now(),
        last_status=500,
    )


@pytest.fixture
def refunds(db):
    return KhaltiRefund.objects


@pytest.fixture
def confirm(desk):
    """The page that asks for the last time, for so much."""

    def confirm(payment, amount="500", **more):
        return desk.post("refund", payment, amount=amount, **more)

    return confirm


@pytest.fixture
def nothing_sent(khalti):
    """Once all is arranged, Khalti is asked nothing to the end of the test. To be named last."""
    before = khalti.calls("refund"), khalti.calls("lookup")
    yield
    assert (khalti.calls("refund"), khalti.calls("lookup")) == before


def stored(row):
    return type(row).objects.get(pk=row.pk)


def last_event(payment):
    return payment.events.order_by("pk").last()
