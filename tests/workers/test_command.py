"""``manage.py khalti_reconcile`` in a process of its own: signals, the loop, a terminal."""

import os
import pty
import signal
import subprocess
import sys
from contextlib import suppress
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from tests.workers.processes import PATIENCE, ROOT, Process, environment
from wagtail_khalti.models import KhaltiPayment

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.heavy]

LOOP = ["django", "khalti_reconcile", "--loop", "--concurrency", "2"]

END_OTHER_CONNECTIONS = {
    "postgresql": "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
    "WHERE datname = current_database() AND pid <> pg_backend_pid()",
    "mysql": "SELECT id FROM information_schema.processlist WHERE db = DATABASE() AND id <> CONNECTION_ID()",
}


def statuses():
    return sorted(KhaltiPayment.objects.values_list("status", flat=True))


def claims_run_out():
    """What five minutes do."""
    KhaltiPayment.objects.filter(status="initiated").update(next_check_at=timezone.now(), leased_until=None)


def end_other_connections():
    """What a restart of the database does to those who use it."""
    with connection.cursor() as cursor:
        cursor.execute(END_OTHER_CONNECTIONS[connection.vendor])
        for (number,) in cursor.fetchall() if connection.vendor == "mysql" else []:
            cursor.execute(f"KILL {number}")


in_full = pytest.mark.in_full


@pytest.mark.parametrize("how", [signal.SIGTERM, pytest.param(signal.SIGINT, marks=in_full)])
@pytest.mark.parametrize(
    "command",
    [pytest.param(LOOP, id="loop"), pytest.param([*LOOP[:2], *LOOP[3:]], id="once", marks=in_full)],
)
def test_on_a_signal_it_finishes_what_it_has_in_hand(khalti, pay_many, command, how):
    pay_many(12)
    khalti.lock_payment()

    with Process(command, environment(khalti.url)) as run:
        khalti.wait_for(2)
        run.signal(how)
        khalti.answer()
        assert run.ends() == 0, run.errors

    settled = statuses().count("completed")
    assert 2 <= settled < 12
    assert len(khalti.calls) == settled
    assert "Stopped before everything was done." in run.said
    assert KhaltiPayment.objects.due(timezone.now()).count() == 12 - settled, "the others were given back"


@in_full
def test_a_second_signal_ends_it_at_once(khalti, pay_many):
    pay_many(1)
    khalti.lock_payment()

    with Process(LOOP, environment(khalti.url)) as run:
        khalti.wait_for(1)
        run.signal(signal.SIGTERM)
        while not run.ends_within(0.1):
            run.signal(signal.SIGTERM)
        assert run.ends() == -signal.SIGTERM

    assert statuses() == ["initiated"]


@in_full
def test_the_loop_sleeps_until_something_is_due(khalti, pay_many):
    pay_many(2)
    second = KhaltiPayment.objects.filter(pk=KhaltiPayment.objects.last().pk)
    second.update(next_check_at=timezone.now() + timedelta(hours=1))
    khalti.lock_payment()

    with Process([*LOOP, "--interval", "3600"], environment(khalti.url)) as run:
        khalti.wait_for(1)
        soon = timezone.now() + timedelta(seconds=4)
        second.update(next_check_at=soon)
        khalti.answer()
        lines = [run.line(), run.line()]
        woke_at = timezone.now()
        run.signal(signal.SIGTERM)
        assert run.ends() == 0, run.errors

    assert [line[: len("Asked Khalti about 1 payment")] for line in lines] == ["Asked Khalti about 1 payment"] * 2
    assert soon <= woke_at
    assert statuses() == ["completed"] * 2


@pytest.mark.every_database
@pytest.mark.skipif("connection.vendor == 'sqlite'", reason="SQLite is no server that could be restarted")
def test_the_loop_survives_a_restart_of_the_database(khalti, pay_many):
    pay_many(2)
    khalti.lock_payment()

    with Process([*LOOP, "--interval", "1"], environment(khalti.url)) as run:
        khalti.wait_for(2)
        end_other_connections()
        khalti.answer()
        khalti.wait_for_calls(2)
        while statuses() != ["completed"] * 2:
            claims_run_out()
            run.line()
        run.signal(signal.SIGTERM)
        assert run.ends() == 0, run.errors

    assert statuses() == ["completed"] * 2


@in_full
def test_a_terminal_sees_how_far_it_is(khalti, pay_many):
    pay_many(3)
    ours, theirs = pty.openpty()
    command = [sys.executable, "-W", "ignore", "-m", "django", "khalti_reconcile"]
    env = environment(khalti.url, columns="120")

    with subprocess.Popen(command, cwd=ROOT, env=env, stdout=theirs, stderr=theirs, stdin=theirs) as run:
        os.close(theirs)
        shown = read_all(ours)
        assert run.wait(PATIENCE) == 0

    assert " of 3, " in shown
    assert "[█" in shown or "[·" in shown
    assert shown.rstrip().splitlines()[-1].endswith(" s.")


def read_all(terminal):
    shown = b""
    with suppress(OSError):  # how a terminal says that nobody speaks any more
        while chunk := os.read(terminal, 4096):
            shown += chunk
    os.close(terminal)
    return shown.decode()
