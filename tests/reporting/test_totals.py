"""What days came to is always what the payments and refunds say, kept or not."""

from datetime import timedelta

import pytest
import time_machine
from django.contrib.contenttypes.models import ContentType
from django.db import OperationalError, connection, transaction
from django.db.models import QuerySet
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from wagtail.models import Site

from tests.actions.by_hand import TODAY, added_up, as_added_up, at, began, day
from wagtail_khalti.actions import check_payment, initiate_payment, reconcile, record_refund, start_payment
from wagtail_khalti.exceptions import GatewayError
from wagtail_khalti.gateway import Lookup
from wagtail_khalti.ledger.apply_lookup import apply_lookup
from wagtail_khalti.models import (
    KhaltiDailyTotal,
    KhaltiDelivery,
    KhaltiEvent,
    KhaltiIssue,
    KhaltiPayment,
    KhaltiRefund,
    KhaltiSnapshot,
)
from wagtail_khalti.models.refund import Method
from wagtail_khalti.reporting import snapshots
from wagtail_khalti.reporting.aggregates import bucket_of, middle_of
from wagtail_khalti.reporting.totals import Sums, totals

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)

pytestmark = [pytest.mark.every_database, pytest.mark.django_db]


@pytest.fixture(autouse=True)
def noon():
    """No test begins on one day and ends on the next."""
    with time_machine.travel(TODAY, tick=True):
        yield


@pytest.fixture
def shop():
    """Somewhere on a site."""
    site = Site.objects.create(hostname="shop.example", root_page=Site.objects.get(is_default_site=True).root_page)
    kind = ContentType.objects.get_for_model(Site)
    return {"site": site, "source_type": kind, "source_id": "7", "source_title": "Shop", "block_path": "body.1"}


def look(first=9, last=0, **narrow):
    return totals(day(first), day(last), **{"mode": "simulator", **narrow})


def assert_right(**narrow):
    assert as_added_up(look(**narrow)) == added_up(day(9), day(0), **narrow)


def kept_days():
    return set(KhaltiSnapshot.objects.filter(is_current=True).values_list("day", flat=True))


def test_of_no_payments_at_all():
    found = look(2)

    assert found.by_day == {day(2): Sums(), day(1): Sums(), day(0): Sums()}
    assert (found.by_dimension, found.all, found.median_time_to_pay) == ([], Sums(), None)


def test_days_the_wrong_way_round_are_no_days():
    began(at(1), took=MINUTE)

    assert look(0, 3).by_day == {}


def test_what_began_and_what_moved_on_each_day():
    began(at(3, "23:50"), took=20 * MINUTE, fee=3_000, status="partially_refunded", refunds=[(at(1), 50_000)])
    began(at(3), status="canceled")
    began(at(3), status="created", initiated_at=None)

    found = look()

    assert found.by_day[day(3)] == Sums(started=3, sent=2, paid=1, canceled=1)
    assert found.by_day[day(2)] == Sums(payments=1, gross=150_000, fee=3_000)
    assert found.by_day[day(1)] == Sums(refund_count=1, refunded=50_000)
    assert (found.all.waiting, found.all.net) == (1, 97_000)
    assert_right()


@pytest.mark.parametrize("clock", ["00:00:00", "05:44:59.999999", "05:45:00", "23:59:59.999999"])
def test_a_day_is_one_of_kathmandu_whoever_looks(clock):
    began(at(4, clock), took=MINUTE)

    with timezone.override("America/New_York"):
        assert look().by_day[day(4)].started == 1


def test_without_time_zones(settings):
    settings.USE_TZ = False
    began(at(4, "23:59"), took=2 * MINUTE)

    for _look in range(2):
        assert look().by_day[day(4)].started == look().by_day[day(3)].payments == 1


def test_each_mode_merchant_and_site_for_itself(shop):
    began(at(2), took=MINUTE, **shop)
    began(at(2), took=MINUTE, mode="live")
    began(at(2), took=MINUTE, merchant="other", refunds=[(at(1), 500)])

    for narrow in ({"mode": "live"}, {"mode": "sandbox"}, {"merchant": "other"}, {"sites": [shop["site"].pk]}, {}):
        assert_right(**narrow)
    assert look(sites=[]).all == Sums()
    assert look(sites=[shop["site"].pk]).all.started == 1


def test_largest_dimensions_come_first_under_their_latest_title(shop):
    began(at(3), took=MINUTE, **{**shop, "source_title": "Zebras"})
    began(at(2), took=MINUTE, **{**shop, "source_title": "Apples"})
    began(at(2), took=MINUTE)

    first, second = look().by_dimension

    assert (first.source_title, first.sums.gross, second.source_title) == ("Apples", 300_000, "")


def test_places_that_differ_in_the_case_of_a_letter_are_two(shop):
    began(at(2), took=MINUTE, **{**shop, "source_id": "a"})
    began(at(2), took=MINUTE, **{**shop, "source_id": "A"})

    assert len(look().by_dimension) == len(look().by_dimension) == 2
    assert_right()


