"""A payment begins."""

import logging
import threading
from decimal import Decimal

import pytest
import time_machine
from django.core.signals import request_started
from django.db import IntegrityError, connection, transaction
from django.urls import reverse
from django.utils import timezone, translation
from wagtail.models import Site

from tests.payments import kinds
from tests.shop.models import Order
from wagtail_khalti.actions import initiate_payment, start_payment
from wagtail_khalti.actions.initiate import INITIATE_LEASE, send_leased
from wagtail_khalti.actions.start import Source
from wagtail_khalti.exceptions import (
    AmountTooLarge,
    AmountTooSmall,
    AnswerNotUnderstood,
    BreakdownMismatch,
    GatewayUnreachable,
    IdempotencyConflict,
    KeyRejected,
    RequestRejected,
)
from wagtail_khalti.gateway import BreakdownLine, Customer, Product
from wagtail_khalti.models import KhaltiPayment
from wagtail_khalti.simulator.models import SimulatedPayment

SITE = "http://testserver"
SECRET_KEY = "a-key-for-tests"

pytestmark = [pytest.mark.every_database, pytest.mark.django_db]


def start(amount=150_000, **changes):
    return start_payment(amount, **{"purpose": "Membership", "base_url": SITE, **changes})


def test_khalti_knows_the_payment_and_the_visitor_has_a_link(khalti):
    payment = start()

    payment.refresh_from_db()
    assert payment.status == "initiated"
    assert payment.payment_url.endswith(f"/khalti-simulator/?pidx={payment.pidx}")
    assert payment.initiated_at is not None
    assert payment.expires_at > timezone.now()
    assert payment.initiating_at is None
    assert kinds(payment) == ["created", "initiate_sent", "initiated"]


def test_khalti_is_told_what_it_needs(khalti):
    payment = start(
        customer=Customer(name="Sita", phone="9800000001"),
        breakdown=[BreakdownLine(label="Price", amount=150_000)],
        products=[Product(identity="m", name="Year", quantity=1, unit_price=150_000, total_price=150_000)],
        merchant_extra={"shelf": "4"},
    )

    told = SimulatedPayment.objects.get(pidx=payment.pidx)
    assert told.amount == 150_000
    assert told.purchase_order_name == "Membership"
    assert told.purchase_order_id == payment.purchase_order_id == payment.reference
    assert told.return_url == SITE + reverse("wagtail_khalti:return", args=[payment.reference])
    assert told.website_url == f"{SITE}/"
    assert told.amount_breakdown == [{"label": "Price", "amount": 150_000}]
    assert told.merchant_extras == [["merchant_shelf", "4"]]


def test_an_email_address_is_stored_in_lower_case(khalti):
    payment = start(customer=Customer(name="Sita Rai", email="Sita.RAI@Example.com"))

    assert KhaltiPayment.objects.get(customer_email="sita.rai@example.com") == payment


def test_the_way_back_has_no_query(khalti):
    assert "?" not in start().return_url


def test_everything_is_remembered_as_it_was(khalti, home):
    order = Order.objects.create(note="two tickets")
    with translation.override("ne"):
        payment = start(
            payable=order,
            customer=Customer(name="सीता", email="sita@example.com", phone="9800000001"),
            metadata={"coupon": "DASHAIN"},
            purchase_order_id="order-7",
            source=Source(owner=home, block_path="body.1", offer="signed"),
            back_url="/shop/",
            success_url="/thanks/",
        )

    payment = KhaltiPayment.objects.get(pk=payment.pk)
    assert payment.payable == order
    assert payment.source.pk == home.pk
    assert payment.source_title == str(home)
    assert (payment.block_path, payment.offer) == ("body.1", "signed")
    assert (payment.back_url, payment.success_url) == ("/shop/", "/thanks/")
    assert (payment.customer_name, payment.customer_email) == ("सीता", "sita@example.com")
    assert payment.metadata == {"coupon": "DASHAIN"}
    assert payment.purchase_order_id == "order-7"
    assert (payment.merchant, payment.mode) == ("default", "simulator")
    assert len(payment.key_fingerprint) == 12
    assert payment.language == "ne"


