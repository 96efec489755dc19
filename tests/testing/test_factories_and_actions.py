"""What the factories write is what the actions write, column by column and event by event.

Each scenario is told twice: by a factory, and for real, with a Khalti that is made to say what the scenario needs.
"""

from datetime import datetime, timedelta

import pytest
from django.utils import timezone
from wagtail.models import Site

from tests.payments import Line
from wagtail_khalti import signals
from wagtail_khalti.actions import (
    Reservation,
    check_payment,
    record_refund,
    refund_payment,
    resolve_refund,
    start_payment,
)
from wagtail_khalti.conf import configuration
from wagtail_khalti.exceptions import KhaltiError
from wagtail_khalti.gateway import Customer, client, connect
from wagtail_khalti.ledger.locks import lock_payment
from wagtail_khalti.ledger.refund_states import RefundTrigger
from wagtail_khalti.ledger.refunds import move_refund
from wagtail_khalti.mails import send_mails
from wagtail_khalti.models import KhaltiIssue, KhaltiPayment
from wagtail_khalti.models.refund import Method
from wagtail_khalti.outbox.deliver import deliver
from wagtail_khalti.testing.factories import DeliveryFactory, IssueFactory, PaymentFactory, RefundFactory

pytestmark = pytest.mark.django_db

Kind = KhaltiIssue.Kind


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch):
    monkeypatch.setattr(client, "PAUSE", 0.0)


class Reality:
    """Payments by the actions."""

    def __init__(self, khalti, time_machine):
        self.khalti, self.clock = khalti, time_machine

    def start(self, **more):
        customer = Customer(name="Sita Rai", email="sita.rai@example.com", phone="9800000001")
        return start_payment(150_000, purpose="Membership", base_url="http://testserver", customer=customer, **more)

    def after(self, *verbs, **more):
        payment = self.start(**more)
        for verb in verbs:
            getattr(self.khalti, verb)(payment)
            check_payment(payment)
        return payment

    def die_at(self, endpoint, act, *args):
        def die():
            raise SystemExit

        line = Line()
        line.before = {endpoint: die}
        transport = connect(configuration().merchant()).transport
        usual = transport.session.get_adapter("http://khalti.test/")
        transport.session.mount("http://khalti.test/", line)
        with pytest.raises(SystemExit):
            act(*args)
        transport.session.mount("http://khalti.test/", usual)
        return KhaltiPayment.objects.latest("pk")

    def created(self):
        return self.die_at("lookup", self.start)  # the line knows refunds from all else

    def initiated(self):
        return self.start()

    def rejected(self):
        self.khalti.answer("initiate", {"amount": ["Amount should be greater than Rs. 10."]}, status=400)
        with pytest.raises(KhaltiError):
            self.start()
        return KhaltiPayment.objects.latest("pk")

    def pending(self):
        return self.after("begin")

    def completed(self):
        return self.after("pay")

    def canceled(self):
        return self.after("cancel")

    def failed(self):
        return self.after("fail")

    def expired(self):
        return self.after("expire")

    def late(self):
        return self.after("cancel", "pay")

    def partially_refunded(self):
        return self.refund(75_000)

    def refunded(self):
        return self.refund()

    def duplicate(self):
        site = Site.objects.get()
        payments = [self.start(payable=site), self.start(payable=site)]
        for payment in payments:
            self.khalti.pay(payment)
            check_payment(payment)
        return payment

    def failing(self):
        def break_down(**about):
            raise LookupError

        signals.payment_completed.connect(break_down)
        try:
            payment = self.after("pay")
            for _try in range(2):
                payment.deliveries.update(next_try_at=timezone.now())
                self.replay(payment)
        finally:
            signals.payment_completed.disconnect(break_down)
        return payment

    def replay(self, payment):
        deliver(payment)

    def refund(self, amount=None, payment=None):
        payment = payment or self.completed()
        refund_payment(payment, amount)
        return payment


