"""Neither the key nor anybody's number shows: not in the history, the log, a review, an error, or Wagtail's log."""

import json
import logging
import traceback

import pytest
from wagtail.models import ModelLogEntry

from tests.payments import make_due
from wagtail_khalti.actions import reconcile, refund_payment, resolve_refund
from wagtail_khalti.exceptions import GatewayError
from wagtail_khalti.models import KhaltiDelivery, KhaltiEvent, KhaltiIssue, KhaltiRefund
from wagtail_khalti.simulator.disturbance.faults import Fault

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("books")]
KEY = "a-key-for-tests"
MOBILE = "9800000001"


@pytest.fixture
def log(caplog):
    caplog.set_level(logging.DEBUG)
    return caplog


def everything_kept():
    """All that is stored of a refund, but for the one column that holds the number."""
    rows = [*KhaltiEvent.objects.values("data"), *KhaltiIssue.objects.values("details", "note")]
    rows += [*KhaltiDelivery.objects.values("last_error"), *ModelLogEntry.objects.values("label", "data")]
    rows += [*KhaltiRefund.objects.values("answer", "reason")]
    return json.dumps(rows, default=str) + "".join(map(str, KhaltiRefund.objects.all()))


def everything_said_by(error):
    said = "".join(traceback.format_exception(error))
    while error is not None:
        said += f"{error!s} {error!r} {error.args!r} {vars(error)!r}"
        error = error.__cause__ or error.__context__
    return said


def nothing_shows(said):
    assert KEY not in said
    assert MOBILE not in said


def test_a_refund_that_is_made(khalti, completed, log, manager):
    refund = refund_payment(completed, mobile=MOBILE, by=manager)

    nothing_shows(everything_kept())
    nothing_shows(log.text + repr(refund))
    assert KhaltiRefund.objects.get().mobile == MOBILE, "the control: it is there"
    assert "refund_requested" in set(KhaltiEvent.objects.values_list("kind", flat=True))
    assert ModelLogEntry.objects.exists()


@pytest.mark.heavy
@pytest.mark.parametrize("fault", [fault for fault in Fault if "refund" in fault.endpoints])
def test_a_refund_that_meets_a_fault(khalti, completed, log, manager, fault):
    khalti.trouble("refund", fault)

    refund_payment(completed, mobile=MOBILE, by=manager)

    nothing_shows(everything_kept())
    nothing_shows(log.text)


REFUSALS = {
    "401": {"body": {"detail": f"Invalid token {KEY}."}, "status": 401},
    "a field": {"body": {"mobile": [f"{MOBILE} is no Khalti account."]}, "status": 400},
    "the detail": {"body": {"detail": f"No account has {MOBILE}; {MOBILE} is wrong."}, "status": 400},
    "the name of a field": {"body": {MOBILE: ["is no Khalti account."]}, "status": 400},
    "with the code of the country": {"body": {"detail": f"+977{MOBILE} is no Khalti account."}, "status": 404},
}


@pytest.mark.parametrize("answer", REFUSALS.values(), ids=REFUSALS)
def test_a_rejected_refund_whose_answer_repeats_the_request(khalti, completed, log, manager, answer):
    khalti.answer("refund", **answer)

    with pytest.raises(GatewayError) as raised:
        refund_payment(completed, mobile=MOBILE, by=manager)

    nothing_shows(everything_kept())
    nothing_shows(log.text)
    nothing_shows(everything_said_by(raised.value))


def test_a_refund_that_nobody_could_begin(khalti, completed, log, manager):
    khalti.trouble("lookup", Fault.BAD_GATEWAY, times=3)

    with pytest.raises(GatewayError) as raised:
        refund_payment(completed, mobile=MOBILE, by=manager)

    nothing_shows(everything_kept())
    nothing_shows(log.text)
    nothing_shows(everything_said_by(raised.value))


def test_a_refund_that_stays_in_doubt(khalti, completed, log, manager, settings, mailoutbox, time_machine):
    settings.MANAGERS = [("Asha", "asha@example.com")]
    khalti.trouble("refund", Fault.RESET_BEFORE)
    refund = refund_payment(completed, 50_000, mobile=MOBILE, by=manager)
    khalti.refund_in_dashboard(completed, amount=50_000)
    make_due()
    reconcile()

    resolve_refund(refund, was_found=True, by=manager, note="Seen in the dashboard")

    nothing_shows(everything_kept())
    nothing_shows(log.text + "".join(mail.body + mail.subject for mail in mailoutbox))