def test_the_settings_name_the_address_where_they_can(khalti, settings):
    settings.WAGTAIL_KHALTI = {**settings.WAGTAIL_KHALTI, "BASE_URL": "https://shop.example/"}

    assert start(base_url="").return_url.startswith("https://shop.example/khalti/return/")
    assert start(base_url="https://other.example").return_url.startswith("https://other.example/")


def test_without_any_address_it_is_that_of_the_site(khalti, home):
    assert start(base_url="").website_url == "http://localhost/"


@pytest.mark.parametrize("amount", [999, 1, 0, -1_000])
def test_an_amount_below_the_minimum_is_refused_at_once(khalti, amount):
    with pytest.raises(AmountTooSmall, match="minimum of Rs\xa010"):
        start(amount)

    assert not KhaltiPayment.objects.exists()


def test_exactly_the_minimum_is_accepted(khalti):
    assert start(1_000).status == "initiated"


@pytest.mark.parametrize(("amount", "fits"), [(50_000, True), (50_001, False), (10**18, False)])
def test_the_site_has_a_maximum(khalti, settings, amount, fits):
    settings.WAGTAIL_KHALTI = {**settings.WAGTAIL_KHALTI, "MAX_AMOUNT": 500}

    if fits:
        assert start(amount).status == "initiated"
    else:
        with pytest.raises(AmountTooLarge, match="maximum of Rs\xa0500"):
            start(amount)


@pytest.mark.parametrize("amount", [True, 1500.0, Decimal("150000"), "150000", None, [150_000]])
def test_an_amount_is_an_int_of_paisa(khalti, amount):
    with pytest.raises(TypeError, match="int of paisa"):
        start(amount)

    assert not KhaltiPayment.objects.exists()


@pytest.mark.parametrize("lines", [[149_999], [150_001], [100_000, 100_000], [-150_000], [0]])
def test_lines_must_add_up(khalti, lines):
    breakdown = [BreakdownLine(label="Line", amount=amount) for amount in lines]

    with pytest.raises(BreakdownMismatch, match=f"adds up to {sum(lines)} paisa"):
        start(breakdown=breakdown)

    assert not KhaltiPayment.objects.exists()


def test_a_discount_is_a_line_too(khalti):
    breakdown = [BreakdownLine(label="Price", amount=160_000), BreakdownLine(label="Discount", amount=-10_000)]

    payment = start(breakdown=breakdown)

    assert payment.breakdown == [{"label": "Price", "amount": 160_000}, {"label": "Discount", "amount": -10_000}]


# The same key is the same payment.


def test_the_same_key_gives_the_same_payment(khalti):
    first = start(idempotency_key="one")
    second = start(idempotency_key="one")

    assert second.pk == first.pk
    assert second.payment_url == first.payment_url
    assert KhaltiPayment.objects.count() == SimulatedPayment.objects.count() == 1


def test_another_key_gives_another_payment(khalti):
    assert start(idempotency_key="one").pk != start(idempotency_key="two").pk


@pytest.mark.parametrize("key", [None, ""])
def test_no_key_gives_a_new_payment_each_time(khalti, key):
    assert start(idempotency_key=key).pk != start(idempotency_key=key).pk


def test_keys_differ_in_case_wherever_they_are_stored(khalti):
    first = start(idempotency_key="Order-a")

    try:
        second = start(idempotency_key="order-A")
    except IdempotencyConflict:
        return  # a database that compares without regard to case keeps them apart by refusing
    assert second.pk != first.pk


@pytest.mark.parametrize(
    "terms",
    [
        {"amount": 150_001},
        {"purpose": "Something else"},
        {"merchant": "books"},
        {"payable": True},
    ],
    ids=lambda terms: next(iter(terms)),
)
def test_the_same_key_for_something_else_is_a_conflict(khalti, settings, terms):
    settings.WAGTAIL_KHALTI = {
        **settings.WAGTAIL_KHALTI,
        "MERCHANTS": {"books": {"SECRET_KEY": "b", "API_URL": settings.WAGTAIL_KHALTI["API_URL"]}},
    }
    start(idempotency_key="one")
    if "payable" in terms:
        terms = {"payable": Order.objects.create()}

    with pytest.raises(IdempotencyConflict):
        start(idempotency_key="one", **terms)

    assert KhaltiPayment.objects.count() == SimulatedPayment.objects.count() == 1


