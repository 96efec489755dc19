"""``manage.py khalti_doctor``, as an operator and a monitor use it."""

import io
import json
import os
import subprocess
import sys
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone
from django.utils.translation import override

from tests.gateway.conftest import closed_port  # noqa: F401 - a fixture
from wagtail_khalti.actions import check_payment
from wagtail_khalti.doctor import Subject
from wagtail_khalti.gateway import Customer
from wagtail_khalti.models import KhaltiPayment

KEY = "a-key-for-tests"
SITA = Customer(name="Sita Sharma", email="sita@example.com", phone="9800000001")


def doctor(*arguments, out=None):
    """What it says, and its exit code."""
    out = out or io.StringIO()
    code = 0
    try:
        call_command("khalti_doctor", *arguments, stdout=out, no_color=True)
    except SystemExit as stop:
        code = stop.code
    out.seek(0)
    return out.read(), code


@pytest.fixture
def warned(start):
    """Something is due, and reconcile has never run."""
    payment = start(customer=SITA)
    KhaltiPayment.objects.update(next_check_at=timezone.now() - timedelta(minutes=1))
    return payment


@pytest.fixture
def wrong(khalti, start):
    """A live payment without what it must have, of a customer whom nobody may see."""
    payment = start(customer=SITA)
    khalti.pay(payment)
    check_payment(payment)
    KhaltiPayment.objects.update(mode="live", completed_at=None)
    return payment


def test_a_sound_site(khalti):
    text, code = doctor()

    assert code == 0
    assert text.splitlines()[-1] == "No problems found."
    assert [line for line in text.splitlines() if not line.startswith(" ")][:-1] == [
        str(subject.label) for subject in Subject
    ]


def test_a_warning_is_told_with_what_to_do(warned):
    text, code = doctor()

    lines = text.splitlines()
    [place] = [number for number, line in enumerate(lines) if "Reconcile has never run" in line]
    assert lines[place].startswith("  warning  ")
    assert lines[place + 1].startswith("           Run it by cron every minute:")
    assert lines[-1] == "Errors: 0. Warnings: 1."
    assert code == 0


def test_a_warning_counts_where_that_was_asked_for(warned):
    assert doctor("--strict")[1] == 3


@pytest.mark.parametrize("arguments", [[], ["--strict"]])
def test_an_error_is_told_with_examples(wrong, arguments):
    text, code = doctor(*arguments)

    assert f"For example: {wrong.reference}" in text
    assert "  error    " in text
    assert code == 4


def test_json_for_programs(wrong):
    text, code = doctor("--format", "json")

    told = json.loads(text)
    assert (told["result"], code) == ("error", 4)
    [finding] = [one for one in told["findings"] if one["name"] == "paid_without_time"]
    assert finding["level"] == "error"
    assert finding["subject"] == "ledger"
    assert finding["references"] == [wrong.reference]
    assert finding["numbers"] == {"live": 1, "test": 0}


@pytest.mark.parametrize("form", ["text", "json"])
def test_no_key_and_nothing_of_a_customer_is_shown(wrong, settings, form):
    own = settings.WAGTAIL_KHALTI
    settings.WAGTAIL_KHALTI = {**own, "MERCHANTS": {"books": {**own, "SECRET_KEY": "invalid-key"}}}

    text, _code = doctor("--format", form)

    assert "books" in text
    for secret in (KEY, "invalid-key", SITA.name, SITA.email, SITA.phone):
        assert secret not in text


def test_without_the_network(khalti):
    text, _code = doctor("--no-network", "--format", "json")

    assert "khalti" not in {finding["subject"] for finding in json.loads(text)["findings"]}
    assert khalti.calls("lookup") == 0


def test_only_what_was_asked_for(khalti):
    text, _code = doctor("--only", "settings", "khalti", "--format", "json")

    assert {finding["subject"] for finding in json.loads(text)["findings"]} == {"settings", "khalti"}


def test_a_subject_that_is_none(db):
    with pytest.raises(CommandError, match="invalid choice"):
        doctor("--only", "weather")


@pytest.mark.parametrize("form", ["text", "json"])
def test_a_terminal_that_knows_no_nepali_shows_something(wrong, form):
    out = io.TextIOWrapper(io.BytesIO(), encoding="ascii")

    with override("ne"):
        text, code = doctor("--format", form, out=out)

    assert code == 4
    assert "\\u09" in text  # such as the name of the mode
    assert text.isascii()


def test_a_line_stays_a_line(wrong):
    KhaltiPayment.objects.update(merchant="books\n  error  \x1b[31mgone", completed_at=timezone.now())

    text, _code = doctor("--only", "work")

    [line] = [line for line in text.splitlines() if "gone" in line]
    assert "\x1b" not in line


def test_colours_for_a_terminal(khalti):
    out = io.StringIO()
    call_command("khalti_doctor", stdout=out, force_color=True)

    assert "\x1b[" in out.getvalue()
    assert "\x1b[" not in doctor()[0]


def run(database):
    """As cron does, in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "django", "khalti_doctor", "--no-network", "--format", "json"],
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings", "DATABASE_URL": database},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


@pytest.mark.heavy
def test_a_database_that_is_down_is_a_finding(closed_port):  # noqa: F811 - the fixture
    done = run(f"postgres://shop:secret-password@127.0.0.1:{closed_port.address[1]}/shop")

    assert done.returncode == 4, done.stderr
    told = json.loads(done.stdout)["findings"]
    [broken] = [finding for finding in told if finding["level"] == "error"]
    assert (broken["subject"], broken["name"]) == ("database", "not_examined")
    assert "OperationalError" in broken["sentence"]
    assert "secret-password" not in done.stdout + done.stderr
    assert {finding["subject"] for finding in told} == {"settings", "database"}


@pytest.mark.heavy
def test_a_database_that_is_still_empty_is_a_finding(tmp_path):
    done = run(f"sqlite:///{tmp_path / 'empty.sqlite3'}")

    assert done.returncode == 4, done.stderr
    names = {finding["name"] for finding in json.loads(done.stdout)["findings"]}
    assert {"not_migrated", "constraints_missing", "indexes_missing", "not_examined"} <= names
