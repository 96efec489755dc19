"""``manage.py khalti_reconcile``: what it does, what it says, and how it exits."""

import json
import re
from datetime import timedelta

import pytest
from django.core.management import CommandError
from django.db import DatabaseError
from django.utils import timezone

from tests.management.conftest import Ran
from tests.payments import listening
from wagtail_khalti.actions import start_payment
from wagtail_khalti.exceptions import GatewayError
from wagtail_khalti.management.commands import khalti_reconcile
from wagtail_khalti.models import KhaltiDelivery, KhaltiMail, KhaltiPayment

pytestmark = pytest.mark.django_db


def without_seconds(line):
    return re.sub(r" \d+\.\d s\.\n$", "", line)


@pytest.mark.every_database
def test_it_says_in_one_line_what_it_did(paid):
    paid(3)

    ran = Ran()

    assert without_seconds(ran.said) == (
        "Checked 3 payments: 3 changed, 0 unchanged, 0 without response. Events: 3 delivered, 0 failed."
    )
    assert (ran.code, ran.complained) == (0, "")


def test_one_is_not_many(khalti, payment):
    KhaltiPayment.objects.update(next_check_at=timezone.now())
    khalti.answer_lookup(payment, total_amount=1)

    assert without_seconds(Ran().said) == (
        "Checked 1 payment: 0 changed, 1 unchanged, 0 without response. Events: 1 delivered, 0 failed. "
        "1 issue needs attention."
    )


def test_nothing_to_do_is_said(payment):
    assert without_seconds(Ran().said) == "Nothing was due."


@pytest.mark.every_database
def test_the_limit_is_kept_and_said(paid):
    paid(3)

    ran = Ran("--limit", "2")

    assert without_seconds(ran.said) == (
        "Checked 2 payments: 2 changed, 0 unchanged, 0 without response. Events: 2 delivered, 0 failed. "
        "Stopped before everything was done."
    )
    assert ran.code == 0
    assert KhaltiPayment.objects.filter(status="completed").count() == 2


def test_when_the_time_is_over_nothing_new_is_begun(paid):
    paid(2)

    ran = Ran("--seconds", "0.000001")

    assert without_seconds(ran.said) == "Nothing was due. Stopped before everything was done."
    assert not KhaltiPayment.objects.filter(status="completed").exists()


def test_a_khalti_that_refuses_the_key_is_exit_code_3(paid, khalti):
    paid(12)
    khalti.answer("lookup", {"detail": "Invalid token."}, status=401, times=12)

    ran = Ran()

    assert ran.code == 3
    assert khalti.calls("lookup") < 12
    assert "The remaining payments of “default” were skipped: " in ran.said
    assert len(ran.said.splitlines()) == 1


def test_a_khalti_that_does_not_answer_is_exit_code_3(paid, khalti):
    paid(1)
    khalti.trouble("lookup", "server_error", times=9)

    ran = Ran()

    assert ran.code == 3
    assert "0 changed, 0 unchanged, 1 without response." in ran.said


def test_code_of_the_site_that_fails_is_exit_code_4(paid):
    def fails(**kwargs):
        raise ValueError

    paid(1)
    with listening("completed", fails):
        assert Ran().code == 4, "the payment was settled, and the site does not know"
        KhaltiDelivery.objects.update(next_try_at=timezone.now())
        ran = Ran()

    assert ran.code == 4
    assert without_seconds(ran.said) == "Events: 0 delivered, 1 failed."


def test_a_mail_that_was_sent_is_counted(paid, mailoutbox):
    [payment] = paid(1)
    KhaltiPayment.objects.update(customer_email="sita@example.com")
    KhaltiMail.objects.queue([KhaltiMail.about(payment, KhaltiMail.Kind.RECEIPT)])

    assert without_seconds(Ran().said).endswith("Events: 1 delivered, 0 failed. 1 e-mail sent.")
    assert len(mailoutbox) == 1


