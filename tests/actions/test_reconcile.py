"""The site finds out by itself."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.contrib.auth import get_user_model
from django.db import transaction

from tests.payments import kinds, make_due
from wagtail_khalti.actions import check_payment, reconcile
from wagtail_khalti.lookups import batch
from wagtail_khalti.lookups.leases import lease_payment
from wagtail_khalti.models import KhaltiDelivery, KhaltiPayment, KhaltiRun
from wagtail_khalti.models.status import Status

pytestmark = [pytest.mark.every_database, pytest.mark.django_db]


def status_of(payment):
    return KhaltiPayment.objects.get(pk=payment.pk).status


def test_a_visitor_who_never_came_back_has_paid_all_the_same(khalti, payment, heard):
    khalti.pay(payment)
    make_due(pk=payment.pk)

    done = reconcile()

    payment.refresh_from_db()
    assert payment.status == Status.COMPLETED
    assert heard == [("completed", payment.reference)]
    assert (done.answered, done.moved, done.unanswered) == (1, 1, 0)


def test_nothing_is_asked_before_it_is_due(khalti, payment):
    khalti.pay(payment)

    assert reconcile().looked_up == 0
    assert khalti.calls("lookup") == 0


def test_what_is_still_undecided_is_due_again_later(khalti, payment):
    make_due()

    done = reconcile()

    assert (done.answered, done.moved) == (1, 0)
    assert reconcile().looked_up == 0


@pytest.mark.parametrize(
    ("partial", "status", "event_type"),
    [(True, "partially_refunded", "needs_attention"), (False, "refunded", "refunded")],
)
def test_money_given_back_in_khaltis_dashboard_is_noticed(khalti, payment, heard, partial, status, event_type):
    """How much a part was only a person can say; the site hears of it then."""
    khalti.pay(payment)
    check_payment(payment)
    khalti.refund_in_dashboard(payment, partial=partial)
    assert reconcile().looked_up == 0, "not before its day"
    make_due()

    reconcile()

    assert status_of(payment) == status
    assert [told for told, _reference in heard] == ["completed", event_type]


def test_what_is_wholly_given_back_is_never_due_again(khalti, payment):
    khalti.pay(payment)
    khalti.refund_in_dashboard(payment)
    make_due()

    reconcile()

    payment.refresh_from_db()
    assert (payment.status, payment.next_check_at) == ("refunded", None)


@pytest.mark.django_db(transaction=True)
def test_many_questions_at_a_time(khalti, make_payment):
    for _number in range(30):
        khalti.pay(make_payment())
    make_due()

    done = reconcile(concurrency=4)

    assert (done.answered, done.moved) == (30, 30)
    assert khalti.calls("lookup") == 30


def test_a_run_is_on_record(khalti, payment):
    make_due()

    done = reconcile()

    run = KhaltiRun.objects.get(work="reconcile")
    assert (run.work, run.summary | {"seconds": None}) == ("reconcile", done.as_json() | {"seconds": None})
    assert 0 < run.summary["seconds"] <= done.seconds
    assert run.begun_at <= run.finished_at
    assert (run.summary["answered"], run.summary["is_cut_short"]) == (1, False)


def test_progress_is_told_after_each_answer(khalti, make_payment):
    for _number in range(3):
        make_payment()
    make_due()
    seen = []

    reconcile(on_progress=lambda done: seen.append(done.answered))

    assert seen == [1, 2, 3]


@pytest.mark.django_db(transaction=True)
def test_it_is_refused_inside_a_transaction(khalti, payment):
    make_due()

    with pytest.raises(RuntimeError, match=r"reconcile\(\) .* inside a transaction"), transaction.atomic():
        reconcile()

    assert khalti.calls("lookup") == 0
    assert not KhaltiRun.objects.exists()


def test_a_payment_that_breaks_our_code_does_not_stop_the_run(khalti, make_payment, caplog):
    broken, sound = make_payment(), make_payment()
    khalti.pay(sound)
    khalti.expire(broken)
    make_due()
    make_due(pk=broken.pk)
    KhaltiPayment.objects.filter(pk=broken.pk).update(status="expired", ended_at=None)  # which no code of ours does

    done = reconcile()

    assert (done.broken, done.answered) == (1, 1)
    assert status_of(sound) == "completed"
    assert f"Payment {broken.reference} could not be processed" in caplog.text
    assert reconcile().broken == 0, "its turn comes again when its claim is over"


def test_a_person_who_begins_it_is_on_the_record(khalti, payment):
    cashier = get_user_model().objects.create_user("cashier")
    make_due()

    reconcile(by=cashier)

    assert payment.events.get(kind="looked_up").user == cashier


class TestOneOnly:
    def test_is_asked_about_whenever_it_is_due(self, khalti, payment, make_payment):
        other = make_payment()
        make_due(pk=other.pk)
        khalti.pay(payment)

        done = reconcile(only=payment)

        assert (done.answered, done.moved) == (1, 1)
        assert status_of(payment) == "completed"
        assert "looked_up" not in kinds(other)

    def test_is_left_to_the_run_that_has_it_in_hand(self, khalti, payment):
        lease_payment(payment)

        done = reconcile(only=payment)

        assert (done.leased_elsewhere, done.looked_up) == (1, 0)
        assert khalti.calls("lookup") == 0

    def test_says_when_khalti_did_not_answer(self, khalti, payment):
        khalti.answer("lookup", "", status=503)

        assert reconcile(only=payment).unanswered == 1

    def test_is_not_asked_about_where_khalti_never_heard_of_it(self, khalti, payment, heard):
        KhaltiPayment.objects.update(pidx=None, status="failed")
        KhaltiDelivery.objects.create(payment=payment, event_type="ended")

        done = reconcile(only=KhaltiPayment.objects.get())

        assert (done.looked_up, khalti.calls("lookup")) == (0, 0)
        assert heard == [("ended", payment.reference)]

    @pytest.mark.django_db(transaction=True)
    def test_is_asked_about_also_by_threads_that_are_slow_to_begin(self, khalti, payment, monkeypatch):
        khalti.pay(payment)
        monkeypatch.setattr(batch, "ThreadPoolExecutor", slow_to_begin)

        assert reconcile(only=payment, concurrency=4).answered == 1

        assert status_of(payment) == "completed"


def slow_to_begin(*args):
    return ThreadPoolExecutor(*args, initializer=lambda: time.sleep(0.1))