def told(payment):
    """All that is stored of it line by line, without what is each one's own. What follows from it has been done."""
    send_mails()
    payment = KhaltiPayment.objects.get(pk=payment.pk)
    events = [f"{event.kind} by {event.actor}: {shape(event.data)}" for event in payment.events.order_by("pk")]
    rows = [
        payment,
        *payment.refunds.order_by("pk"),
        *payment.issues.order_by("pk"),
        *payment.deliveries.order_by("pk"),
        *payment.mails.order_by("pk"),
    ]
    return [
        *events,
        *(f"{type(row).__name__}.{name} = {value}" for row in rows for name, value in columns(row).items()),
    ]


OWN = {"id", "payment", "reference", "purchase_order_id", "payable_id", "site"}
NAMES = {
    "pidx",
    "transaction_id",
    "receipt_number",
    "payment_url",
    "return_url",
    "refund",
    "issue",
    "duplicate_of",
    "inventory",
    "payable_type",
    "payable_class",
}
"""Only whether there is one."""


def columns(row):
    return {field.name: likeness(row, field) for field in row._meta.concrete_fields if field.name not in OWN}


def likeness(row, field):
    value = getattr(row, field.attname)
    if field.name in NAMES or isinstance(value, datetime):
        return bool(value)
    return shape(value) if isinstance(value, dict) else value


SAID = {"from", "to", "late", "status", "amount", "total_amount", "fee", "refunded", "method", "trigger", "request",
        "issue", "was", "event_type", "excess", "attempts", "answer", "error", "error_key", "merchant"}  # fmt: skip


def shape(data):
    """Which facts there are, and those that aren't names or words."""
    return {name: value if name in SAID else type(value).__name__ for name, value in sorted(data.items())}


@pytest.fixture
def reality(khalti, time_machine):
    return Reality(khalti, time_machine)


@pytest.mark.parametrize(
    "trait",
    ["created", "initiated", "rejected", "pending", "completed", "partially_refunded", "refunded", "canceled", "failed",
     "expired", "late", "duplicate", "failing"],
)  # fmt: skip
def test_a_payment_is_as_the_actions_leave_it(reality, trait):
    real = getattr(reality, trait)()

    made = PaymentFactory(**{trait: True})

    assert told(made) == told(real)


def test_news_that_was_not_told_is_as_a_killed_process_leaves_it(reality, monkeypatch):
    monkeypatch.setattr("wagtail_khalti.actions.check.deliver", lambda payment: None)
    real = reality.completed()

    assert told(PaymentFactory(undelivered=True)) == told(real)


class Refunding(Reality):
    def requested(self):
        return self.die_at("lookup", refund_payment, self.completed(), 50_000)

    def processing(self):
        return self.die_at("refund", refund_payment, self.completed(), 50_000)

    def lost(self):
        payment = self.completed()
        self.khalti.trouble("refund", "reset_before")
        # The lookup before it is answered, the ones after it are not.
        line = Line()
        line.before = {"refund": lambda: self.khalti.trouble("lookup", "timeout", times=3, payment=payment)}
        connect(configuration().merchant()).transport.session.mount("http://khalti.test/", line)
        return self.refund(50_000, payment)

    def succeeded(self):
        return self.refund(50_000)

    def failed(self):
        payment = self.completed()
        self.khalti.answer("refund", {"detail": "Wallet balance is not sufficient."}, status=400)
        with pytest.raises(KhaltiError):
            refund_payment(payment, 50_000)
        return payment

    def external(self):
        payment = self.completed()
        record_refund(payment, 50_000, method=Method.CASH)
        return payment

    def unconfirmed(self):
        payment = self.refund(30_000)
        self.khalti.trouble("refund", "reset_before")
        return self.refund(50_000, payment)

    def nameless(self):
        payment = self.completed()
        self.khalti.refund_in_dashboard(payment, amount=40_000)
        return check_payment(payment)

    def all_in_the_dashboard(self):
        return self.after("pay", "refund_in_dashboard")


