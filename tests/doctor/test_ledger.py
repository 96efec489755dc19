"""What is stored has to agree with itself."""

import pytest
from django.contrib.auth import get_user_model
from django.db.models import QuerySet
from django.utils import timezone

from tests.doctor.conftest import by_name, only
from wagtail_khalti.actions import check_payment
from wagtail_khalti.doctor import Level, rules
from wagtail_khalti.doctor import ledger as ledger_module
from wagtail_khalti.doctor.ledger import ledger
from wagtail_khalti.gateway import BreakdownLine
from wagtail_khalti.models import KhaltiDelivery, KhaltiEvent, KhaltiPayment
from wagtail_khalti.models.payment import Status

pytestmark = pytest.mark.django_db


def change(payment, **columns):
    """Past all that guards it, as by hand in the database; with real money, unless told otherwise."""
    KhaltiPayment.objects.filter(pk=payment.pk).update(**{"mode": "live", **columns})


def events(payment):
    """Of this payment, without the guard of its history."""
    return QuerySet(model=KhaltiEvent).filter(payment=payment)


@pytest.fixture
def buyer():
    """Something that can be sold, of any model."""
    return get_user_model().objects.create(username="membership-1")


def test_an_empty_ledger_agrees():
    finding = only(ledger())

    assert (finding.name, finding.level) == ("agrees", Level.OK)


@pytest.mark.parametrize("verb", ["begin", "pay", "cancel", "expire", "fail", "refund"])
def test_whatever_khalti_says_leaves_a_ledger_that_agrees(khalti, start, verb):
    payment = start()
    if verb == "refund":
        khalti.pay(payment)
    getattr(khalti, verb)(payment)
    check_payment(payment)

    finding = only(ledger())

    assert (finding.name, finding.numbers) == ("agrees", {"live": 0, "test": 1})


def test_refunds_late_payments_and_second_payments_agree(khalti, start, paid, buyer):
    late = start()
    khalti.cancel(late)
    check_payment(late)
    khalti.pay(late)
    check_payment(late)
    for partial in (True, False):
        refunded = paid()
        khalti.refund(refunded, partial=partial)
        check_payment(refunded)
    paid(payable=buyer), paid(payable=buyer)

    assert only(ledger()).numbers == {"live": 0, "test": 5}


@pytest.mark.parametrize(
    ("name", "columns"),
    [
        ("paid_without_time", {"completed_at": None}),
        ("paid_without_evidence", {"evidence_at": None}),
        ("paid_without_evidence", {"pidx": None}),
        ("paid_without_transaction", {"transaction_id": ""}),
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


def test_a_breakdown_that_adds_up_is_sound(paid):
    lines = [BreakdownLine(label="Book", amount=160_000), BreakdownLine(label="Discount", amount=-10_000)]
    paid(breakdown=lines)

    assert only(ledger()).name == "agrees"


def test_an_end_without_its_time(khalti, start):
    payment = start()
    khalti.cancel(payment)
    check_payment(payment)
    change(payment, ended_at=None)

    assert only(ledger()).name == "ended_without_time"


@pytest.mark.parametrize("columns", [{"next_check_at": None}, {"pidx": None}])
def test_an_undecided_payment_that_nobody_will_ask_about(start, columns):
    change(start(), **columns)

    assert only(ledger()).name == ("without_pidx" if "pidx" in columns else "never_asked_again")


def test_a_sale_that_was_not_paid(start):
    change(start(), is_sale=True)

    assert only(ledger()).name == "sale_without_money"


@pytest.mark.parametrize("status", [Status.INITIATED, Status.REFUNDED, Status.CANCELED])
def test_a_status_that_was_written_by_hand(khalti, paid, status):
    payment = paid()
    change(payment, status=status, ended_at=timezone.now(), next_check_at=timezone.now())

    found = by_name(ledger())

    assert found["status_not_in_history"].references == (payment.reference,)


def test_a_status_without_any_history(paid):
    payment = paid()
    events(payment).filter(kind=KhaltiEvent.Kind.MOVED).delete()
    change(payment)

    assert only(ledger()).name == "status_not_in_history"


def test_a_failure_that_khalti_never_pronounced(start):
    payment = start()
    change(payment, status=Status.FAILED, ended_at=timezone.now())
    KhaltiDelivery.objects.create(payment=payment, news=KhaltiDelivery.News.ENDED)

    assert only(ledger()).name == "status_not_in_history"


@pytest.mark.parametrize("verb", ["pay", "cancel", "refund"])
def test_news_that_were_never_written(khalti, start, verb):
    payment = start()
    if verb == "refund":
        khalti.pay(payment)
        check_payment(payment)
    getattr(khalti, verb)(payment)
    check_payment(payment)
    payment.deliveries.last().delete()
    change(payment)

    assert only(ledger()).name == "news_missing"


def test_the_same_thing_sold_twice(paid, buyer):
    first, second = paid(payable=buyer), paid(payable=buyer)
    KhaltiDelivery.objects.create(
        payment=second, news="completed", attempts=1, delivered_at=timezone.now(), next_try_at=None
    )
    change(first)
    change(second, duplicate_of=None)

    finding = only(ledger())

    assert (finding.name, finding.references) == ("two_sales", (first.reference, second.reference))


def test_a_thing_that_was_given_back_and_sold_again_is_sold_once(khalti, paid, buyer):
    first = paid(payable=buyer)
    khalti.refund(first)
    check_payment(first)
    paid(payable=buyer)

    assert only(ledger()).name == "agrees"


@pytest.mark.parametrize("columns", [{"payable_id": "another"}, {"mode": "sandbox"}, {"payable_type": None}])
def test_a_second_payment_whose_first_one_was_for_something_else(paid, buyer, columns):
    first, second = paid(payable=buyer), paid(payable=buyer)
    change(first, **columns)
    change(second)

    finding = only(ledger())

    assert (finding.name, finding.references) == ("duplicate_without_sale", (second.reference,))


@pytest.mark.parametrize(
    ("name", "columns"),
    [("delivered_without_try", {"attempts": 0}), ("never_told", {"delivered_at": None})],
)
def test_news_that_nobody_tells(paid, name, columns):
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
    monkeypatch.setattr(ledger_module, "PIECE", 2)
    for _ in range(5):
        change(paid(), completed_at=None)

    assert only(ledger()).numbers["live"] == 5
    assert [list(piece) for piece in ledger_module.in_pieces(KhaltiPayment.objects.order_by("pk"))] == [
        list(KhaltiPayment.objects.order_by("pk")[start : start + 2]) for start in (0, 2, 4)
    ]


def test_every_rule_has_a_name_of_its_own():
    every = (*rules.PAYMENT_RULES, *rules.NEWS_RULES, rules.UNEVEN, rules.TWO_SALES)

    assert len({rule.name for rule in every}) == len(every) == 15
