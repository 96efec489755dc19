"""The embedded default, in real server processes: page views move due checks on."""

import signal
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager

import pytest
import requests

from tests.shop.models import Order
from tests.workers.backends import workers_on_the_database
from tests.workers.processes import Process, environment
from wagtail_khalti.embedded import CONCURRENCY
from wagtail_khalti.models import KhaltiEvent, KhaltiPayment, KhaltiRun

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.heavy]

CHECKOUT = "/khalti/checkout/a-link-that-is-none/"


class Server(Process):
    """``end`` waits for what it does after its answers."""

    def __enter__(self):
        super().__enter__()
        self.address = self.line()
        return self

    def get(self, path, **options):
        at_once = {"Connection": "close"}  # or the server would wait for the next request before it ends
        return requests.get(self.address + path, headers=at_once, **{"timeout": 30, **options})

    def end(self):
        self.signal(signal.SIGTERM)
        assert self.ends() == 0, self.errors


@contextmanager
def servers(khalti, count=1, **options):
    env = environment(khalti.url, **{"reconcile_every": "3600", **options})
    with ExitStack() as running:
        yield [running.enter_context(Server(["tests.workers.serve"], env)) for _ in range(count)]


def paid_orders():
    return Order.objects.filter(times_paid=1).count()


def test_the_answer_is_out_before_khalti_is_asked(khalti, pay_many):
    pay_many(1)
    khalti.lock_payment()

    with servers(khalti) as [server]:
        assert server.get(CHECKOUT).status_code == 404  # it came, although Khalti has not answered
        khalti.wait_for(1)
        assert paid_orders() == 0
        khalti.answer()
        server.end()

    assert paid_orders() == 1


@pytest.mark.every_version
@pytest.mark.parametrize("kind", ["sync", "gthread"])
def test_gunicorn_answers_first_and_asks_then(khalti, pay_many, kind):
    """As ``tests/asgi`` shows for uvicorn."""
    pay_many(1)
    khalti.lock_payment()

    with Process(["tests.workers.serve_gunicorn", kind], environment(khalti.url, reconcile_every="3600")) as server:
        address = server.line()
        answer = requests.get(address + CHECKOUT, timeout=30)
        khalti.wait_for(1)
        assert (answer.status_code, paid_orders()) == (404, 0)
        khalti.answer()
        assert server.line() == "asked what was due"
        server.signal(signal.SIGTERM)
        assert server.ends() == 0, server.errors

    assert paid_orders() == 1


def test_a_page_that_asks_itself_would_wait(khalti, pay_many):
    """The control: a payment's own page asks Khalti before it answers."""
    pay_many(1)
    khalti.lock_payment()

    with servers(khalti) as [server], pytest.raises(requests.ReadTimeout):
        server.get(KhaltiPayment.objects.get().get_absolute_url(), timeout=1)


def test_many_page_views_in_many_processes_start_one_run(khalti, pay_many):
    pay_many(4 * CONCURRENCY)
    khalti.lock_payment()

    with servers(khalti, 3) as running:
        with ThreadPoolExecutor(12) as visitors:
            answers = list(visitors.map(lambda number: running[number % 3].get(CHECKOUT), range(36)))
        khalti.wait_for(CONCURRENCY)
        waiting = khalti.waiting
        khalti.answer()
        for server in running:
            server.end()

    assert {answer.status_code for answer in answers} == {404}
    assert waiting == CONCURRENCY
    assert paid_orders() == 4 * CONCURRENCY, "it goes on while something is due"


def test_with_no_interval_to_speak_of_they_would_take_many(khalti, pay_many):
    """The control: it is the interval that holds them back."""
    pay_many(4 * CONCURRENCY)
    khalti.lock_payment()

    with servers(khalti, 2, reconcile_every="0.001") as running:
        for server in running:
            server.get(CHECKOUT)
        khalti.wait_for(2 * CONCURRENCY)
        khalti.answer()
        for server in running:
            server.end()


@pytest.mark.in_full
def test_other_pages_do_nothing_of_the_kind(khalti, pay_many):
    pay_many(1)

    with servers(khalti, reconcile_every="0.001") as [server]:
        for path in ["/", "/admin/login/", "/khalti/payments/UNKNOWN/", "/khalti-simulator/"]:
            server.get(path)
        server.end()

    assert khalti.calls == []
    assert not KhaltiRun.objects.exists()


@pytest.mark.in_full
def test_a_khalti_that_is_down_is_nobodys_trouble(khalti, pay_many):
    pay_many(1)
    khalti.is_down = True

    with servers(khalti) as [server]:
        assert server.get(CHECKOUT).status_code == 404
        server.end()
        assert "Traceback" not in server.errors

    assert KhaltiEvent.objects.get().kind == "no_answer"
    assert KhaltiPayment.objects.get().status == "initiated"


@pytest.mark.in_full
def test_where_there_are_workers_it_is_left_to_them(khalti, pay_many):
    pay_many(2 * CONCURRENCY)

    with workers_on_the_database(khalti.url) as workers:
        queue = {"backend": workers.backend, "reconcile_every": "0.001"}
        with servers(khalti, **queue) as [server]:
            server.get(CHECKOUT)
            server.end()
        assert khalti.calls == [], "it is in the queue"

        with servers(khalti, **queue) as [server]:
            server.get(CHECKOUT)
            server.end()
        assert len(khalti.calls) == 2 * CONCURRENCY, "nobody came for it"

        with Process(["django", "db_worker", "--batch", "--no-startup-delay"], workers.env()) as worker:
            assert worker.ends() == 0
    assert paid_orders() == 2 * CONCURRENCY
