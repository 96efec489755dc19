"""A run ends where it was told to, and where Khalti does not answer; what it did not begin is due as before."""

import time

import pytest
from django.utils import timezone

from tests.payments import issues, kinds, make_due
from wagtail_khalti.actions import reconcile
from wagtail_khalti.lookups import batch, run_breaker
from wagtail_khalti.models import KhaltiPayment

pytestmark = pytest.mark.django_db
DOWN = {"body": "", "status": 503}
REFUSED = {"body": {"detail": "Invalid token."}, "status": 401}


@pytest.fixture
def many(make_payment):
    def make(count, **changes):
        payments = [make_payment() for _number in range(count)]
        KhaltiPayment.objects.filter(pk__in=[payment.pk for payment in payments]).update(**changes)
        make_due()
        return payments

    return make


@pytest.fixture
def two_merchants(settings):
    account = {name: settings.WAGTAIL_KHALTI[name] for name in ("MODE", "SECRET_KEY", "API_URL")}
    settings.WAGTAIL_KHALTI = {**settings.WAGTAIL_KHALTI, "MERCHANTS": {"books": account}}


def due():
    return KhaltiPayment.objects.due(timezone.now()).count()


@pytest.mark.parametrize("limit", [0, 1, 3])
@pytest.mark.every_database
def test_at_the_limit(khalti, many, limit):
    many(5)

    done = reconcile(limit=limit)

    assert (done.looked_up, done.is_cut_short, due()) == (limit, True, 5 - limit)


def test_a_limit_that_is_not_reached_cuts_nothing_short(many):
    many(2)

    done = reconcile(limit=3)

    assert (done.looked_up, done.is_cut_short) == (2, False)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("concurrency", [1, 4])
@pytest.mark.every_database
def test_when_it_is_told_to_stop(khalti, many, concurrency):
    many(30)
    seen = []

    done = reconcile(concurrency=concurrency, on_progress=lambda done: seen.append(1), is_stopping=lambda: bool(seen))

    assert done.is_cut_short
    assert 1 <= done.answered < 30
    assert khalti.calls("lookup") == done.answered, "every answer that was asked for is used"
    assert due() == 30 - done.answered, "and what was not asked about is due as before"
    assert not KhaltiPayment.objects.filter(leased_until__gt=timezone.now()).exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.every_database
def test_when_its_time_is_over(khalti, many):
    many(60)
    began = time.monotonic()

    done = reconcile(seconds=0.02, concurrency=2)

    assert time.monotonic() - began < 5
    assert done.is_cut_short
    assert done.looked_up < 60
    assert due() == 60 - done.looked_up


class TestWhereKhaltiIsDown:
    def test_it_stops_asking_and_says_so(self, khalti, many):
        many(run_breaker.MAX_FAILURES + 10)
        khalti.answer("lookup", times=100, **DOWN)

        done = reconcile()

        assert done.unanswered == khalti.calls("lookup") == run_breaker.MAX_FAILURES
        assert done.skipped == {"default": "Khalti answered 503"}
        assert not done.is_cut_short
        assert due() == 10

    def test_a_third_of_bad_answers_is_no_outage(self, khalti, many):
        payments = many(run_breaker.MAX_FAILURES * 3)
        for payment in payments[::3]:
            khalti.answer("lookup", pidx=payment.pidx, **DOWN)

        done = reconcile()

        assert (done.unanswered, done.answered, done.skipped) == (
            run_breaker.MAX_FAILURES,
            run_breaker.MAX_FAILURES * 2,
            {},
        )

    def test_few_requests_for_a_pause_are_enough(self, khalti, many):
        many(run_breaker.MIN_FAILURES + 5)
        khalti.answer("lookup", "", status=429, headers={"Retry-After": "600"}, times=100)

        done = reconcile()

        assert khalti.calls("lookup") == done.unanswered == run_breaker.MIN_FAILURES
        assert done.skipped == {"default": "Khalti answered 429"}
        for asked in KhaltiPayment.objects.exclude(checked_at=None):
            assert (asked.next_check_at - asked.checked_at).total_seconds() == 600

    def test_one_payment_that_khalti_will_not_hear_of_stops_nothing(self, khalti, many):
        """Such as the longest overdue one, with which each run begins."""
        payments = many(run_breaker.MIN_FAILURES + 5)
        khalti.answer("lookup", "", status=429, headers={"Retry-After": "600"}, pidx=payments[0].pidx)
        khalti.answer("lookup", pidx=payments[1].pidx, **REFUSED)

        done = reconcile()

        assert (done.unanswered, done.answered, done.skipped) == (2, run_breaker.MIN_FAILURES + 3, {})

    @pytest.mark.every_database
    def test_another_merchant_is_asked_all_the_same(self, khalti, many, two_merchants):
        refused, others = many(run_breaker.MIN_FAILURES + 2), many(3, merchant="books")
        make_due()
        for payment in refused:
            khalti.answer("lookup", pidx=payment.pidx, **REFUSED)

        done = reconcile()

        assert list(done.skipped) == ["default"]
        assert (done.unanswered, done.answered) == (run_breaker.MIN_FAILURES, 3)
        assert all("looked_up" in kinds(payment) for payment in others)

    def test_nonsense_is_no_answer_either(self, khalti, many):
        many(run_breaker.MAX_FAILURES + 5)
        khalti.answer("lookup", "<html>", times=100)

        done = reconcile()

        assert (done.unanswered, due()) == (run_breaker.MAX_FAILURES, 5)
        assert done.skipped == {"default": "Khalti's response isn't JSON"}

    @pytest.mark.django_db(transaction=True)
    def test_with_many_threads_it_asks_little_more(self, khalti, many):
        many(run_breaker.MAX_FAILURES + 30)
        khalti.answer("lookup", times=100, **DOWN)

        done = reconcile(concurrency=4)

        assert khalti.calls("lookup") == done.unanswered <= run_breaker.MAX_FAILURES + 8
        assert due() == run_breaker.MAX_FAILURES + 30 - done.unanswered


