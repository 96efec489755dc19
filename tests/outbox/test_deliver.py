"""The site's code hears what happened: exactly once for its work in the database."""

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import IntegrityError, OperationalError, connection, transaction
from django.db.models import F
from django.utils import timezone

from tests.payments import end_the_pause, event_types, kinds
from tests.shop.models import Order
from wagtail_khalti.actions import check_payment, start_payment
from wagtail_khalti.models import KhaltiDelivery, KhaltiEvent, KhaltiIssue, KhaltiPayment
from wagtail_khalti.outbox.deliver import deliver

pytestmark = [pytest.mark.every_database, pytest.mark.django_db]


@pytest.fixture
def order(db):
    return Order.objects.create()


@pytest.fixture
def payment(khalti, order):
    """An order of Rs 1,500 that its visitor has paid at Khalti; the site does not know yet."""
    payment = start_payment(150_000, purpose="Order", payable=order, base_url="http://testserver")
    khalti.pay(payment)
    return payment


def mark_as_paid(*, payment, **kwargs):
    Order.objects.filter(pk=payment.payable_id).update(times_paid=F("times_paid") + 1)


def times_paid(order):
    return Order.objects.get(pk=order.pk).times_paid


def undelivered():
    return KhaltiDelivery.objects.filter(delivered_at=None)


def test_the_site_hears_it_once_however_often_it_is_checked(payment, order, on):
    on("completed", mark_as_paid)

    for _time in range(3):
        check_payment(payment)
        deliver(payment)

    assert times_paid(order) == 1
    delivery = payment.deliveries.get()
    assert (delivery.event_type, delivery.attempts, delivery.last_error) == ("completed", 1, "")
    assert delivery.delivered_at is not None


def test_the_sender_and_the_payment_are_named(payment, on):
    calls = []
    on("completed", lambda **kwargs: calls.append(kwargs))

    check_payment(payment)

    ((call,),) = [calls]
    assert call["sender"] is KhaltiPayment
    assert call["payment"] == payment


def test_without_receivers_the_news_is_delivered_to_nobody(payment):
    check_payment(payment)

    assert not undelivered().exists()


def test_a_receivers_own_question_finds_the_payment_paid(payment, on):
    seen = []
    on("completed", lambda *, payment, **kwargs: seen.append(KhaltiPayment.objects.get(pk=payment.pk)))

    check_payment(payment)

    (found,) = seen
    assert found.is_paid
    assert found.completed_at is not None
    assert found.events.filter(kind="status_changed").exists()


def test_a_raising_receivers_work_is_undone_and_redone_later(payment, order, on, caplog):
    broken = [True]

    def receiver(*, payment, **kwargs):
        mark_as_paid(payment=payment)
        if broken:
            raise LookupError("no stock for Sita, 9800000001")

    on("completed", receiver)
    check_payment(payment)

    payment.refresh_from_db()
    assert payment.status == "completed", "Khalti was paid, whatever the site's code does"
    assert times_paid(order) == 0
    delivery = payment.deliveries.get()
    assert (delivery.delivered_at, delivery.attempts, delivery.last_error) == (None, 1, "LookupError")
    assert payment.events.get(kind="delivery_failed").data == {"event_type": "completed", "error": "LookupError"}
    assert "no stock" in caplog.text, "the log has the whole traceback"
    assert "Sita" not in str(list(payment.events.values())), "and the history only its kind"

    broken.clear()
    end_the_pause()
    check_payment(payment)

    assert times_paid(order) == 1
    delivery.refresh_from_db()
    assert delivery.delivered_at is not None
    assert delivery.attempts == 2


def test_one_receiver_that_raises_undoes_the_work_of_the_others(payment, order, on):
    def raises(**kwargs):
        raise ValueError

    on("completed", mark_as_paid)
    on("completed", raises)

    check_payment(payment)

    assert times_paid(order) == 0
    assert undelivered().count() == 1


def test_a_receiver_that_breaks_a_constraint_is_like_any_other(payment, order, on):
    def receiver(*, payment, **kwargs):
        mark_as_paid(payment=payment)
        KhaltiPayment.objects.create(amount=-1)

    on("completed", receiver)

    check_payment(payment)

    assert times_paid(order) == 0
    assert payment.deliveries.get().last_error == "IntegrityError"


