"""Every page of ours in Wagtail's admin, in every state, each as a way to get there."""

from dataclasses import dataclass, field

from django.urls import reverse
from django.utils import timezone
from wagtail.models import Site

from tests.begun_before import as_if_begun_before
from tests.browser.desk import Desk
from tests.payments import Receiver, listening
from tests.shop.models import Order
from wagtail_khalti.actions import Source, add_note, check_payment, record_refund, refund_payment, start_payment
from wagtail_khalti.gateway import BreakdownLine, Customer, Product
from wagtail_khalti.models import KhaltiPayment, KhaltiWebhookMessage
from wagtail_khalti.models.refund import Method
from wagtail_khalti.simulator import control

WORDS = {
    "en": {"purpose": "Membership 2026", "name": "Sita Rai", "reason": "The course was cancelled"},
    "ne": {"purpose": "वार्षिक सदस्यता २०८३", "name": "सीता राई", "reason": "तालिम रद्द भयो"},
}
OUTAGE = {"status": 503, "body": "<html>Down for maintenance</html>", "content_type": "text/html"}
REFUSAL = {"status": 400, "body": {"detail": "You do not have sufficient balance to refund this transaction."}}


def make_paid(words=WORDS["en"], amount=150_000, **options):
    """A payment that Khalti confirmed."""
    customer = Customer(name=words["name"], email="sita@example.com", phone="9800000001")
    started = start_payment(amount, purpose=words["purpose"], base_url="http://localhost", customer=customer, **options)
    control.pay(started.pidx)
    return check_payment(started)


def make_paid_twice(words=WORDS["en"]):
    """The second payment of one order."""
    order = Order.objects.create()
    with as_if_begun_before():
        return [make_paid(words, payable=order) for _number in range(2)][1]


def lose_the_answer(payment, *, is_made):
    """Of a refund of Rs 500 that is the second, so that no lookup can tell."""
    refund_payment(payment, 20_000)
    control.trouble("refund", "reset_after" if is_made else "reset_before")
    return refund_payment(payment, 50_000)


