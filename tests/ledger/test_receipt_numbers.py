"""A payment that becomes paid has the next receipt number of its account and fiscal year, and no other one has it."""

from datetime import UTC, datetime

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone, translation

from tests.payments import answer
from tests.shop.models import Order
from wagtail_khalti.ledger.apply_lookup import apply_lookup
from wagtail_khalti.models import KhaltiPayment, KhaltiReceiptCounter
from wagtail_khalti.models.references import new_reference, parse_receipt_number
from wagtail_khalti.models.sources import payable_columns

pytestmark = [pytest.mark.every_database, pytest.mark.django_db]

LAST_OF_2082 = datetime(2026, 7, 16, 18, 14, 59, tzinfo=UTC)  # in Nepal a second before the first of Shrawan 2083
FIRST_OF_2083 = datetime(2026, 7, 16, 18, 15, tzinfo=UTC)


@pytest.fixture
def begin():
    """A payment that waits at Khalti."""

    def begin(**columns):
        pidx = new_reference()
        row = {"status": "initiated", "pidx": pidx, "purchase_order_id": pidx, "merchant": "default", "mode": "live"}
        return KhaltiPayment.objects.create(amount=150_000, **{**row, **columns})

    return begin


@pytest.fixture
def pay(begin):
    """Another payment that Khalti says is paid; gives its number as it is written."""

    def pay(**columns):
        payment = begin(**columns)
        apply_lookup(payment, answer(payment), requested_at=timezone.now())
        return payment.readable_receipt_number

    return pay


def counters():
    return sorted(KhaltiReceiptCounter.objects.values_list("merchant", "mode", "year", "last_number"))


class TestTheNumber:
    @pytest.fixture(autouse=True)
    def _in_2083(self, time_machine):
        time_machine.move_to(FIRST_OF_2083)

    def test_goes_up_by_one(self, pay):
        assert [pay() for _payment in range(3)] == ["2083/84-00001", "2083/84-00002", "2083/84-00003"]

    def test_is_each_accounts_own(self, pay):
        numbers = [pay(), pay(merchant="museum"), pay(mode="sandbox"), pay()]

        assert numbers == ["2083/84-00001", "2083/84-00001", "2083/84-00001 (test)", "2083/84-00002"]
        assert counters() == [
            ("default", "live", 2083, 2),
            ("default", "sandbox", 2083, 1),
            ("museum", "live", 2083, 1),
        ]

    def test_is_known_to_whoever_looked_it_up_and_stored(self, begin):
        payment = begin()

        apply_lookup(payment, answer(payment), requested_at=timezone.now())

        assert (payment.receipt_year, payment.receipt_number) == (2083, 1)
        payment.save()
        payment.refresh_from_db()
        assert (payment.receipt_year, payment.receipt_number) == (2083, 1)

    def test_has_the_numerals_of_the_language(self, pay):
        with translation.override("ne"):
            assert pay() == "२०८३/८४-००००१"

    def test_is_missing_before_it_is_paid(self, begin):
        payment = begin()
        apply_lookup(payment, answer(payment, "Pending"), requested_at=timezone.now())

        assert payment.readable_receipt_number == ""
        assert counters() == []

    @pytest.mark.parametrize("status", ["Partially Refunded", "Refunded"])
    def test_is_given_to_what_was_refunded_before_we_asked(self, begin, status):
        payment = begin()

        apply_lookup(payment, answer(payment, status, refunded=status == "Refunded"), requested_at=timezone.now())

        assert payment.receipt_number == 1

    def test_is_given_to_money_that_came_late(self, pay):
        assert pay(status="canceled", ended_at=timezone.now()) == "2083/84-00001"

    def test_is_given_to_a_second_payment_for_the_same(self, begin, all_begun_before):
        order = payable_columns(Order.objects.create())
        payments = [begin(**order), begin(**order)]
        for payment in payments:
            apply_lookup(payment, answer(payment), requested_at=timezone.now())

        assert payments[1].duplicate_of == payments[0]
        assert [payment.receipt_number for payment in payments] == [1, 2]

    def test_stays_when_it_is_refunded(self, begin):
        payment = begin()
        for status in ("Completed", "Partially Refunded", "Refunded"):
            about = {"refunded": True} if status == "Refunded" else {}
            apply_lookup(payment, answer(payment, status, **about), requested_at=timezone.now())

        assert (payment.status, payment.receipt_number) == ("refunded", 1)
        assert counters() == [("default", "live", 2083, 1)]

    def test_can_be_used_once(self, begin):
        begin(receipt_year=2083, receipt_number=1)
        begin(receipt_year=2083, receipt_number=1, mode="sandbox")

        with pytest.raises(IntegrityError), transaction.atomic():
            begin(receipt_year=2083, receipt_number=1)


def test_the_year_begins_on_the_first_of_shrawan_in_nepal(pay, time_machine):
    time_machine.move_to(LAST_OF_2082, tick=False)
    assert pay() == "2082/83-00001"

    time_machine.move_to(FIRST_OF_2083, tick=False)
    assert pay() == "2083/84-00001"

    time_machine.move_to(LAST_OF_2082, tick=False)
    assert pay() == "2082/83-00002"


def test_a_year_that_no_calendar_knows_yet_has_numbers_too(pay, time_machine):
    time_machine.move_to(datetime(2050, 12, 1, tzinfo=UTC))

    assert pay() == "2107/08-00001"


class TestNoNumberIsLost:
    def test_to_whoever_comes_second(self, begin, pay):
        """Both have read the payment as it was before."""
        payment = begin()
        stale = KhaltiPayment.objects.get(pk=payment.pk)
        asked_at = timezone.now()
        apply_lookup(payment, answer(payment), requested_at=asked_at)

        apply_lookup(stale, answer(stale), requested_at=timezone.now())

        assert stale.receipt_number == payment.receipt_number == 1
        assert pay().endswith("-00002")

    def test_to_an_answer_that_contradicts(self, begin, pay):
        payment = begin()

        apply_lookup(payment, answer(payment, total_amount=1), requested_at=timezone.now())

        assert payment.receipt_number is None
        assert pay().endswith("-00001")


class TestARestoredBackup:
    """The payments are there, and their counters are not, or are those of the day before."""

    def test_goes_on_after_the_last_number(self, pay):
        pay()
        pay()
        KhaltiReceiptCounter.objects.all().delete()

        assert pay().endswith("-00003")

    def test_does_not_keep_a_payment_from_being_recorded(self, pay):
        for _payment in range(3):
            pay()
        KhaltiReceiptCounter.objects.update(last_number=1)

        assert pay().endswith("-00004")


@pytest.mark.parametrize(
    "text",
    [
        "2083/84-00042",
        " 2083/84-42",
        "2083-84-00042",
        "2083 84 00042",
        "२०८३/८४-०००४२",
        "2083/84–42",
        "2083/84-00042 (test)",
    ],
)
def test_a_number_is_read_however_it_is_typed(text):
    assert parse_receipt_number(text) == (2083, 42)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2083/84",
        "2083/85-00042",
        "2345-6789-ABCD-EFGH",
        "2345678923456789",
        "2083/84-",
        "2083/84-4x",
        "2083/84-" + "9" * 20,
    ],
)
def test_what_is_no_number_is_none(text):
    assert parse_receipt_number(text) is None