@pytest.mark.django_db(transaction=True)
def test_a_deferred_constraint_error_is_visible_too(payment, order, on):
    def receiver(*, payment, **kwargs):
        mark_as_paid(payment=payment)
        KhaltiEvent.objects.create(payment_id=10**9, kind="created", at=payment.created_at, actor="system")

    on("completed", receiver)

    check_payment(payment)

    assert payment.status == "completed"
    assert times_paid(order) == 0
    delivery = payment.deliveries.get()
    assert (delivery.delivered_at, delivery.attempts, delivery.last_error) == (None, 1, "IntegrityError")
    assert "delivery_failed" in kinds(payment)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("error", [ValueError, IntegrityError])
def test_failing_work_after_the_commit_is_only_logged(payment, order, on, caplog, error):
    def fails():
        raise error("no such printer")

    def receiver(*, payment, **kwargs):
        mark_as_paid(payment=payment)
        transaction.on_commit(fails)

    on("completed", receiver)

    check_payment(payment)
    check_payment(payment)

    assert times_paid(order) == 1
    delivery = payment.deliveries.get()
    assert delivery.delivered_at is not None
    assert delivery.attempts == 1
    assert "no such printer" in caplog.text


@pytest.mark.django_db(transaction=True)
def test_a_receiver_that_swallows_a_database_error_is_undone(payment, order, on):
    def receiver(*, payment, **kwargs):
        mark_as_paid(payment=payment)
        try:
            KhaltiPayment.objects.create(amount=-1)
        except IntegrityError:
            return

    on("completed", receiver)

    check_payment(payment)

    assert times_paid(order) == 0
    delivery = payment.deliveries.get()
    assert (delivery.delivered_at, delivery.attempts) == (None, 1)
    assert delivery.last_error == "TransactionManagementError"
    assert payment.status == "completed"


@pytest.mark.django_db(transaction=True)
def test_a_receiver_that_asks_for_a_rollback_is_called_again(payment, order, on):
    calls = []

    def receiver(*, payment, **kwargs):
        calls.append(mark_as_paid(payment=payment))
        transaction.set_rollback(len(calls) == 1)

    on("completed", receiver)

    check_payment(payment)
    assert (times_paid(order), undelivered().count()) == (0, 1)

    end_the_pause()
    check_payment(payment)
    assert (times_paid(order), undelivered().count()) == (1, 0)


@pytest.mark.django_db(transaction=True)
def test_a_kill_in_a_receiver_leaves_the_event_undelivered(payment, order, on):
    def receiver(*, payment, **kwargs):
        mark_as_paid(payment=payment)
        raise SystemExit

    on("completed", receiver)

    with pytest.raises(SystemExit):
        check_payment(payment)

    assert KhaltiPayment.objects.get().status == "completed"
    assert times_paid(order) == 0
    assert undelivered().count() == 1


@pytest.mark.django_db(transaction=True)
def test_the_fact_is_committed_before_the_site_hears_of_it(payment, on):
    """Nothing that a receiver does can undo it: it runs in a transaction that begins after the commit."""
    depths = []
    on("completed", lambda **kwargs: depths.append(len(connection.atomic_blocks)))

    def raises(**kwargs):
        raise ValueError

    on("completed", raises)

    check_payment(payment)

    assert depths == [1]
    assert KhaltiPayment.objects.get().status == "completed"


def test_a_busy_database_delays_the_event_and_nothing_else(payment, order, on, caplog):
    on("completed", mark_as_paid)

    def busy(execute, sql, params, many, context):
        if sql.startswith("UPDATE") and KhaltiDelivery._meta.db_table in sql:
            raise OperationalError("database is locked")
        return execute(sql, params, many, context)

    with connection.execute_wrapper(busy):
        check_payment(payment)

    assert KhaltiPayment.objects.get().status == "completed"
    assert (times_paid(order), undelivered().count()) == (0, 1)
    assert "database is locked" in caplog.text

    end_the_pause(payment=payment)
    check_payment(payment)
    assert (times_paid(order), undelivered().count()) == (1, 0)


def test_news_is_told_in_the_order_in_which_it_happened(khalti, payment, heard):
    khalti.answer_lookup(payment, status="Expired", http_status=400)
    khalti.answer_lookup(payment)
    khalti.answer_lookup(payment, status="Partially Refunded")
    khalti.answer_lookup(payment, status="Refunded", refunded=True)
    for _time in range(4):
        check_payment(payment)

    late, amount_to_enter = "needs_attention", "needs_attention"
    assert [event_type for event_type, _reference in heard] == ["ended", "completed", late, amount_to_enter, "refunded"]


