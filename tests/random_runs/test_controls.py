"""The controls: the runs are not dull, and with one safeguard taken away they find a difference soon."""

from importlib import import_module

import pytest
from django.utils import timezone

from tests.random_runs.machine import ONE_IN, play
from tests.random_runs.run import is_about_refunds
from wagtail_khalti.gateway import statuses
from wagtail_khalti.ledger.schedule import next_check
from wagtail_khalti.models import KhaltiEvent, KhaltiIssue, KhaltiPayment
from wagtail_khalti.models.status import Status

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.heavy, pytest.mark.every_database]

APPLY_LOOKUP = import_module("wagtail_khalti.ledger.apply_lookup")  # in the package its name is the function's
DELIVER = import_module("wagtail_khalti.outbox.deliver")

SEEDS = [seed for seed in range(400) if not is_about_refunds(seed)]
MAX_COUNT = 120  # runs until each of all that can happen has happened

Kind = KhaltiIssue.Kind
ISSUES = {Kind.AMOUNT_MISMATCH, Kind.PIDX_MISMATCH, Kind.UNKNOWN_STATUS, Kind.LATE_PAYMENT, Kind.DUPLICATE_PAYMENT}
"""The others need a longer life than most runs have, or a Khalti that contradicts itself."""


WITHOUT_MONEY = {KhaltiEvent.Kind.RECEIPT_SENT, KhaltiEvent.Kind.REFUND_NOTICE_SENT, KhaltiEvent.Kind.NOTE_ADDED}
TO_BE_SEEN = {*Status.values, *KhaltiEvent.Kind.values, *ISSUES} - {Status.PENDING} - WITHOUT_MONEY
"""Not pending, for in the end Khalti has decided everything."""


@pytest.mark.in_full
def test_the_runs_see_all_that_can_become_of_a_payment(khalti):
    missing, runs = set(TO_BE_SEEN), []

    while missing and len(runs) < MAX_COUNT:
        runs.append(play(len(runs), khalti))
        missing -= runs[-1].seen

    assert not missing
    assert sum(run.kills for run in runs if run.kills_for_real) >= len(runs) / ONE_IN
    assert sum(run.kills for run in runs) >= len(runs)


def play_all(khalti):
    for seed in SEEDS:
        play(seed, khalti)


def first_difference(khalti):
    """What the runs found, before all of them were through."""
    with pytest.raises(AssertionError) as found:
        play_all(khalti)
    print(str(found.value))
    return str(found.value)


def test_without_the_gate_they_find_a_difference(khalti, monkeypatch):
    def pass_always(payment, changes, *, requested_at):
        now = timezone.now()
        changes |= {"checked_at": now, "leased_until": None, "next_check_at": next_check(payment, changes, now=now)}
        KhaltiPayment.objects.filter(pk=payment.pk).update(**changes)
        for name, value in changes.items():
            setattr(payment, name, value)
        return True

    monkeypatch.setattr(APPLY_LOOKUP, "_update_if_unchanged", pass_always)

    assert "Run " in first_difference(khalti)


@pytest.mark.in_full
def test_counting_an_unknown_status_as_paid_is_found(khalti, monkeypatch):
    monkeypatch.setitem(statuses.BY_TEXT, "under review", statuses.GatewayStatus.COMPLETED)

    assert "paisa received" in first_difference(khalti)


@pytest.mark.in_full
def test_marking_a_failed_delivery_as_delivered_is_found(khalti, monkeypatch):
    def mark_anyway(delivery, error):
        delivery.unmarked().update(delivered_at=timezone.now(), next_try_at=None)
        return True

    monkeypatch.setattr(DELIVER, "record_failure", mark_anyway)

    assert "done 0 times" in first_difference(khalti)