@pytest.mark.parametrize("last", [0, 1])
def test_half_of_those_who_paid_needed_no_longer(last):
    for seconds in (8, 61, 65, 3 * 3600):
        began(at(1), took=timedelta(seconds=seconds))
    began(at(1))

    assert look(last=last).median_time_to_pay == timedelta(seconds=65)  # the middle of the step from 60 to 70


def test_steps_are_fine_where_most_payments_are():
    assert [bucket_of(s) for s in (-5, 0, 9, 10, 599, 600, 659, 3599, 3600, 90_000)] == [
        0, 0, 0, 10, 590, 600, 600, 3540, 3600, 90_000,
    ]  # fmt: skip
    assert all(bucket_of(int(middle_of(bucket_of(s)))) == bucket_of(s) for s in range(0, 20_000, 7))


def test_a_day_that_is_over_is_counted_once(shop):
    began(at(3), took=MINUTE, **shop)
    first = look()

    with CaptureQueriesContext(connection) as queries:
        second = look()

    assert first == second
    assert kept_days() == {day(3), day(2), day(1)}
    counting = [query["sql"] for query in queries if "day_number" in query["sql"]]
    assert len(counting) == 4  # of today


def test_a_day_that_is_just_over_is_not_kept_yet():
    with time_machine.travel(at(0, "00:30")):
        began(at(2), took=MINUTE)
        look()

        assert kept_days() == {day(2)}
        assert look().by_day[day(2)].payments == 1


def test_the_number_of_questions_does_not_grow(shop):
    began(at(9), took=MINUTE)
    look()
    with CaptureQueriesContext(connection) as few:
        look()
    for days_ago in range(9):
        for number in range(5):
            began(at(days_ago), took=MINUTE, **{**shop, "source_id": str(number)})
    KhaltiSnapshot.objects.all().delete()
    look()

    with CaptureQueriesContext(connection) as many:
        look()

    assert len(many) == len(few) <= 14


def pay_late(khalti, payment):
    khalti.pay(payment)
    check_payment(payment)


def run_out(khalti, payment):
    khalti.expire(payment)
    check_payment(payment)


def give_back(khalti, payment):
    pay_late(khalti, payment)
    record_refund(payment, 5_000, method=Method.CASH)


@pytest.mark.parametrize("happens", [pay_late, run_out, give_back])
def test_what_happens_to_an_old_payment_counts_at_once(khalti, happens):
    with time_machine.travel(at(3), tick=True):
        payment = start_payment(150_000, purpose="Membership", base_url="http://testserver")
    assert look().by_day[day(3)] == Sums(started=1, sent=1)

    happens(khalti, payment)

    assert_right()
    assert look().all.waiting == 0


def test_a_refund_of_yesterdays_payment_found_at_khalti(khalti):
    with time_machine.travel(at(3), tick=True):
        payment = start_payment(150_000, purpose="Membership", base_url="http://testserver")
        pay_late(khalti, payment)
    look()
    khalti.refund_in_dashboard(payment)

    check_payment(payment)

    assert look().by_day[day(0)] == Sums(refund_count=1, refunded=150_000)
    assert_right()


def test_a_payment_that_khalti_refuses_on_the_next_day(khalti):
    payment = began(at(3), status="created", initiated_at=None, pidx=None)
    assert look().by_day[day(3)].waiting == 1
    khalti.answer("initiate", {"amount": ["Too small."], "error_key": "validation_error"}, status=400)
    with pytest.raises(GatewayError):
        initiate_payment(payment)

    assert look().by_day[day(3)].failed == 1


def test_the_usual_payment_asks_nothing_more(khalti):
    with CaptureQueriesContext(connection) as queries:
        payment = start_payment(150_000, purpose="Membership", base_url="http://testserver")
        pay_late(khalti, payment)

    assert not [query for query in queries if "counted" in query["sql"]]


def test_a_day_is_one_of_nepal_whatever_the_sites_time_zone(settings):
    settings.TIME_ZONE = "UTC"
    began(at(3, "00:30"), took=MINUTE)

    for _look in range(2):
        assert look().by_day[day(3)].started == look().all.started == 1


def test_where_times_have_no_zone_another_one_counts_anew(settings):
    settings.USE_TZ = False
    began(at(3, "20:00"), took=MINUTE)
    assert look().by_day[day(3)].started == 1

    settings.TIME_ZONE = "UTC"  # 20:00 is 01:45 in Nepal now, except where the database knows the moment itself

    assert look().by_day[day(3 if connection.vendor == "postgresql" else 2)].started == 1


def test_of_a_site_that_is_deleted(shop):
    began(at(3), took=MINUTE, **shop)
    began(at(3), took=MINUTE, **{**shop, "site": None})
    look()

    shop["site"].delete()

    assert look().by_dimension[0].sums.gross == 300_000
    assert_right()