def test_later_news_waits_for_earlier_news_that_failed(khalti, payment, heard, on):
    broken = [True]

    def receiver(**kwargs):
        if broken:
            raise ValueError

    on("completed", receiver)
    check_payment(payment)
    heard.clear()
    khalti.refund_in_dashboard(payment)

    check_payment(payment)
    assert heard == []  # its pause is not over, and nothing overtakes it
    end_the_pause()
    check_payment(payment)
    assert [event_type for event_type, _reference in heard] == ["completed"]  # tried, and failed again
    assert event_types(payment) == ["completed", "refunded"]

    broken.clear()
    heard.clear()
    end_the_pause()
    check_payment(payment)
    assert [event_type for event_type, _reference in heard] == ["completed", "refunded"]


def test_a_matter_for_a_person_is_told_once(khalti, payment, heard):
    khalti.answer_lookup(payment, total_amount=1, times=3)

    for _time in range(3):
        check_payment(payment)

    assert heard == [("needs_attention", payment.reference)]


@pytest.mark.django_db(transaction=True)
def test_a_receiver_cannot_call_khalti_inside_its_transaction(payment, on):
    on("completed", lambda *, payment, **kwargs: check_payment(payment))

    check_payment(payment)

    assert payment.deliveries.get().last_error == "RuntimeError"


@pytest.mark.django_db(transaction=True)
def test_a_receiver_can_ask_khalti_after_its_transaction(payment, on):
    on("completed", lambda *, payment, **kwargs: transaction.on_commit(lambda: check_payment(payment)))

    check_payment(payment)

    assert not undelivered().exists()
    assert kinds(payment).count("looked_up") == 2


@pytest.mark.django_db(transaction=True)
def test_delivering_inside_a_transaction_is_refused(payment):
    KhaltiDelivery.objects.create(payment=payment, event_type="completed")

    with pytest.raises(RuntimeError, match=r"deliver\(\) .* inside a transaction"), transaction.atomic():
        deliver(payment)

    assert undelivered().count() == 1


def test_news_behind_other_news_is_anybodys_again(khalti, make_payment, heard, monkeypatch):
    """Somebody who found the end of the payment is still telling it when the money comes."""
    payment = make_payment()
    khalti.answer_lookup(payment, status="Expired")
    with monkeypatch.context() as somebody:
        somebody.setattr("wagtail_khalti.actions.check.deliver", lambda payment: None)
        check_payment(payment)
    khalti.pay(payment)
    check_payment(payment)
    assert heard == []

    payment.deliveries.filter(event_type="ended").update(delivered_at=timezone.now())
    check_payment(payment)

    assert [event_type for event_type, _reference in heard] == ["completed", "needs_attention"]


def test_it_hears_of_the_payment_as_it_is_stored_by_then(khalti, payment, line, on):
    """Something else of it was changed while Khalti was asked."""
    purposes = []
    on("completed", lambda *, payment, **kwargs: purposes.append(payment.purpose))
    line.after["lookup"] = lambda: KhaltiPayment.objects.update(purpose="Renamed meanwhile")

    asked = check_payment(payment)

    assert asked.purpose == "Order", "the control: what was asked with is not read again"
    assert purposes == ["Renamed meanwhile"]


# What the site's code can't see.


@pytest.mark.parametrize("mode", ["live", "sandbox", "simulator"])
def test_it_says_whether_money_moved(payment, on, mode):
    KhaltiPayment.objects.update(mode=mode)
    said = []
    on("completed", lambda **about: said.append(about["is_test"]))
    KhaltiDelivery.objects.create(payment=payment, event_type="completed")

    deliver(payment)

    assert said == [mode != "live"]


def test_money_for_what_was_deleted_is_an_issue(payment, order, heard):
    order.delete()

    check_payment(payment)

    issue = payment.issues.get()
    assert issue.kind == KhaltiIssue.Kind.PAYABLE_DELETED
    assert "Rs\xa01,500 was paid for an item that had been deleted" in issue.sentence
    assert heard == [("completed", payment.reference), ("needs_attention", payment.reference)]


def test_money_for_what_a_receiver_deletes_is_none(payment, on):
    on("completed", lambda payment, **about: payment.payable.delete())

    check_payment(payment)

    assert not payment.issues.exists()


def test_money_for_what_is_there_is_none(payment, order):
    check_payment(payment)

    assert not payment.issues.exists()


def test_also_where_the_whole_model_is_gone(payment, heard):
    ContentType.objects.filter(model="order").update(model="gone")
    ContentType.objects.clear_cache()

    check_payment(payment)

    assert payment.issues.get().kind == KhaltiIssue.Kind.PAYABLE_DELETED
    ContentType.objects.clear_cache()
