"""Whatever managers, Khalti's dashboard, kills and faults do to the refunds of a payment, and in whichever order."""

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.concurrency.rounds import on_record
from tests.in_full import IS_FULL
from tests.random_runs.refund_machine import Refunds
from wagtail_khalti.exceptions import AnswerNotUnderstood, GatewayUnreachable
from wagtail_khalti.gateway.client import KhaltiClient

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.heavy, pytest.mark.every_database]

EXAMPLES = 100 if IS_FULL else 4
"""For each database; in full 600 for the three."""

STEPS = 12

ON_ROWS = settings(
    max_examples=EXAMPLES,
    stateful_step_count=STEPS,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture, HealthCheck.filter_too_much],
)

UNTIL_IT_BREAKS = settings(ON_ROWS, max_examples=400, phases=[Phase.generate], report_multiple_bugs=False)


def test_refunds_stay_in_order(khalti):
    with on_record("refunds in any order", f"{EXAMPLES} of {STEPS} steps", differences=0):
        run_state_machine_as_test(lambda: Refunds(khalti), settings=ON_ROWS)


@pytest.mark.in_full
def test_resending_a_refund_after_a_lost_answer_is_found(khalti, monkeypatch):
    """The control: as if it were a question that can be asked twice."""
    ask_once = KhaltiClient.refund

    def ask_again(client, request):
        try:
            ask_once(client, request)
        except (GatewayUnreachable, AnswerNotUnderstood):
            ask_once(client, request)

    monkeypatch.setattr(KhaltiClient, "refund", ask_again)

    with pytest.raises(AssertionError, match=r"Khalti was asked \d+ times for \d+ refunds"):
        run_state_machine_as_test(lambda: Refunds(khalti), settings=UNTIL_IT_BREAKS)
