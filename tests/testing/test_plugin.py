"""What we give to people who build on us."""

import pytest
from django.test import TestCase
from django.urls import reverse

from wagtail_khalti.actions import check_payment, reconcile, start_payment
from wagtail_khalti.conf import configuration
from wagtail_khalti.exceptions import GatewayUnreachable, MobileNeeded
from wagtail_khalti.gateway import RefundRequest, client, connect
from wagtail_khalti.models import KhaltiPayment
from wagtail_khalti.simulator.control import Fault, Return
from wagtail_khalti.testing.fake import FakeKhalti, fake_khalti


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch):
    monkeypatch.setattr(client, "PAUSE", 0.0)


def test_the_fixture_is_a_khalti(khalti):
    assert isinstance(khalti, FakeKhalti)


def test_a_payment_can_be_taken_without_any_network(khalti):
    payment = start_payment(150_000, purpose="Membership", base_url="http://testserver")
    khalti.pay(payment)

    check_payment(payment)

    assert payment.is_paid


@pytest.mark.parametrize(
    ("verb", "status"),
    [("begin", "pending"), ("pay", "completed"), ("cancel", "canceled"), ("expire", "expired"), ("fail", "failed")],
)
def test_each_verb_leaves_the_site_to_find_out(khalti, payment, verb, status):
    getattr(khalti, verb)(payment)
    assert KhaltiPayment.objects.get().status == "initiated"

    check_payment(payment)
    assert KhaltiPayment.objects.get().status == status


@pytest.mark.parametrize(("partial", "status"), [(False, "refunded"), (True, "partially_refunded")])
def test_money_can_be_given_back(khalti, payment, partial, status):
    khalti.pay(payment)
    khalti.refund_in_dashboard(payment, partial=partial)

    check_payment(payment)

    assert payment.status == status


def test_a_part_of_the_money_can_be_given_back(khalti, payment):
    khalti.pay(payment)
    khalti.refund_in_dashboard(payment, amount=149_999)
    khalti.refund_in_dashboard(payment, amount=1)

    check_payment(payment)

    assert payment.status == "refunded"


def test_a_refund_of_a_bank_payment_is_known_by_its_payment(khalti, payment):
    khalti.pay(payment, bank=True)
    check_payment(payment)
    khalti.trouble("refund", Fault.SERVER_ERROR, payment=payment)
    request = RefundRequest(transaction_id=payment.transaction_id, amount=None)
    client_of_ours = connect(configuration().merchant())

    with pytest.raises(GatewayUnreachable, match="500"):
        client_of_ours.refund(request)
    with pytest.raises(MobileNeeded):
        client_of_ours.refund(request)

    assert khalti.calls("refund", payment) == khalti.calls("refund") == 2


def test_a_payment_that_was_never_started_cannot_be_moved(khalti):
    with pytest.raises(ValueError, match="start it first"):
        khalti.pay(KhaltiPayment(amount=1_000))


def test_the_way_back_is_a_path_on_this_site(khalti, payment, client):
    khalti.pay(payment)

    path = khalti.return_path(payment)

    assert path.startswith(reverse("wagtail_khalti:return", args=[payment.reference]) + "?pidx=")
    assert "status=Completed" in path
    assert client.get(path).status_code == 302
    assert KhaltiPayment.objects.get().status == "completed"


def test_an_answer_can_differ_from_the_truth_and_lack_a_field(khalti, payment):
    khalti.answer_lookup(payment, total_amount=1)
    khalti.answer_lookup(payment, total_amount=...)

    check_payment(payment)
    check_payment(payment)

    amounts = [event.data.get("total_amount", "missing") for event in payment.events.filter(kind="looked_up")]
    assert amounts == [1, "missing"]


def test_an_answer_is_for_this_payment_and_for_so_many_times(khalti, payment):
    other = start_payment(150_000, purpose="Another", base_url="http://testserver")
    khalti.answer_lookup(payment, times=1)

    check_payment(other)
    check_payment(payment)

    assert (other.status, payment.status) == ("initiated", "completed")
    check_payment(payment)
    assert payment.khalti_status == "Initiated"  # the truth again