def test_what_was_not_heard_is_delivered(paid):
    def fails(**kwargs):
        raise ValueError

    paid(1)
    with listening("completed", fails):
        Ran()
    KhaltiDelivery.objects.update(next_try_at=timezone.now())

    assert without_seconds(Ran().said) == "Events: 1 delivered, 0 failed."


def test_a_database_that_fails_is_exit_code_4(monkeypatch):
    def fails(**options):
        raise DatabaseError("the disk is full")

    monkeypatch.setattr(khalti_reconcile, "reconcile", fails)

    with pytest.raises(CommandError, match="the disk is full") as caught:
        Ran()

    assert caught.value.returncode == 4


def test_quiet_says_nothing_when_all_is_well(paid):
    paid(1)

    ran = Ran("--verbosity", "0")

    assert (ran.code, ran.said, ran.complained) == (0, "", "")


def test_quiet_complains_when_something_is_wrong(paid, khalti):
    paid(1)
    khalti.answer("lookup", {"detail": "Invalid token."}, status=401)

    ran = Ran("--verbosity", "0")

    assert (ran.code, ran.said) == (3, "")
    assert "Checked 1 payment" in ran.complained


@pytest.mark.parametrize("how", [["--json"], ["--format", "json"]])
def test_programs_read_json(paid, how):
    paid(2)

    said = json.loads(Ran(*how).said)

    assert (said["answered"], said["moved"], said["issues"], said["exit_code"]) == (2, 2, 0, 0)


@pytest.mark.parametrize("name", ["reference", "readable_reference", "pidx"])
@pytest.mark.every_database
def test_one_payment_is_asked_about_whenever_it_is_due(khalti, payment, name):
    khalti.pay(payment)

    ran = Ran("--payment", getattr(payment, name))

    payment.refresh_from_db()
    assert payment.status == "completed"
    assert "Checked 1 payment: 1 changed" in ran.said


@pytest.mark.every_database
def test_a_reference_is_found_as_it_was_typed(khalti, payment):
    Ran("--payment", payment.readable_reference.lower())

    assert khalti.calls("lookup", payment) == 1


@pytest.mark.every_database
def test_a_pidx_in_other_letters_is_another_one(payment):
    with pytest.raises(CommandError, match="No payment has the reference or pidx"):
        Ran("--payment", payment.pidx.swapcase())


@pytest.mark.every_database
def test_one_that_another_run_has_in_hand_is_left_to_it(khalti, payment):
    KhaltiPayment.objects.update(leased_until=timezone.now() + timedelta(minutes=1))

    ran = Ran("--payment", payment.reference)

    assert without_seconds(ran.said) == "Another run is checking this payment."
    assert khalti.calls("lookup") == 0


@pytest.mark.parametrize("arguments", [[], ["--dry-run"]], ids=["asked", "dry"])
def test_one_never_sent_is_told_apart_from_one_not_due(khalti, home, arguments):
    khalti.answer("initiate", "Down", status=503)
    with pytest.raises(GatewayError):
        start_payment(150_000, purpose="Order", base_url="http://testserver")
    payment = KhaltiPayment.objects.get()

    ran = Ran("--payment", payment.reference, *arguments)

    assert without_seconds(ran.said).strip() == (
        f"{payment.readable_reference}: Created. Khalti has not confirmed it, so it can't be checked."
    )
    assert (ran.code, khalti.calls("lookup")) == (0, 0)


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["--concurrency", "0"], "from 1 to 64"),
        (["--concurrency", "65"], "from 1 to 64"),
        (["--limit", "-1"], "of at least 1"),
        (["--seconds", "soon"], "above 0"),
        (["--interval", "inf"], "above 0"),
        (["--loop", "--dry-run"], "--loop can't be combined with"),
        (["--loop", "--payment", "X"], "--loop can't be combined with"),
    ],
)
def test_arguments_that_make_no_sense_are_refused(arguments, complaint):
    with pytest.raises(CommandError, match=complaint):
        Ran(*arguments)
