"""Units of a limited number: reserved with the payment, released when Khalti was asked, never oversold."""

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.payments import Line, issues
from wagtail_khalti.actions import (
    Reservation,
    check_payment,
    initiate_payment,
    record_refund,
    refund_payment,
    start_payment,
)
from wagtail_khalti.conf import configuration
from wagtail_khalti.exceptions import GatewayUnreachable, RequestRejected, SoldOut
from wagtail_khalti.gateway import connect
from wagtail_khalti.ledger import availability
from wagtail_khalti.ledger.inventory import RESUME_TTL, UNSENT_HOLDS
from wagtail_khalti.models import KhaltiInventory, KhaltiPayment
from wagtail_khalti.models.refund import Method
from wagtail_khalti.models.status import Status

pytestmark = [pytest.mark.every_database, pytest.mark.django_db]

LAST = Reservation(key="concert", limit=1)
SECOND = timedelta(seconds=1)


def start(reservation=LAST, **options):
    return start_payment(150_000, purpose="Ticket", base_url="http://testserver", reservation=reservation, **options)


def left():
    [inventory] = KhaltiInventory.objects.all()
    return availability(inventory, "simulator").available


def test_units_are_counted_and_the_rest_is_refused(khalti):
    of_five = {"key": "concert", "limit": 5}
    start(Reservation(**of_five, units=2))
    start(Reservation(**of_five, units=2))

    with pytest.raises(SoldOut) as refused:
        start(Reservation(**of_five, units=2))

    assert (refused.value.available, refused.value.being_paid) == (1, 4)
    assert KhaltiPayment.objects.count() == 2, "nothing is written"
    assert khalti.calls("initiate") == 2, "nor sent to Khalti"
    start(Reservation(**of_five))
    assert left() == 0


def test_no_reservation_takes_no_units_and_no_inventory(khalti):
    payment = start(None)

    assert (payment.inventory, payment.units) == (None, 1)
    assert not KhaltiInventory.objects.exists()


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"units": 0}, ValueError),
        ({"units": -1}, ValueError),
        ({"units": 1.0}, TypeError),
        ({"units": True}, TypeError),
        ({"limit": -1}, ValueError),
        ({"limit": 10**12}, ValueError),
        ({"limit": "5"}, TypeError),
        ({"key": ""}, ValueError),
        ({"key": "a\x00"}, ValueError),
        ({"key": None}, TypeError),
    ],
)
def test_a_reservation_that_makes_no_sense_is_refused(khalti, change, error):
    with pytest.raises(error):
        start(Reservation(**{"key": "concert", "limit": 5, **change}))

    assert not KhaltiPayment.objects.exists()


@pytest.mark.parametrize("pair", [("Hall-A", "hall-a"), ("x" * 300, "x" * 301), ("सभा", "सभ"), ("a", "a ")])
def test_keys_that_differ_share_nothing(khalti, pair):
    for key in pair:
        start(Reservation(key=key, limit=1))

    assert KhaltiInventory.objects.count() == 2


def test_a_limit_of_zero_sells_nothing(khalti):
    with pytest.raises(SoldOut):
        start(Reservation(key="concert", limit=0))


def test_test_payments_take_nothing_from_live_ones(khalti):
    start()
    KhaltiPayment.objects.update(mode="live")

    assert start().status == Status.INITIATED


class TestRetries:
    def test_the_same_key_reserves_once(self, khalti):
        payment = start(idempotency_key="one")

        assert start(idempotency_key="one") == payment
        assert KhaltiPayment.objects.count() == 1

    def test_another_key_is_refused(self, khalti):
        start(idempotency_key="one")

        with pytest.raises(SoldOut):
            start(idempotency_key="two")

    def test_an_order_id_that_is_taken_says_so(self, khalti):
        start(purchase_order_id="order-1")

        with pytest.raises(SoldOut):
            start(purchase_order_id="order-2")


@pytest.mark.parametrize("how", ["cancel", "expire", "fail"])
def test_an_end_releases_the_units_once_khalti_was_asked(khalti, how):
    payment = start()
    getattr(khalti, how)(payment)
    with pytest.raises(SoldOut):
        start()

    check_payment(payment)

    assert left() == 1
    assert start().status == Status.INITIATED


def test_time_alone_releases_nothing(khalti, time_machine):
    start()

    time_machine.move_to(timezone.now() + timedelta(days=30))

    with pytest.raises(SoldOut):
        start()


def test_a_rejected_payment_holds_nothing(khalti):
    khalti.answer("initiate", {"amount": ["Amount should be greater than Rs. 10."]}, status=400)
    with pytest.raises(RequestRejected):
        start()

    assert start().status == Status.INITIATED


