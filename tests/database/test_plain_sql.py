"""Statements in plain SQL do what Django's own would do."""

from contextlib import suppress
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import Q
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from wagtail_khalti.database.plain_sql import Sql, insert_rows, read_row, update_rows
from wagtail_khalti.models import KhaltiEvent, KhaltiPayment
from wagtail_khalti.models.references import new_reference

pytestmark = [pytest.mark.django_db, pytest.mark.every_database]

NOON = timezone.now().replace(hour=12, minute=0, second=0, microsecond=123_000)
HOUR = timedelta(hours=1)

CONDITIONS = [
    Q(status="completed"),
    Q(checked_at=None),
    Q(status="completed", checked_at=None),
    Q(checked_at__lt=NOON),
    Q(checked_at__lte=NOON),
    Q(checked_at__gt=NOON),
    Q(checked_at__gte=NOON),
    Q(checked_at=NOON, is_urgent=True),
    Q(checked_at=None) | Q(checked_at__gt=NOON),
    Q(Q(checked_at=None) | Q(checked_at__gt=NOON, is_urgent=False), status="initiated"),
    Q(purpose="100 % 'quoted' \\ पुस्तक"),
    Q(amount__gt=150_000) & Q(duplicate_of=None),
]


@pytest.fixture
def payments():
    """One for each combination of values that the conditions ask for."""
    return [
        new_payment(status=status, checked_at=checked_at, is_urgent=is_urgent, amount=amount, purpose=purpose)
        for status in ("initiated", "completed")
        for checked_at in (None, NOON - HOUR, NOON, NOON + HOUR)
        for is_urgent, amount, purpose in [(False, 150_000, "Books"), (True, 150_001, "100 % 'quoted' \\ पुस्तक")]
    ]


def new_payment(**columns):
    reference = new_reference()
    return KhaltiPayment.objects.create(
        reference=reference, purchase_order_id=reference, merchant="default", mode="simulator", **columns
    )


def values_of(row):
    return {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}


def test_a_row_is_read_as_django_reads_it(payments):
    for payment in payments:
        read = read_row(KhaltiPayment, reference=payment.reference)

        assert values_of(read) == values_of(KhaltiPayment.objects.get(pk=payment.pk))
        assert (read, read._state.db, read._state.adding) == (payment, "default", False)


def test_a_row_that_is_not_there_is_none(payments):
    assert read_row(KhaltiPayment, reference="absent") is None


def test_further_attributes_are_computed(payments):
    read = read_row(KhaltiPayment, computed={"twice": "amount * 2", "one": "1"}, id=payments[0].pk)

    assert (read.twice, read.one, read.amount) == (300_000, 1, 150_000)


@pytest.mark.parametrize("where", CONDITIONS)
def test_the_rows_are_those_that_django_finds(payments, where):
    expected = set(KhaltiPayment.objects.filter(where).values_list("pk", flat=True))

    number = update_rows(KhaltiPayment, {"khalti_status": "matched"}, where=where)

    assert 0 < number == len(expected) < len(payments)
    assert set(KhaltiPayment.objects.filter(khalti_status="matched").values_list("pk", flat=True)) == expected


def test_an_update_that_changes_nothing_counts_its_rows(payments):
    """MariaDB would count only those that differ, and a conditional UPDATE would look lost."""
    assert update_rows(KhaltiPayment, {"amount": payments[0].amount}, where=Q(id=payments[0].pk)) == 1


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("returned_at", NOON),
        ("is_urgent", True),
        ("is_primary", None),
        ("fee", 0),
        ("fee", 2**62),
        ("purpose", "100 % 'quoted' \\ पुस्तक"),
        ("metadata", {"name": ["100 %", None, 1.5, "पुस्तक"]}),
    ],
)
def test_values_are_stored_as_django_stores_them(payments, name, value):
    ours, djangos = payments[:2]

    update_rows(KhaltiPayment, {name: value}, where=Q(id=ours.pk))
    KhaltiPayment.objects.filter(pk=djangos.pk).update(**{name: value})

    stored = KhaltiPayment.objects.filter(pk__in=[ours.pk, djangos.pk]).values_list(name, flat=True)
    assert list(stored) == [value, value]


def test_a_row_can_be_a_value(payments):
    first, second = payments[:2]

    update_rows(KhaltiPayment, {"duplicate_of": first}, where=Q(id=second.pk))

    assert KhaltiPayment.objects.get(duplicate_of=first) == second


def test_the_database_can_compute_a_value(payments):
    update_rows(
        KhaltiPayment, {"amount": Sql(text="amount + %s", values=[5]), "fee": 7}, where=Q(id=payments[0].pk, fee=None)
    )

    assert KhaltiPayment.objects.values_list("amount", "fee").get(pk=payments[0].pk) == (150_005, 7)


@pytest.mark.parametrize("where", [~Q(status="completed"), Q(), Q(~Q(status="completed"), checked_at=None)])
def test_a_condition_that_means_something_else_is_refused(payments, where):
    with pytest.raises(ValueError, match="condition"):
        update_rows(KhaltiPayment, {"fee": 0}, where=where)


@pytest.mark.parametrize("where", [Q(status__in=["completed"]), Q(absent=1), Q(site__hostname="localhost")])
def test_so_is_one_that_is_not_known(payments, where):
    with pytest.raises(KeyError):
        update_rows(KhaltiPayment, {"fee": 0}, where=where)


def test_rows_are_inserted_as_django_inserts_them(payments):
    events = [
        KhaltiEvent.about(payments[0], kind, data={"text": "100 % 'quoted' \\ पुस्तक"})
        for kind in (KhaltiEvent.Kind.LOOKED_UP, KhaltiEvent.Kind.STATUS_CHANGED)
    ]

    with CaptureQueriesContext(connection) as statements:
        insert_rows(events)

    stored = list(payments[0].events.order_by("pk"))[-2:]
    names = [field.attname for field in KhaltiEvent._meta.concrete_fields if not field.primary_key]
    assert [[getattr(row, name) for name in names] for row in stored] == [
        [getattr(row, name) for name in names] for row in events
    ]
    assert len(statements) == 1
    with pytest.raises(TypeError):
        events[0].save()  # it is stored, and the timeline is never changed


def test_no_rows_need_no_statement(django_assert_num_queries):
    with django_assert_num_queries(0):
        insert_rows([])


def test_a_transaction_that_swallows_an_error_is_undone(payments):
    """As after an error of Django's own statements, which PostgreSQL answers with errors alone."""
    first, second = payments[:2]

    def swallow():
        with transaction.atomic():
            with suppress(IntegrityError):
                update_rows(KhaltiPayment, {"reference": first.reference}, where=Q(id=second.pk))
            KhaltiPayment.objects.count()

    with pytest.raises(transaction.TransactionManagementError):
        swallow()
