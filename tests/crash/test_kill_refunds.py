"""``kill -9`` before every durable step of a refund: the money goes back once or not at all, and never by itself."""

import pytest

from tests.concurrency.rounds import on_record
from tests.crash.afterwards import MONEY
from tests.crash.harness import in_full
from tests.crash.refund_scenarios import (
    DECISIONS,
    LOOKS,
    REFUNDS,
    a_part,
    a_refund,
)
from wagtail_khalti.actions import refund as refund_module
from wagtail_khalti.gateway import RefundRequest, connect
from wagtail_khalti.ledger import refund_matching
from wagtail_khalti.ledger.refund_states import RefundTrigger
from wagtail_khalti.lookups.merchants import merchant_of

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.heavy, pytest.mark.every_database]


def require_no_fault(harness, scenario, **options):
    who = "seen to by a person" if options.get("comes_back", True) else "nobody comes back"
    with on_record(f"refund killed, and {who}", "each, at every step", scenarios=1, differences=0) as came_out:
        toll = harness.kill_at_every_step(scenario, **options)
        came_out["kills"] = len(toll.points)
        assert not toll.faults, "\n".join(toll.faults)
    print(f"{len(toll.points)} kills:", *toll.points, sep="\n")
    assert len(toll.points) > 1, "nothing durable was seen, so nothing was killed half-way"


@pytest.mark.parametrize("scenario", in_full(REFUNDS))
def test_what_is_killed_and_seen_to_by_a_person_goes_back_once(harness, scenario):
    require_no_fault(harness, scenario, alike=MONEY)


@pytest.mark.parametrize("scenario", in_full(REFUNDS, usual=[a_part]))
def test_a_killed_refund_left_alone_happens_once_or_not_at_all(harness, scenario):
    """The books say which; where nothing can tell, an issue is open for a person."""
    require_no_fault(harness, scenario, alike=(), comes_back=False)


@pytest.mark.parametrize("scenario", in_full(DECISIONS + LOOKS))
def test_what_a_person_says_of_it_is_said_once(harness, scenario):
    require_no_fault(harness, scenario)


@pytest.mark.parametrize("scenario", in_full(LOOKS))
def test_where_nobody_comes_back_the_site_finds_out_all_the_same(harness, scenario):
    require_no_fault(harness, scenario, comes_back=False)


def test_a_run_that_resends_processing_refunds_refunds_twice(harness, monkeypatch):
    """A control: as a job is resumed that was interrupted."""
    move_refund = refund_matching.move_refund

    def resume(refund, trigger, **about):
        if trigger is RefundTrigger.ABANDONED and refund.state == "processing":
            payment = refund.payment
            request = RefundRequest(transaction_id=payment.transaction_id, amount=refund.amount)
            connect(merchant_of(payment)).refund(request)
        return move_refund(refund, trigger, **about)

    monkeypatch.setattr(refund_matching, "move_refund", resume)

    faults = harness.kill_at_every_step(a_part, alike=(), comes_back=False).faults

    assert any("Khalti was asked 2 times for 1 refunds" in fault for fault in faults)
    assert any("50000 paisa noted as given back by Khalti, 100000 back" in fault for fault in faults)
    assert not any("unharmed" in fault for fault in faults)


@pytest.mark.in_full
def test_a_refund_marked_sent_only_with_its_answer_is_lost(harness, monkeypatch):
    """A control: whoever is killed between the two leaves a refund that looks as if Khalti had never heard of it."""
    apply = refund_module._apply

    def apply_late(refund, trigger, **about):
        if trigger is RefundTrigger.SENT:
            return True
        if refund.state == "requested":
            apply(refund, RefundTrigger.SENT)
        return apply(refund, trigger, **about)

    monkeypatch.setattr(refund_module, "_apply", apply_late)

    faults = harness.kill_at_every_step(a_refund, alike=(), comes_back=False).faults

    assert any("Khalti was asked 1 times for 0 refunds" in fault for fault in faults)
    assert not any("unharmed" in fault for fault in faults)