@dataclass
class StaffStates:
    desk: Desk
    language: str = "en"
    shown: KhaltiPayment = field(init=False)

    @property
    def page(self):
        return self.desk.page

    @property
    def words(self):
        return WORDS[self.language]

    def paid(self, **options):
        self.shown = make_paid(self.words, **options)
        return self.shown

    def show(self, name="inspect"):
        self.desk.open(name, self.shown.pk)

    def confirm(self, amount="500"):
        self.show("refund")
        self.desk.fill(amount=amount, reason=self.words["reason"])
        self.send()

    def send(self):
        self.desk.click(self.page.locator(".khalti-action form button:visible").first)

    # The list

    def no_payments(self):
        self.desk.open("index")

    def payments(self):
        self.partly_refunded()
        self.unconfirmed()
        start_payment(187_654_50, purpose="Hall rent " * 10, base_url="http://localhost")
        self.desk.open("index")

    # One payment

    def payment(self):
        self.paid()
        self.show()

    def everything(self):
        """All that can be known of one, and an event on which the site's code fails."""
        lines = [BreakdownLine(label="2 × Chair", amount=140_000), BreakdownLine(label="VAT", amount=10_000)]
        chair = Product(identity="chair", name="Chair", quantity=2, unit_price=70_000, total_price=140_000)
        answers = {"Size": "Large", "Days": ["Saturday", "Sunday"], "W" * 100: "W" * 200}
        source = Source(owner=Site.objects.get().root_page, block_path="body")
        with listening("completed", Receiver()):
            self.paid(
                breakdown=lines,
                products=[chair],
                metadata=answers,
                merchant_extra={"member": "77"},
                source=source,
                payable=Order.objects.create(note="W" * 100),
            )
        add_note(self.shown, "Called twice.\nShe comes on Sunday. " + "W" * 200, by=self.desk.person)
        self.show()
        for summary in self.page.locator(".khalti-raw summary").all():
            summary.click()

    def webhooks(self):
        """One was accepted, one is tried again, and the endpoint of the third is gone."""
        delivery = self.paid().deliveries.get()
        states = KhaltiWebhookMessage.State
        tried = {"delivery": delivery, "body": "{}", "attempts": 3, "attempted_at": timezone.now()}
        make = KhaltiWebhookMessage.objects.create
        make(endpoint="books", state=states.DELIVERED, delivered_at=timezone.now(), last_status=204, **tried)
        make(endpoint="crm", state=states.PENDING, due_at=timezone.now(), last_error="ConnectTimeout", **tried)
        make(endpoint="w" * 64, state=states.GONE, last_status=410, **tried)
        self.show()
        for summary in self.page.locator(".khalti-raw summary").all():
            summary.click()

    def note_with_errors(self):
        self.payment()
        self.desk.press("Add note")

    def note(self):
        self.paid()
        self.show("note")

    def refused(self):
        payment = self.paid()
        self.confirm()
        control.answer_with("refund", **REFUSAL)
        self.send()
        return payment

    def partly_refunded(self):
        payment = self.paid()
        refund_payment(payment, 50_000, by=self.desk.person, reason=self.words["reason"])
        record_refund(payment, 25_000, method=Method.CASH, by=self.desk.person)
        self.show()

    def refunded(self):
        refund_payment(self.paid())
        self.show()

    def unconfirmed(self):
        refund = lose_the_answer(self.paid(), is_made=False)
        self.show()
        return refund

    def without_amount(self):
        control.refund(self.paid().pidx, amount=40_000)
        check_payment(self.shown)
        self.show()
        return self.shown.refunds.get()

    def duplicate(self):
        self.shown = make_paid_twice(self.words)
        self.show()

    # What is done with it

    def refund(self):
        self.paid()
        self.show("refund")

    def refund_with_errors(self):
        self.refund()
        self.desk.fill(amount="2000")
        self.send()

    def last_word(self):
        self.paid()
        self.confirm()

    def last_word_with_errors(self):
        self.last_word()
        self.desk.fill(typed="5000")
        self.send()

    def record_refund(self):
        self.paid()
        self.show("record_refund")

    def record_with_errors(self):
        self.record_refund()
        self.desk.fill(amount="abc")
        self.send()

    def resolve_refund(self):
        self.desk.open("resolve_refund", self.unconfirmed().reference)

    def enter_amount(self):
        self.desk.open("enter_amount", self.without_amount().reference)

    def enter_amount_with_errors(self):
        self.enter_amount()
        self.send()

    # The dashboard of the simulator

    def dashboard(self):
        self.partly_refunded()
        self.page.goto(reverse("khalti_simulator:dashboard"))

    def dashboard_payment(self):
        self.page.goto(reverse("khalti_simulator:dashboard_payment", args=[self.paid().pidx]))

    def dashboard_with_errors(self):
        self.dashboard_payment()
        self.page.locator("[name=amount]").fill("abc")
        self.desk.click(self.page.locator("[value=part]"))


NAMES = [
    "no_payments",
    "payments",
    "menu",
    "selected",
    "refresh",
    "payment",
    "everything",
    "webhooks",
    "note_with_errors",
    "refused",
    "partly_refunded",
    "refunded",
    "unconfirmed",
    "without_amount",
    "duplicate",
    "refund",
    "refund_with_errors",
    "last_word",
    "record_refund",
    "record_with_errors",
    "resolve_refund",
    "enter_amount",
    "enter_amount_with_errors",
    "note",
    "filters",
    "filtered_with_errors",
    "page_payments",
    "page_payments_with_errors",
    "page_payments_none_found",
    "page_payments_empty",
    "nothing_needed",
    "needed",
    "close_with_errors",
    "home",
    "export",
    "export_with_errors",
    "site_settings",
    "connection",
    "group",
]
IN_NEPALI = {
    "payments",
    "webhooks",
    "selected",
    "partly_refunded",
    "unconfirmed",
    "refund",
    "last_word",
    "record_with_errors",
    "enter_amount",
    "filters",
    "filtered_with_errors",
    "page_payments",
    "needed",
    "close_with_errors",
    "home",
    "export",
    "site_settings",
}
WITH_REAL_MONEY = ["last_word", "last_word_with_errors", "duplicate", "site_settings"]
DASHBOARD = ["dashboard", "dashboard_payment", "dashboard_with_errors"]