@pytest.mark.parametrize(
    ("name", "terms"),
    [
        ("purpose", {"purpose": "x" * 256}),
        ("idempotency_key", {"idempotency_key": "x" * 129}),
        ("purchase_order_id", {"purchase_order_id": "x" * 65}),
        ("customer_phone", {"customer": Customer(name="Sita", phone="9" * 21)}),
        ("return_url", {"base_url": "https://shop.example/" + "x" * 500}),
    ],
)
def test_a_text_that_is_too_long_is_refused_at_once(khalti, name, terms):
    with pytest.raises(ValueError, match=f"^{name} is too long"):
        start(**terms)

    assert not KhaltiPayment.objects.exists()


def test_what_is_paid_for_must_be_saved(khalti):
    with pytest.raises(ValueError, match="Save the payable"):
        start(payable=Order())

    assert not KhaltiPayment.objects.exists()


def test_an_order_id_is_used_once(khalti):
    start(purchase_order_id="order-7")

    with pytest.raises(IdempotencyConflict, match="order-7"):
        start(purchase_order_id="order-7")

    assert KhaltiPayment.objects.count() == SimulatedPayment.objects.count() == 1


# When Khalti does not help.


@pytest.mark.parametrize(
    ("body", "options", "error"),
    [
        ("", {"status": 503}, GatewayUnreachable),
        ("", {"status": 429}, GatewayUnreachable),
        ("", {"delay": 60}, GatewayUnreachable),
        ("<html>", {"content_type": "text/html"}, AnswerNotUnderstood),
        ({"pidx": "x"}, {}, AnswerNotUnderstood),
        ({"detail": "Invalid token.", "status_code": 401}, {"status": 401}, KeyRejected),
    ],
)
def test_a_payment_not_sent_is_retried_on_the_same_row(khalti, body, options, error):
    khalti.answer("initiate", body, **options)
    with pytest.raises(error):
        start(idempotency_key="one")
    waiting = KhaltiPayment.objects.get()
    assert (waiting.status, waiting.pidx, waiting.initiating_at) == ("created", None, None)
    assert kinds(waiting) == ["created", "initiate_sent", "no_answer"]
    assert waiting.events.get(kind="no_answer").data["error"] == error.__name__

    payment = start(idempotency_key="one")

    assert payment.pk == waiting.pk
    assert payment.status == "initiated"
    assert SimulatedPayment.objects.get().pidx == payment.pidx
    assert kinds(payment)[3:] == ["initiated"]
    assert payment.events.get(kind="initiate_sent").count == 2


def test_what_khalti_refuses_has_failed_and_its_words_are_kept(khalti):
    khalti.answer(
        "initiate",
        {"customer_info": {"name": ["This field is required."]}, "error_key": "validation_error"},
        status=400,
    )

    with pytest.raises(RequestRejected) as raised:
        start(idempotency_key="one")

    assert raised.value.fields == {"customer.name": "This field is required."}
    payment = KhaltiPayment.objects.get()
    assert (payment.status, payment.pidx, payment.initiating_at) == ("failed", None, None)
    assert payment.ended_at is not None
    refusal = payment.events.get(kind="initiate_rejected")
    assert refusal.data == {"fields": {"customer.name": "This field is required."}}


def test_what_khalti_refused_is_not_sent_again(khalti):
    khalti.answer("initiate", {"amount": ["no"]}, status=400)
    with pytest.raises(RequestRejected):
        start(idempotency_key="one")

    payment = start(idempotency_key="one")

    assert (payment.status, payment.payment_url) == ("failed", "")
    assert not SimulatedPayment.objects.exists()


def test_a_flood_of_refusals_is_stored_in_part(khalti):
    khalti.answer("initiate", {f"field{i}" * 50: ["x" * 1_000] for i in range(20)} | {"z\x00": "\x00"}, status=400)

    with pytest.raises(RequestRejected):
        start()

    fields = KhaltiPayment.objects.get().events.get(kind="initiate_rejected").data["fields"]
    assert len(fields) <= 20
    assert all(len(name) <= 100 and len(words) <= 300 for name, words in fields.items())


def test_a_pidx_that_khalti_gives_twice_is_taken_once(khalti):
    first = start()
    khalti.answer("initiate", {"pidx": first.pidx, "payment_url": "https://pay.example/"})

    with pytest.raises(AnswerNotUnderstood, match="another payment"):
        start(idempotency_key="one")

    second = KhaltiPayment.objects.exclude(pk=first.pk).get()
    assert (second.status, second.pidx) == ("created", None)
    assert start(idempotency_key="one").pidx not in (None, first.pidx)