def test_a_merchant_that_is_gone_is_asked_nothing_and_others_are(khalti, many):
    many(3, merchant="gone")
    many(2)

    done = reconcile()

    assert (done.unanswered, done.answered, done.is_cut_short) == (0, 2, False)
    assert khalti.calls("lookup") == 2
    assert due() == 3, "it may come back"


class TestARefusedKey:
    @pytest.mark.every_database
    def test_is_one_issue_for_all_payments_of_the_merchant(self, khalti, many):
        payments = many(3)
        khalti.answer("lookup", times=100, **REFUSED)
        for _time in range(3):
            make_due()
            reconcile()

        assert sorted(issues(payment) for payment in payments) == [[], [], ["key_rejected"]]

    def test_is_an_issue_of_its_own_for_another_merchant(self, khalti, many, two_merchants):
        many(1)
        many(1, merchant="books")
        khalti.answer("lookup", times=100, **REFUSED)

        reconcile()

        assert [issues(payment) for payment in KhaltiPayment.objects.all()] == [["key_rejected"]] * 2

    def test_is_over_when_khalti_takes_the_key_again(self, khalti, many):
        payment, other = many(2)
        khalti.answer("lookup", pidx=payment.pidx, **REFUSED)
        KhaltiPayment.objects.filter(pk=other.pk).update(next_check_at=None)
        reconcile()
        assert issues(payment) == ["key_rejected"]
        make_due(pk=other.pk)

        reconcile()  # of another payment, with the same key

        issue = payment.issues.get()
        assert (issue.is_open, issue.resolution) == (None, "resolved_automatically")

    def test_stays_an_issue_while_only_another_merchant_is_answered(self, khalti, many, two_merchants):
        [payment] = many(1)
        khalti.answer("lookup", pidx=payment.pidx, **REFUSED)
        reconcile()
        many(1, merchant="books")
        KhaltiPayment.objects.filter(pk=payment.pk).update(next_check_at=None)

        assert reconcile().answered == 1

        assert issues(payment) == ["key_rejected"]


@pytest.mark.django_db(transaction=True)
@pytest.mark.every_database
def test_an_error_of_ours_in_the_asking_ends_no_run(khalti, many, monkeypatch):
    payments = many(12)
    attempt = batch.attempt_lookup

    def breaks_once(payment, **options):
        if payment.pk == payments[3].pk:
            raise TypeError("our own")
        return attempt(payment, **options)

    monkeypatch.setattr(batch, "attempt_lookup", breaks_once)

    for concurrency in (1, 4):
        make_due()
        done = reconcile(concurrency=concurrency)
        assert (done.broken, done.answered) == (1, 11)


@pytest.mark.every_database
def test_leftovers_of_another_mode_do_not_come_first(khalti, many):
    left = many(5)
    KhaltiPayment.objects.filter(pk__in=[payment.pk for payment in left]).update(mode="live")
    [paid] = many(1)
    khalti.pay(paid)
    make_due(pk=paid.pk)

    assert reconcile().moved == 1