def test_reconcile_keeps_the_latest_days_and_a_few_at_a_time(monkeypatch):
    began(at(9), took=MINUTE)
    monkeypatch.setattr(snapshots, "MAX_DAYS_PER_RUN", 2)

    reconcile()
    assert kept_days() == {day(2), day(1)}
    reconcile()

    assert kept_days() == {day(4), day(3), day(2), day(1)}


def test_reconcile_that_has_no_time_left_keeps_nothing():
    began(at(9), took=MINUTE)

    assert reconcile(is_stopping=lambda: True).broken == 0

    assert kept_days() == set()


class Killed(BaseException):
    """Like a signal: nothing catches it."""


@pytest.mark.heavy
@pytest.mark.django_db(transaction=True)
def test_killed_after_any_statement_it_is_right_afterwards():
    """Also where a payment changes then."""
    statements = 0
    while True:
        KhaltiDailyTotal.objects.all().delete()
        KhaltiSnapshot.objects.all().delete()
        KhaltiPayment.objects.all()._raw_delete("default")
        payment = began(at(3), took=None)
        began(at(2), took=MINUTE)
        try:
            with connection.execute_wrapper(killing_after(statements)):
                snapshots.save_snapshots([day(3), day(2), day(1)])
        except Killed:
            connection.close()  # as the database sees it
        else:
            break
        apply_lookup(payment, answer_for(payment, "Expired"), requested_at=timezone.now())
        assert_right()
        QuerySet(model=KhaltiEvent).delete()
        KhaltiDelivery.objects.all().delete()
        statements += 1
    assert statements >= 10
    assert_right()


def killing_after(statements):
    left = [statements]

    def execute(execute, sql, params, many, context):
        result = execute(sql, params, many, context)
        if left[0] == 0:
            raise Killed
        left[0] -= 1
        return result

    return execute


def answer_for(payment, status):
    return Lookup(
        pidx=payment.pidx,
        status=status,
        amount=payment.amount,
        transaction_id="T1",
        fee=30,
        refunded=False,
        raw={"status": status},
    )


@pytest.mark.django_db(transaction=True)
def test_inside_a_transaction_it_is_right_and_keeps_nothing():
    began(at(3), took=MINUTE)

    with transaction.atomic():
        assert_right()

    assert kept_days() == set()
    assert_right()
    assert len(kept_days()) == 3


@pytest.mark.django_db(transaction=True)
def test_in_a_database_that_can_only_be_read_it_is_right(caplog):
    began(at(3), took=MINUTE)

    def refuse(execute, sql, params, many, context):
        if sql.startswith(("INSERT", "UPDATE", "DELETE")):
            raise OperationalError("attempt to write a readonly database")
        return execute(sql, params, many, context)

    with connection.execute_wrapper(refuse):
        assert_right()

    assert "could not be saved" in caplog.text


MOMENTS = st.tuples(st.integers(0, 6), st.sampled_from(["00:00", "00:30", "05:50", "12:00", "23:59:59"]))
PAYMENTS = st.fixed_dictionaries(
    {
        "moment": MOMENTS,
        "status": st.sampled_from(["created", "initiated", "pending", "canceled", "expired", "failed", "completed"]),
        "took": st.integers(1, 3 * 24 * 60),
        "amount": st.integers(1_000, 10**9),
        "fee": st.none() | st.integers(0, 3_000),
        "source_id": st.sampled_from(["", "1", "a", "A"]),
        "block_path": st.sampled_from(["", "body.1"]),
        "mode": st.sampled_from(["simulator", "simulator", "live"]),
        "refund": st.none() | MOMENTS,
    }
)
LATE = st.tuples(st.integers(0, 30), st.sampled_from(["Completed", "Expired", "User canceled", "Pending", "Refunded"]))


def written(told):
    told = dict(told)
    moment, took, refund = at(*told.pop("moment")), told.pop("took"), told.pop("refund")
    is_paid = told["status"] == "completed"
    refunds = [(max(moment, at(*refund)), 700)] if is_paid and refund else []
    return began(moment, took=took * MINUTE if is_paid else None, refunds=refunds, **told)


def forget():
    QuerySet(model=KhaltiEvent).delete()
    for model in (KhaltiDelivery, KhaltiIssue, KhaltiRefund, KhaltiPayment, KhaltiSnapshot, KhaltiDailyTotal):
        model._base_manager.all()._raw_delete("default")


@pytest.mark.heavy
@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(history=st.lists(PAYMENTS, max_size=8), late=st.lists(LATE, max_size=5), between=st.booleans())
def test_any_history_and_what_becomes_of_it_later(history, late, between):
    forget()
    payments = [written(told) for told in history]
    assert_right()
    assert_right(mode="live")
    for place, status in late:
        if payments:
            payment = KhaltiPayment.objects.get(pk=payments[place % len(payments)].pk)
            apply_lookup(payment, answer_for(payment, status), requested_at=timezone.now())
            if between:
                assert_right()

    assert_right()
    assert_right(mode="live")
    assert_right(merchant="default")