def test_odd_but_usable_answers_can_be_stored(khalti):
    body = {"pidx": "p", "payment_url": "https://pay.example/?a=%00", "expires_at": "0001-01-01T00:00:00+05:45"}
    khalti.answer("initiate", body)

    payment = start()

    payment.refresh_from_db()
    assert (payment.status, payment.expires_at) == ("initiated", None)


# First the row, then the call.


@pytest.fixture
def seen_during_the_call():
    """What another connection sees while Khalti is being asked."""
    rows = []

    def look():
        rows.extend(KhaltiPayment.objects.values("status", "pidx", "events__kind").order_by("events__pk"))
        connection.close()

    def look_from_elsewhere(**kwargs):
        elsewhere = threading.Thread(target=look)
        elsewhere.start()
        elsewhere.join()

    request_started.connect(look_from_elsewhere)  # the simulator's own request
    yield rows
    request_started.disconnect(look_from_elsewhere)


@pytest.mark.django_db(transaction=True)
def test_the_row_is_committed_before_khalti_is_asked(khalti, seen_during_the_call):
    payment = start()

    assert payment.status == "initiated"
    assert seen_during_the_call == [
        {"status": "created", "pidx": None, "events__kind": "created"},
        {"status": "created", "pidx": None, "events__kind": "initiate_sent"},
    ]


# One request at a time.


def test_while_another_request_is_sending_there_is_nothing_to_do(khalti):
    payment = KhaltiPayment.objects.create(
        amount=150_000, initiating_at=timezone.now(), merchant="default", mode="simulator"
    )

    initiate_payment(payment)

    assert (payment.status, payment.payment_url) == ("created", "")
    assert not SimulatedPayment.objects.exists()


def test_a_process_that_died_while_sending_blocks_only_briefly(khalti):
    khalti.answer("initiate", "", status=503)
    with pytest.raises(GatewayUnreachable):
        start(idempotency_key="one")
    KhaltiPayment.objects.update(initiating_at=timezone.now())  # as if the process had died there
    assert start(idempotency_key="one").payment_url == ""

    with time_machine.travel(timezone.now() + INITIATE_LEASE * 1.1):
        payment = start(idempotency_key="one")

    assert payment.payment_url
    assert SimulatedPayment.objects.count() == 1


def test_a_slow_answer_does_not_replace_a_pidx_stored_meanwhile(khalti):
    payment = start()
    first_pidx = payment.pidx
    slow = KhaltiPayment.objects.get(pk=payment.pk)
    slow.status = "created"  # as it was when the slow process read it

    send_leased(slow)

    slow.refresh_from_db()
    assert slow.pidx == first_pidx
    assert kinds(slow).count("initiated") == 2  # and the other pidx is on the record


@pytest.mark.django_db(transaction=True)
def test_a_payment_that_the_database_refuses_is_not_sent(khalti):
    with pytest.raises(IntegrityError):
        start(site=Site(pk=10**9), idempotency_key="one")

    assert not KhaltiPayment.objects.exists()
    assert not SimulatedPayment.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_start_inside_a_transaction_is_refused_at_once(khalti):
    with (
        pytest.raises(RuntimeError, match=r"start_payment\(\) .* can't run inside a transaction"),
        transaction.atomic(),
    ):
        start()

    assert not KhaltiPayment.objects.exists()
    assert not SimulatedPayment.objects.exists()


def test_the_key_is_not_in_any_row(khalti, caplog):
    caplog.set_level(logging.DEBUG)
    khalti.answer("initiate", {"detail": "Invalid token."}, status=401)
    with pytest.raises(KeyRejected):
        start(idempotency_key="one")
    khalti.answer("initiate", {"amount": ["no"]}, status=400)
    with pytest.raises(RequestRejected):
        start()
    payment = start(idempotency_key="one")

    everything = [row for model in related_models() for row in model.objects.values()]

    assert payment.reference in str(everything)
    assert SECRET_KEY not in str(everything)
    assert SECRET_KEY not in caplog.text


def related_models():
    return [KhaltiPayment, *(relation.related_model for relation in KhaltiPayment._meta.related_objects)]
