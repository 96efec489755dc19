"""What is stored has to agree with itself: each time one thing is broken in what a factory made right."""

from functools import partial

import pytest
from django.contrib.auth import get_user_model
from django.db.models import QuerySet
from django.utils import timezone

from tests.doctor.conftest import by_name, only
from wagtail_khalti.doctor import Level, rules
from wagtail_khalti.doctor import ledger as ledger_module
from wagtail_khalti.doctor.ledger import ledger
from wagtail_khalti.models import KhaltiDelivery, KhaltiEvent, KhaltiIssue, KhaltiPayment, KhaltiRefund
from wagtail_khalti.models.status import Status
from wagtail_khalti.testing.factories import PaymentFactory, RefundFactory

pytestmark = [pytest.mark.every_database, pytest.mark.django_db]


def change(payment, **columns):
    """Past all that guards it, as by hand in the database; with real money, unless told otherwise."""
    KhaltiPayment.objects.filter(pk=payment.pk).update(**{"mode": "live", **columns})


def events(payment):
    """Of this payment, without the guard of its history."""
    return QuerySet(model=KhaltiEvent).filter(payment=payment)


@pytest.fixture
def start(db):
    """Another payment that waits at Khalti."""
    return PaymentFactory


@pytest.fixture
def paid(db):
    """Another payment that was paid, and that the site was told of."""
    return partial(PaymentFactory, completed=True)


@pytest.fixture
def buyer():
    """Something that can be sold, of any model."""
    return get_user_model().objects.create(username="membership-1")


def test_an_empty_ledger_agrees():
    finding = only(ledger())

    assert (finding.name, finding.level) == ("consistent", Level.OK)


@pytest.mark.parametrize(
    ("name", "columns"),
    [
        ("paid_without_time", {"completed_at": None}),
        ("paid_without_lookup", {"looked_up_at": None}),
        ("paid_without_lookup", {"pidx": None}),
        ("paid_without_transaction", {"transaction_id": ""}),
        ("paid_without_receipt_number", {"receipt_number": None}),
        ("fee_above_amount", {"fee": 150_001}),
        ("breakdown_differs", {"breakdown": [{"label": "Book", "amount": 149_999}]}),
        ("breakdown_differs", {"breakdown": "senseless"}),
        ("breakdown_differs", {"breakdown": [1]}),
        ("breakdown_differs", {"breakdown": [{"label": "Book", "amount": None}]}),
        ("breakdown_differs", {"breakdown": {"amount": 150_000}}),
    ],
)
def test_a_payment_that_lacks_what_paid_ones_have(paid, name, columns):
    payment, _sound = paid(), paid()
    change(payment, **columns)

    finding = only(ledger())

    assert finding.name == name
    assert finding.level == (Level.WARNING if name == "paid_without_transaction" else Level.ERROR)
    assert finding.references == (payment.reference,)
    assert finding.numbers == {"live": 1, "test": 0}
    assert finding.remedy


def test_an_end_without_its_time():
    change(PaymentFactory(canceled=True), ended_at=None)

    assert only(ledger()).name == "ended_without_time"


@pytest.mark.parametrize("columns", [{"next_check_at": None}, {"pidx": None}])
def test_an_undecided_payment_that_nobody_will_ask_about(start, columns):
    change(start(), **columns)

    assert only(ledger()).name == ("without_pidx" if "pidx" in columns else "never_checked_again")


def test_a_sale_that_was_not_paid(start):
    change(start(), is_primary=True)

    assert only(ledger()).name == "primary_not_paid"


@pytest.mark.parametrize("status", [Status.INITIATED, Status.REFUNDED, Status.CANCELED])
def test_a_status_that_was_written_by_hand(paid, status):
    payment = paid()
    change(payment, status=status, ended_at=timezone.now(), next_check_at=timezone.now())

    found = by_name(ledger())

    assert found["status_not_in_timeline"].references == (payment.reference,)


def test_a_status_without_any_history(paid):
    payment = paid()
    events(payment).filter(kind=KhaltiEvent.Kind.STATUS_CHANGED).delete()
    change(payment)

    assert only(ledger()).name == "status_not_in_timeline"


def test_a_failure_that_khalti_never_pronounced(start):
    payment = start()
    change(payment, status=Status.FAILED, ended_at=timezone.now())
    KhaltiDelivery.objects.create(payment=payment, event_type=KhaltiDelivery.EventType.ENDED)

    assert only(ledger()).name == "status_not_in_timeline"


@pytest.mark.parametrize("refund_total", [0, 49_999, 50_001])
def test_a_sum_that_is_not_that_of_the_refunds(paid, refund_total):
    payment, sound = paid(), paid()
    for each in (payment, sound):
        RefundFactory(payment=each, amount=50_000)
    change(payment, refund_total=refund_total)

    finding = only(ledger())

    assert (finding.name, finding.level, finding.references) == ("refunds_differ", Level.ERROR, (payment.reference,))


def test_a_sum_without_any_refund(paid):
    change(paid(), refund_total=1)

    assert only(ledger()).name == "refunds_differ"