@pytest.mark.parametrize(
    "trait", ["requested", "processing", "lost", "succeeded", "failed", "external", "unconfirmed", "nameless"]
)
def test_a_refund_is_as_the_actions_leave_it(khalti, time_machine, trait):
    real = getattr(Refunding(khalti, time_machine), trait)()

    made = RefundFactory(**{trait: True})

    assert told(made.payment) == told(real)


def test_a_refund_in_the_dashboard_is_as_the_actions_leave_it(khalti, time_machine):
    real = Refunding(khalti, time_machine).all_in_the_dashboard()

    made = RefundFactory(external=True, method=Method.DASHBOARD, amount=150_000)

    assert told(made.payment) == told(real)


class Doubting(Refunding):
    def hear(self, *verbs, **said):
        payment = self.after(*verbs)
        self.khalti.answer_lookup(payment, **said)
        return check_payment(payment)

    def amount_mismatch(self):
        return self.hear(total_amount=149_999)

    def pidx_mismatch(self):
        return self.hear(pidx="another")

    def unknown_status(self):
        return self.hear(status="Ambiguous", transaction_id=None)

    def unexpected_status(self):
        return self.hear("pay", status="Expired", transaction_id=None, error_key="khalti_error")

    def conflicting_status(self):
        return self.hear(refunded=True)

    def not_found(self):
        payment = self.start()
        payment.expires_at = timezone.now() - timedelta(minutes=1)
        payment.save()
        self.khalti.answer(
            "lookup", {"detail": "Not found.", "error_key": "validation_error"}, status=404, pidx=payment.pidx
        )
        return self.unheard(payment)

    def key_rejected(self):
        payment = self.start()
        self.khalti.answer("lookup", {"detail": "Invalid token."}, status=401, pidx=payment.pidx)
        return self.unheard(payment)

    def unheard(self, payment):
        with pytest.raises(KhaltiError):
            check_payment(payment)
        self.replay(payment)
        return payment

    def late_payment(self):
        return self.late()

    def duplicate_payment(self):
        return self.duplicate()

    def possible_duplicate(self):
        payments = [self.start(), self.start()]
        KhaltiPayment.objects.update(offer="signed", may_be_duplicate=True)
        for payment in payments:
            self.khalti.pay(payment)
            check_payment(payment)
        return payment

    def oversold(self):
        last = Reservation(key="last-seat", limit=1)
        payment = self.after("cancel", reservation=last)
        self.after("pay", reservation=last)
        self.khalti.pay(payment)
        return check_payment(payment)

    def payable_deleted(self):
        site = Site.objects.create(hostname="gone.example", root_page=Site.objects.get().root_page)
        payment = self.start(payable=site, site=Site.objects.first())
        site.delete()
        self.khalti.pay(payment)
        return check_payment(payment)

    def refund_unconfirmed(self):
        return self.unconfirmed()

    def refund_amount_missing(self):
        return self.nameless()

    def refund_contradicted(self):
        payment = self.processing()
        refund = payment.refunds.get()
        self.clock.move_to(timezone.now() + timedelta(minutes=6))
        resolve_refund(refund, was_found=False)
        lock_payment(refund.payment)
        move_refund(refund, RefundTrigger.ACCEPTED, answer="Transaction refund successful.")
        self.replay(payment)
        return payment

    def over_refunded(self):
        payment = self.external()
        self.khalti.refund_in_dashboard(payment)
        return check_payment(payment)

    def delivery_failing(self):
        return self.failing()


@pytest.mark.parametrize("kind", Kind.values)
def test_a_matter_is_as_the_actions_leave_it(khalti, time_machine, kind):
    real = getattr(Doubting(khalti, time_machine), kind)()
    told_of_it = told(real)
    KhaltiIssue.objects.filter(payment=real).update(merchant=None)  # one is open for all of a merchant

    made = IssueFactory(kind=kind)

    assert told(made.payment) == told_of_it


@pytest.mark.parametrize("trait", ["completed", "canceled", "refunded"])
def test_news_is_as_the_actions_leave_it(reality, trait):
    real = getattr(reality, trait)()

    made = DeliveryFactory(**{f"payment__{trait}": True})

    assert told(made.payment) == told(real)
