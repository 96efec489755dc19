"""Every fault of the catalogue as our client meets it: in this process, and over a real socket."""

import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, replace

import pytest

from tests.simulator.conftest import TOKEN, running_command
from tests.simulator.controller import Controller
from wagtail_khalti.conf import Merchant, Mode
from wagtail_khalti.exceptions import AnswerNotUnderstood, GatewayError, GatewayUnreachable, PidxNotFound
from wagtail_khalti.gateway import Initiated, InitiateRequest, KhaltiClient, Lookup, RefundRequest, client, transport
from wagtail_khalti.simulator import control
from wagtail_khalti.simulator.disturbance.faults import Fault

pytestmark = pytest.mark.heavy  # a simulator in a process of its own

AMOUNT = 150_000
PATIENT = (60, 60)  # seconds to connect, and to wait: an answer that is on its way comes, however busy the machine is
HASTY = (60, 0.1)  # for an answer that is kept back for two minutes

SILENCE = {
    Fault.TIMEOUT: (GatewayUnreachable, "ReadTimeout"),
    Fault.RESET_BEFORE: (GatewayUnreachable, "ConnectionError"),
    Fault.RESET_AFTER: (GatewayUnreachable, "ConnectionError"),
    Fault.TOO_MANY_REQUESTS: (GatewayUnreachable, "429"),
    Fault.SERVER_ERROR: (GatewayUnreachable, "500"),
    Fault.BAD_GATEWAY: (GatewayUnreachable, "502"),
    Fault.REDIRECT: (AnswerNotUnderstood, "redirect"),
    Fault.EMPTY_BODY: (AnswerNotUnderstood, "isn't JSON"),
    Fault.TRUNCATED_JSON: (AnswerNotUnderstood, "isn't JSON"),
    Fault.HUGE_BODY: (AnswerNotUnderstood, "larger than"),
    Fault.SLOW_DRIP: (GatewayUnreachable, "too slow"),
    Fault.NOT_FOUND: (PidxNotFound, "has no pidx"),
}
"""The faults that leave us without an answer, and what we make of it."""

ANSWERS = {
    Fault.UNKNOWN_STATUS: {"status": "Under Review"},
    Fault.OTHER_CASE: {"status": "COMPLETED"},
    Fault.WRONG_AMOUNT: {"amount": AMOUNT - 1},
    Fault.STRING_AMOUNT: {},
    Fault.FLOAT_AMOUNT: {},
    Fault.WRONG_PIDX: {},
    Fault.STILL_PENDING: {"status": "Pending"},
}
"""The faults that come with an answer, and what they change in it."""

ORDER = InitiateRequest(
    return_url="https://example.com/payment/",
    website_url="https://example.com/",
    amount=AMOUNT,
    purchase_order_id="test12",
    purchase_order_name="Pet Adoption",
)


def a_client(api_url, timeout=PATIENT):
    account = {"name": "default", "mode": Mode.SIMULATOR, "secret_key": "a-key-for-tests", "timeout": timeout}
    return KhaltiClient(Merchant(api_url=api_url, **account))


class InProcess:
    """Khalti in this process."""

    def __init__(self):
        self.client = self.hasty = a_client("http://khalti.test/khalti-simulator")

    def trouble(self, endpoint, fault, **options):
        control.trouble(endpoint, fault, **options)

    def forget(self):
        control.forget_troubles()

    def pay(self, pidx):
        control.pay(pidx)

    def calls(self, endpoint, **about):
        return control.calls(endpoint, **about)

    def payments(self):
        return [entry.pidx for entry in control.payments()]

    def entry(self, pidx):
        [entry] = [asdict(entry) for entry in control.payments() if entry.pidx == pidx]
        return entry


class OverTheWire:
    """Khalti in another process, at the end of a real connection."""

    def __init__(self, address, controller):
        self.client, self.hasty = (a_client(address.rstrip("/"), timeout=timeout) for timeout in (PATIENT, HASTY))
        self.controller = controller

    def trouble(self, endpoint, fault, **options):
        self.controller.trouble(endpoint, fault, **options)

    def forget(self):
        self.controller.forget_troubles()

    def pay(self, pidx):
        self.controller.move(pidx, "pay")

    def calls(self, endpoint, **about):
        return self.controller.calls(endpoint=endpoint, **about)

    def payments(self):
        entries, after = [], ""
        while True:
            page = self.controller.payments(after)
            entries += [entry["pidx"] for entry in page["payments"]]
            after = page["next"]
            if not after:
                return entries

    def entry(self, pidx):
        return self.controller.payment(pidx)


@pytest.fixture(scope="module")
def standalone(tmp_path_factory):
    with running_command(tmp_path_factory.mktemp("faults"), token=TOKEN) as (address, _process):
        yield address


@pytest.fixture(params=["in this process", "over the wire"])
def there(request):
    """The simulator, near or far."""
    if request.param == "in this process":
        request.getfixturevalue("khalti")
        yield InProcess()
        return
    address = request.getfixturevalue("standalone")
    with Controller(f"{address}control/", TOKEN) as controller:
        far = OverTheWire(address, controller)
        yield far
        far.client.transport.session.close()
        far.hasty.transport.session.close()
        controller.forget_troubles()


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch):
    monkeypatch.setattr(client, "PAUSE", 0.0)


class LeapingClock:
    """An hour goes by between any two looks at it."""

    def __init__(self):
        self.now = 0.0

    def monotonic(self):
        self.now += 3600
        return self.now


@contextmanager
def asking(there, fault):
    """The client to ask with while this is wrong. The time for a whole answer is over when it begins to drip."""
    with pytest.MonkeyPatch.context() as changed:
        if fault is Fault.SLOW_DRIP:
            changed.setattr(transport, "time", LeapingClock())
        yield there.hasty if fault is Fault.TIMEOUT else there.client