def test_a_refused_refund_is_none_of_the_sum():
    refund = RefundFactory(lost=True)
    KhaltiRefund.objects.filter(pk=refund.pk).update(state="failed")
    change(refund.payment, refunding_since=None)

    assert only(ledger()).name == "refunds_differ"


@pytest.mark.parametrize("is_held", [True, False])
def test_a_payment_is_held_only_while_a_refund_is_in_progress(is_held):
    payment = RefundFactory(lost=not is_held).payment
    change(payment, refunding_since=timezone.now() if is_held else None)

    finding = only(ledger())

    assert (finding.name, finding.references) == ("refunding_differs", (payment.reference,))


@pytest.fixture
def refunded_in_part(paid):
    """Refunded, as Khalti says, of which only a part is known here; the refund of the rest was deleted by hand."""
    payment = paid()
    RefundFactory(payment=payment, amount=50_000)
    rest = RefundFactory(payment=payment, amount=100_000)
    payment.deliveries.filter(refund=rest).delete()
    rest.delete()
    change(payment, refund_total=50_000)
    return payment


def test_a_refunded_payment_of_which_a_part_did_not_go_back(refunded_in_part):
    finding = only(ledger())

    assert (finding.name, finding.references) == ("refunded_in_part", (refunded_in_part.reference,))


def test_it_is_not_told_where_an_issue_tells_it(refunded_in_part):
    issue = KhaltiIssue.objects.create(payment=refunded_in_part, kind=KhaltiIssue.Kind.REFUND_CONTRADICTED)
    assert only(ledger()).name == "consistent"

    KhaltiIssue.objects.filter(pk=issue.pk).update(is_open=None)
    assert only(ledger()).name == "refunded_in_part"


def test_a_refund_that_the_site_was_never_to_hear_of():
    payment = PaymentFactory(partially_refunded=True)
    RefundFactory(payment=payment, external=True)
    payment.deliveries.last().delete()
    change(payment)

    assert only(ledger()).name == "event_missing"


@pytest.mark.parametrize("trait", ["completed", "canceled", "refunded"])
def test_events_that_were_never_written(trait):
    payment = PaymentFactory(**{trait: True})
    payment.deliveries.last().delete()
    change(payment)

    assert only(ledger()).name == "event_missing"


def test_the_same_thing_sold_twice(paid, buyer):
    first, second = paid(payable=buyer), paid(payable=buyer)
    KhaltiDelivery.objects.create(
        payment=second, event_type="completed", attempts=1, delivered_at=timezone.now(), next_try_at=None
    )
    change(first)
    change(second, duplicate_of=None)

    finding = only(ledger())

    assert (finding.name, finding.references) == ("two_primaries", (first.reference, second.reference))


@pytest.mark.parametrize("columns", [{"payable_id": "another"}, {"mode": "sandbox"}, {"payable_type": None}])
def test_a_second_payment_whose_first_one_was_for_something_else(paid, buyer, columns):
    first, second = paid(payable=buyer), paid(payable=buyer)
    change(first, **columns)
    change(second)

    finding = only(ledger())

    assert (finding.name, finding.references) == ("duplicate_without_primary", (second.reference,))


@pytest.mark.parametrize(
    ("name", "columns"),
    [("delivered_without_attempt", {"attempts": 0}), ("never_delivered", {"delivered_at": None})],
)
def test_events_that_nobody_delivers(paid, name, columns):
    payment = paid()
    change(payment)
    payment.deliveries.update(**columns)

    assert only(ledger()).name == name


def test_tests_are_counted_apart_and_weigh_less(paid):
    for mode in ("sandbox", "simulator"):
        change(paid(), completed_at=None, mode=mode)
    assert only(ledger()).level == Level.WARNING

    real = paid()
    change(real, completed_at=None)

    finding = only(ledger())
    assert (finding.level, finding.numbers) == (Level.ERROR, {"live": 1, "test": 2})
    assert finding.references[0] == real.reference


def test_a_few_examples_are_enough(paid):
    for _ in range(5):
        change(paid(), completed_at=None)

    finding = only(ledger())

    assert finding.numbers["live"] == 5
    assert len(finding.references) == 3


def test_every_piece_is_looked_at_once(paid, monkeypatch):
    monkeypatch.setattr(ledger_module, "BATCH_SIZE", 2)
    for _ in range(5):
        change(paid(), completed_at=None)

    assert only(ledger()).numbers["live"] == 5
    assert [list(piece) for piece in ledger_module.in_batches(KhaltiPayment.objects.order_by("pk"))] == [
        list(KhaltiPayment.objects.order_by("pk")[start : start + 2]) for start in (0, 2, 4)
    ]


def test_every_rule_has_a_name_of_its_own():
    every = (*rules.PAYMENT_RULES, *rules.EVENT_RULES, rules.BREAKDOWN_DIFFERS, rules.TWO_PRIMARIES)

    assert len({rule.name for rule in every}) == len(every) == 20