def test_khalti_can_be_down_and_slow_without_a_pause(khalti, payment):
    khalti.answer("lookup", "", status=503, times=3)
    with pytest.raises(GatewayUnreachable, match="503"):
        check_payment(payment)

    khalti.answer("lookup", {}, delay=3_600, times=3)
    with pytest.raises(GatewayUnreachable, match="ReadTimeout"):
        check_payment(payment)


def test_khalti_can_be_in_trouble_and_out_of_it(khalti, payment):
    other = start_payment(150_000, purpose="Another", base_url="http://testserver")
    khalti.trouble("lookup", Fault.TIMEOUT, times=client.TRIES * 2, payment=payment)

    check_payment(other)
    with pytest.raises(GatewayUnreachable, match="ReadTimeout"):
        check_payment(payment)

    khalti.no_more_trouble()
    check_payment(payment)
    assert khalti.calls("lookup", payment) == khalti.calls("lookup") - 1 > 1


def test_an_initiate_fault_can_wait_for_a_payment_without_pidx(khalti, payment):
    khalti.trouble("initiate", Fault.RESET_AFTER, payment=payment)  # its order id is not used again

    assert start_payment(150_000, purpose="Another", base_url="http://testserver").pidx
    assert (khalti.calls("initiate", payment), khalti.calls("initiate")) == (1, 2)


def test_a_fault_that_is_none_at_this_endpoint_is_said(khalti):
    with pytest.raises(ValueError, match="initiate has no fault 'wrong_amount', must be one of: timeout, reset_before"):
        khalti.trouble("initiate", Fault.WRONG_AMOUNT)


@pytest.mark.parametrize(("how", "visits"), [("once", 1), ("twice", 2), ("never", 0), (Return.WITHOUT_PIDX, 1)])
def test_the_browser_comes_back_in_many_ways(khalti, payment, how, visits):
    khalti.pay(payment)

    paths = khalti.return_paths(payment, how)

    assert len(paths) == visits
    assert all(path.startswith(reverse("wagtail_khalti:return", args=[payment.reference])) for path in paths)


class TestComingBack:
    def test_the_browser_comes_back_to_the_receipt(self, khalti, payment, client, home):
        khalti.pay(payment)

        response = khalti.return_to_site(client, payment)

        assert response.status_code == 200
        assert response.redirect_chain
        assert KhaltiPayment.objects.get().is_paid

    def test_it_comes_back_as_often_as_it_is_told(self, khalti, payment, client, home):
        khalti.pay(payment)

        assert khalti.return_to_site(client, payment, "twice").status_code == 200
        assert khalti.return_to_site(client, payment, "never") is None

    def test_after_a_lost_callback_only_reconcile_finds_out(self, khalti, payment, client):
        khalti.pay(payment)
        assert reconcile().answered == 0, "the control: it is not due yet"

        khalti.lose_callback(payment)

        assert khalti.return_paths(payment) == []
        assert khalti.return_to_site(client, payment) is None
        assert not KhaltiPayment.objects.get().is_paid
        assert reconcile().answered == 1
        assert KhaltiPayment.objects.get().is_paid

    def test_others_come_back(self, khalti, payment):
        other = start_payment(150_000, purpose="Another", base_url="http://testserver")
        khalti.lose_callback(payment)

        assert len(khalti.return_paths(other)) == 1


class TestOutside:
    """The fixture leaves nothing behind: these two run in this order."""

    def test_with_the_fixture(self, khalti):
        assert start_payment(1_000, purpose="x", base_url="http://testserver").pidx

    @pytest.mark.django_db
    def test_without_it_nobody_answers(self):
        with pytest.raises(GatewayUnreachable):
            start_payment(1_000, purpose="x", base_url="http://testserver")


class TestWithDjangosOwnRunner(TestCase):
    def test_a_payment_is_taken(self):
        with fake_khalti() as khalti:
            payment = start_payment(150_000, purpose="Membership", base_url="http://testserver")
            khalti.pay(payment)

            check_payment(payment)

        assert payment.is_paid
