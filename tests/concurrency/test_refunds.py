"""Managers give money of the same payment back at the same moment."""

from collections import Counter

import pytest

from tests.concurrency.crowd import each_at_once, meeting_before
from tests.concurrency.rounds import FEWER_ROUNDS, how_many, on_record, sizes
from tests.concurrency.verdict import require_equal_refunds, returned
from wagtail_khalti.actions import check_payment, refund_payment
from wagtail_khalti.actions import refund as refund_module
from wagtail_khalti.gateway import KhaltiClient
from wagtail_khalti.models import KhaltiPayment

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("manager", "cashier"),
    pytest.mark.heavy,
    pytest.mark.every_database,
]

ALL, PART = 150_000, 40_000
GIVEN, IN_PROGRESS, NOTHING_LEFT, CHANGED, NOT_LEFT, DECIDED, REFUSED = 200, 409, 410, 412, 422, 423, 424
ONCE = {"calls": 1, "effects": 1, "errors": 0}


@pytest.fixture
def sold(khalti, begin):
    """Makes a payment of Rs 1,500 that is paid, and known to be."""

    def sold():
        payment = begin()
        khalti.pay(payment)
        return check_payment(payment)

    return sold


def press(payment, number=1, **said):
    """The address that a manager's button leads to; each page with the form has a key of its own."""
    said = {"key": f"{payment.reference}-{number}", **said}
    return f"/give-back/{payment.reference}/?" + "&".join(f"{name}={value}" for name, value in said.items())


def test_a_button_pressed_twice_or_more_gives_back_once(khalti, sold, visit, method):
    with on_record(f"one refund, pressed again and again, {method}", how_many(FEWER_ROUNDS), **ONCE):
        for size in sizes(FEWER_ROUNDS):
            payment = sold()

            answers = visit([press(payment, amount=PART)] * size)

            assert answers == [GIVEN] * size
            assert (payment.refunds.count(), khalti.calls("refund", payment)) == (1, 1)
            assert returned(payment) == PART
            require_equal_refunds(payment)


@pytest.mark.parametrize("said", [{}, {"refundable": ALL}], ids=["all that is left", "all that was seen"])
def test_of_managers_who_give_back_all_one_does(khalti, sold, visit, method, said):
    with on_record(
        f"all, by as many managers, {', '.join(said) or 'unseen'}, {method}", how_many(FEWER_ROUNDS), **ONCE
    ):
        for size in sizes(FEWER_ROUNDS):
            payment = sold()

            answers = Counter(visit([press(payment, number, **said) for number in range(size)]))

            assert answers.pop(GIVEN) == 1
            assert set(answers) <= {IN_PROGRESS, NOTHING_LEFT}
            assert khalti.calls("refund", payment) == 1
            assert returned(payment) == ALL
            require_equal_refunds(payment)


@pytest.mark.in_full
def test_of_managers_refunding_a_part_of_a_balance_one_succeeds(khalti, sold, visit, method):
    with on_record(f"a part of what was seen, by as many managers, {method}", how_many(FEWER_ROUNDS), **ONCE):
        for size in sizes(FEWER_ROUNDS):
            payment = sold()

            answers = Counter(visit([press(payment, n, amount=PART, refundable=ALL) for n in range(size)]))

            assert answers.pop(GIVEN) == 1
            assert set(answers) <= {IN_PROGRESS, CHANGED}
            assert khalti.calls("refund", payment) == 1
            assert returned(payment) == PART
            require_equal_refunds(payment)


@pytest.mark.in_full
def test_partial_refunds_without_a_balance_stay_within_it(khalti, sold, visit, method):
    """One after the other, as long as there is something; who comes while another is on its way is turned away."""
    most = ALL // PART
    with on_record(
        f"parts, by as many managers, {method}", how_many(FEWER_ROUNDS), given_back_at_most=most
    ) as came_out:
        given = []
        for size in sizes(FEWER_ROUNDS):
            payment = sold()

            answers = Counter(visit([press(payment, number, amount=PART) for number in range(size)]))

            given.append(answers.pop(GIVEN))
            assert 1 <= given[-1] <= most
            assert set(answers) <= {IN_PROGRESS, NOT_LEFT}
            assert khalti.calls("refund", payment) == given[-1]
            assert returned(payment) == given[-1] * PART
            require_equal_refunds(payment)
        came_out["refund_summary"] = f"{min(given)} to {max(given)}"


@pytest.mark.in_full
def test_nor_does_it_matter_who_else_is_at_work(khalti, sold, visit, method):
    """Runs, "check now", and somebody in Khalti's dashboard, in turn."""
    with on_record(
        f"parts, runs, “check now”, the dashboard, {method}", how_many(FEWER_ROUNDS), effects="as at Khalti"
    ):
        for size in sizes(FEWER_ROUNDS):
            payment = sold()
            door, dashboard = f"{payment.reference}/", f"/dashboard/{payment.pidx}/{PART + 1}/"
            others = [dashboard, f"/reconcile/{door}", f"/check-now/{door}"]
            paths = [path for number in range(size) for path in (press(payment, number, amount=PART), *others)]

            answers = list(zip(visit(paths), paths, strict=True))

            by_us = sum(answer == GIVEN for answer, path in answers if "/give-back/" in path)
            by_others = sum(answer == GIVEN for answer, path in answers if "/dashboard/" in path)
            assert {answer for answer, _path in answers} <= {
                GIVEN,
                IN_PROGRESS,
                NOTHING_LEFT,
                CHANGED,
                NOT_LEFT,
                REFUSED,
            }
            assert returned(payment) == by_us * PART + by_others * (PART + 1) <= ALL
            require_what_we_gave_is_known(payment, by_us)


def require_what_we_gave_is_known(payment, times):
    payment.refresh_from_db()
    made = payment.refunds.filter(method="khalti", state="succeeded")
    assert list(made.values_list("amount", flat=True)) == [PART] * times
    assert payment.refund_total <= ALL
    assert not payment.refunds.in_progress().exists()


@pytest.mark.usefixtures("shop")
def test_without_the_gate_both_give_back(khalti, sold, monkeypatch):
    """The control: nobody looks whether another refund is on its way."""
    payment = sold()
    monkeypatch.setattr(refund_module, "require_refundable", lambda payment: None)
    monkeypatch.setattr(KhaltiClient, "refund", meeting_before(2, KhaltiClient.refund))

    def give_back():
        return refund_payment(KhaltiPayment.objects.get(pk=payment.pk), PART)

    each_at_once([give_back] * 2)

    assert khalti.calls("refund", payment) == 2
    assert returned(payment) == 2 * PART
    with on_record("control: refunds without the gate, from threads", "1 of 2", calls=2, effects=2):
        pass