def test_an_unclear_payment_holds_its_units(khalti):
    payment = start()
    khalti.cancel(payment)
    check_payment(payment)
    khalti.answer_lookup(payment, status="Pending")
    check_payment(payment)
    assert (payment.status, issues(payment)) == (Status.CANCELED, ["unexpected_status"])

    with pytest.raises(SoldOut):
        start()


class TestRefunds:
    @pytest.fixture
    def paid(self, khalti):
        payment = start()
        khalti.pay(payment)
        return check_payment(payment)

    def test_a_part_releases_nothing(self, khalti, paid):
        refund_payment(paid, 50_000)

        assert left() == 0

    def test_all_of_it_releases_the_units(self, khalti, paid):
        refund_payment(paid)

        assert left() == 1

    def test_cash_does_so_too(self, khalti, paid):
        record_refund(paid, 150_000, method=Method.CASH)

        paid.refresh_from_db()
        assert paid.status == Status.COMPLETED, "Khalti knows nothing of cash"
        assert left() == 1

    def test_one_in_progress_releases_nothing(self, khalti, paid):
        KhaltiPayment.objects.update(refund_total=150_000, refunding_since=timezone.now())

        assert left() == 0


class TestUnsent:
    """Committed, and Khalti has not received it: the process was killed, or Khalti is down."""

    @pytest.fixture
    def unsent(self, khalti):
        khalti.trouble("initiate", "server_error", times=3)
        with pytest.raises(GatewayUnreachable):
            start(idempotency_key="one")
        khalti.no_more_trouble()
        return KhaltiPayment.objects.get()

    def test_it_holds_as_long_as_it_can_be_sent(self, unsent, time_machine):
        for after, expected in ((RESUME_TTL + SECOND, 0), (UNSENT_HOLDS - SECOND, 0), (UNSENT_HOLDS + SECOND, 1)):
            time_machine.move_to(unsent.created_at + after)
            assert left() == expected

    def test_it_is_sent_within_ten_minutes(self, khalti, unsent, time_machine):
        time_machine.move_to(unsent.created_at + RESUME_TTL - SECOND)

        assert initiate_payment(unsent).status == Status.INITIATED

    def test_later_it_reserves_its_units_again(self, khalti, unsent, time_machine):
        time_machine.move_to(unsent.created_at + 2 * UNSENT_HOLDS)
        assert left() == 1

        assert initiate_payment(unsent).status == Status.INITIATED
        assert left() == 0

    @pytest.mark.parametrize("again", [initiate_payment, lambda unsent: start(idempotency_key="one")])
    def test_later_it_is_refused_if_they_are_gone(self, khalti, unsent, time_machine, again):
        time_machine.move_to(unsent.created_at + 2 * UNSENT_HOLDS)
        other = start()
        sent = khalti.calls("initiate")

        with pytest.raises(SoldOut):
            again(unsent)

        assert khalti.calls("initiate") == sent
        unsent.refresh_from_db()
        assert (unsent.status, unsent.initiating_at) == (Status.CREATED, None)
        khalti.cancel(other)
        check_payment(other)
        assert again(unsent).status == Status.INITIATED

    def test_one_that_is_being_sent_late_holds_meanwhile(self, khalti, unsent, time_machine):
        time_machine.move_to(unsent.created_at + 2 * UNSENT_HOLDS)
        line, seen = Line(), []
        line.before["lookup"] = lambda: seen.append(left())  # the line knows refunds from all else
        connect(configuration().merchant()).transport.session.mount("http://khalti.test/", line)

        initiate_payment(unsent)

        assert seen == [0]


def test_a_process_killed_before_khalti_is_asked_holds_a_while(khalti, time_machine):
    def is_killed():
        raise SystemExit

    line = Line()
    line.before["lookup"] = is_killed
    connect(configuration().merchant()).transport.session.mount("http://khalti.test/", line)
    with pytest.raises(SystemExit):
        start()
    with pytest.raises(SoldOut):
        start()

    time_machine.move_to(timezone.now() + UNSENT_HOLDS + SECOND)

    assert start().status == Status.INITIATED
    assert KhaltiPayment.objects.filter(status=Status.CREATED).count() == 1


def test_a_lower_limit_keeps_who_has_paid(khalti):
    for _ticket in range(3):
        payment = start(Reservation(key="concert", limit=3))
        khalti.pay(payment)
        check_payment(payment)

    with pytest.raises(SoldOut) as refused:
        start(Reservation(key="concert", limit=2))
    assert refused.value.available == 0
    assert left() == 0, "never negative"

    start(Reservation(key="concert", limit=4))
    assert left() == 0
