"""The embedded default, seen from inside; ``tests/workers/test_page_views.py`` shows it in real servers."""

import threading

import pytest
from django.db import transaction
from django.http import HttpRequest
from django.urls import clear_script_prefix, reverse, set_script_prefix
from wagtail.test.utils import WagtailTestUtils

from tests.payments import listening
from wagtail_khalti import embedded
from wagtail_khalti.actions import start_payment
from wagtail_khalti.models import KhaltiPayment, KhaltiRun

pytestmark = pytest.mark.every_database

CHECKOUT = "/khalti/checkout/a-link-that-is-none/"

transactional = pytest.mark.django_db(transaction=True)


def view_a_page():
    """As far as it matters here: a view marks its request, and Django closes it when the answer is out."""
    request = HttpRequest()
    embedded.reconcile_after_response(request)
    request.close()


@pytest.fixture
def hand(settings, monkeypatch):
    """As if the process had just started."""
    settings.WAGTAIL_KHALTI = {**settings.WAGTAIL_KHALTI, "RECONCILE_EVERY": 3600}
    hand = embedded._BackgroundRun()
    monkeypatch.setattr(embedded, "_background_run", hand)
    yield hand
    hand.wait()


@pytest.fixture
def paid(khalti):
    """A payment that its visitor has made, and never came back from."""
    payment = start_payment(150_000, purpose="Order", base_url="http://testserver")
    khalti.pay(payment)
    KhaltiPayment.objects.update(next_check_at=payment.created_at)
    return payment


@pytest.fixture
def admin(client):
    user = WagtailTestUtils.create_superuser("admin", password="admin")
    client.force_login(user)
    return client


@transactional
def test_a_page_of_the_admin_moves_it_on(hand, paid, admin):
    assert admin.get(reverse("wagtailadmin_account")).status_code == 200
    hand.wait()

    paid.refresh_from_db()
    assert paid.status == "completed"
    assert [run.work for run in KhaltiRun.objects.all()] == ["reconcile"], "and counts for no schedule"


@transactional
def test_a_return_from_khalti_moves_others_on(hand, paid, khalti, client):
    mine = start_payment(10_000, purpose="Order", base_url="http://testserver")

    client.get(khalti.return_path(mine))
    hand.wait()

    paid.refresh_from_db()
    assert paid.status == "completed"


@transactional
def test_receivers_write_addresses_under_a_sub_path(hand, paid):
    """In a thread of its own, which Django tells nothing of ``FORCE_SCRIPT_NAME``."""
    addresses = []
    set_script_prefix("/shop/")

    with listening("completed", lambda *, payment, **kwargs: addresses.append(payment.get_absolute_url())):
        view_a_page()
        clear_script_prefix()
        hand.wait()

    assert addresses == [f"/shop/khalti/payments/{paid.reference}/"]


@transactional
def test_what_goes_wrong_is_in_the_log_and_nowhere_else(hand, paid, client, monkeypatch, caplog):
    def breaks(**options):
        raise ZeroDivisionError

    monkeypatch.setattr(embedded, "reconcile", breaks)

    answer = client.get(CHECKOUT)
    hand.wait()

    assert answer.status_code == 404
    [record] = [record for record in caplog.records if record.name == embedded.__name__]
    assert record.exc_info[0] is ZeroDivisionError


@transactional
def test_a_process_without_free_threads_still_answers(hand, client, monkeypatch, caplog):
    def refuses(self):
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", refuses)

    assert client.get(CHECKOUT).status_code == 404
    assert "can't start new thread" in caplog.text


@transactional
def test_a_run_by_cron_counts_for_the_interval(hand, paid, client):
    KhaltiRun.begin(KhaltiRun.Work.RECONCILE)

    client.get(CHECKOUT)
    hand.wait()

    paid.refresh_from_db()
    assert paid.status == "initiated"


@transactional
def test_a_second_view_costs_no_thread_and_no_question(hand, client, django_assert_num_queries):
    client.get(CHECKOUT)
    hand.wait()
    first = hand._thread

    with django_assert_num_queries(0):
        view_a_page()

    assert hand._thread is first


@transactional
def test_one_thread_at_a_time(hand, settings, monkeypatch):
    settings.WAGTAIL_KHALTI = {**settings.WAGTAIL_KHALTI, "RECONCILE_EVERY": 0.000_001}
    may_end, begun = threading.Event(), []

    def lasts(**options):
        begun.append(threading.current_thread())
        may_end.wait(30)

    monkeypatch.setattr(embedded, "reconcile", lasts)
    for _view in range(20):
        view_a_page()
    may_end.set()
    hand.wait()

    assert len(begun) == 1


@pytest.mark.django_db
def test_a_test_case_of_the_site_is_left_alone(hand, client):
    """No other connection sees what is in its transaction."""
    assert transaction.get_connection().in_atomic_block

    client.get(CHECKOUT)

    assert hand._thread is None


@transactional
def test_a_mark_is_good_for_one_request(hand):
    view_a_page()
    hand.wait()
    first = hand._thread
    hand._not_before = 0.0

    HttpRequest().close()

    assert first is not None
    assert hand._thread is first


@transactional
def test_with_zero_it_is_off(hand, settings, client):
    settings.WAGTAIL_KHALTI = {**settings.WAGTAIL_KHALTI, "RECONCILE_EVERY": 0}

    client.get(CHECKOUT)

    assert hand._thread is None


@transactional
def test_settings_that_make_no_sense_are_the_checks_business(hand, settings, client):
    settings.WAGTAIL_KHALTI = {**settings.WAGTAIL_KHALTI, "RECONCILE_EVERY": "often"}

    view_a_page()

    assert hand._thread is None