def comes_to(wanted, look):
    """Who did not wait for the answer may look before Khalti has read the question."""
    give_up_at = time.monotonic() + sum(PATIENT)
    while (seen := look()) != wanted and time.monotonic() < give_up_at:
        time.sleep(0.02)  # no event tells it
    return seen == wanted


def test_every_fault_is_one_or_the_other():
    assert set(SILENCE) | set(ANSWERS) == set(Fault)


@pytest.mark.parametrize("fault", SILENCE)
def test_a_lookup_without_an_answer_raises_then_the_truth_comes(there, fault):
    pidx = there.client.initiate(ORDER).pidx
    there.pay(pidx)
    there.trouble("lookup", fault, pidx=pidx, times=client.TRIES)
    kind, words = SILENCE[fault]

    with asking(there, fault) as khalti, pytest.raises(kind, match=words) as raised:
        khalti.lookup(pidx)

    assert type(raised.value) is kind
    assert comes_to(True, lambda: 1 <= there.calls("lookup", pidx=pidx) <= client.TRIES)
    there.forget()
    assert there.client.lookup(pidx).status == "Completed"


@pytest.mark.parametrize("fault", ANSWERS)
def test_a_lookup_with_a_distorted_answer_is_read_as_it_is(there, fault):
    pidx = there.client.initiate(ORDER).pidx
    there.pay(pidx)
    truth = there.client.lookup(pidx)
    there.trouble("lookup", fault, pidx=pidx)

    answer = there.client.lookup(pidx)

    wanted = {"status": truth.status, "amount": AMOUNT} | ANSWERS[fault]
    assert isinstance(answer, Lookup)
    assert {name: getattr(answer, name) for name in wanted} == wanted
    assert (answer.pidx == pidx) == (fault is not Fault.WRONG_PIDX)
    assert there.client.lookup(pidx) == truth


@pytest.mark.parametrize("fault", [fault for fault in Fault if "initiate" in fault.endpoints])
def test_an_initiate_without_an_answer_is_sent_once(there, fault):
    order_id = f"{fault}-{time.monotonic_ns()}"
    order = replace(ORDER, purchase_order_id=order_id)
    before = len(there.payments())
    there.trouble("initiate", fault, order_id=order_id)
    kind, words = SILENCE[fault]

    with asking(there, fault) as khalti, pytest.raises(kind, match=words):
        khalti.initiate(order)

    assert comes_to(1, lambda: there.calls("initiate", order_id=order_id))
    assert isinstance(there.client.initiate(order), Initiated)
    nothing_happened = "nothing has happened" in fault.description
    assert comes_to(1 if nothing_happened else 2, lambda: len(there.payments()) - before)
    assert there.calls("initiate", order_id=order_id) == 2


@pytest.mark.parametrize("fault", [fault for fault in Fault if "refund" in fault.endpoints])
def test_a_refund_without_an_answer_is_sent_once(there, fault):
    pidx = there.client.initiate(ORDER).pidx
    there.pay(pidx)
    request = RefundRequest(transaction_id=there.client.lookup(pidx).transaction_id, amount=50_000)
    there.trouble("refund", fault, pidx=pidx)
    kind, words = SILENCE[fault]

    with asking(there, fault) as khalti, pytest.raises(kind, match=words) as raised:
        khalti.refund(request)

    assert type(raised.value) is kind
    assert comes_to(1, lambda: there.calls("refund", pidx=pidx))
    nothing_happened = "nothing has happened" in fault.description
    assert comes_to(0 if nothing_happened else 50_000, lambda: there.entry(pidx)["returned"])
    there.client.refund(request)
    assert there.entry(pidx)["returned"] == (50_000 if nothing_happened else 100_000)


def test_a_slow_drip_that_we_can_wait_for_is_an_answer(there):
    pidx = there.client.initiate(ORDER).pidx
    there.trouble("lookup", Fault.SLOW_DRIP, pidx=pidx, seconds=0.0001)

    assert there.client.lookup(pidx).pidx == pidx


def test_in_this_process_nothing_takes_its_time(khalti):
    near = InProcess()
    pidx = near.client.initiate(ORDER).pidx
    began = time.monotonic()
    for fault in (Fault.TIMEOUT, Fault.SLOW_DRIP, Fault.RESET_AFTER):
        near.trouble("lookup", fault, times=client.TRIES)
        with pytest.raises(GatewayError):
            near.client.lookup(pidx)
        control.forget_troubles()

    assert time.monotonic() - began < 60, "they would take over four minutes"


def test_two_hundred_parallel_calls_meet_faults_and_are_counted(standalone, monkeypatch):
    """Each is one request: what gets no answer is not asked again, so that no more is counted than was asked."""
    monkeypatch.setattr(client, "TRIES", 1)
    with Controller(f"{standalone}control/", TOKEN) as controller, ThreadPoolExecutor(200) as crowd:
        khalti = a_client(standalone.rstrip("/"), timeout=(300, 300))
        pidx = khalti.initiate(ORDER).pidx
        controller.trouble("lookup", Fault.TOO_MANY_REQUESTS, pidx=pidx, times=77)

        def look(_number):
            try:
                return khalti.lookup(pidx).status
            except GatewayUnreachable as error:
                return str(error)

        heard = list(crowd.map(look, range(200)))

        assert Counter(heard) == {"Khalti answered 429": 77, "Initiated": 123}
        assert controller.calls(endpoint="lookup", pidx=pidx) == 200
        khalti.transport.session.close()
