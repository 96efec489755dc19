"""Money that goes back, killed half-way. Rs 1,500 were paid each time."""

from collections.abc import Callable, Iterator
from typing import Any

from tests.crash.scenarios import Scenario
from tests.crash.world import World
from wagtail_khalti.actions import check_payment, enter_refund_amount, reconcile, record_refund, resolve_refund
from wagtail_khalti.exceptions import NotRefundable, RefundAlreadyResolved
from wagtail_khalti.models import KhaltiPayment, KhaltiRefund

PART, ALL = 50_000, 150_000
MOBILE = "9800000001"


def a_refund(world: World) -> Iterator[Callable[[], Any]]:
    payment = world.sold()

    def press() -> Any:
        return world.refund(payment, idempotency_key="press-1")

    yield press
    press()
    world.see_to_it(payment, ALL)


def a_part(world: World) -> Iterator[Callable[[], Any]]:
    payment = world.sold()
    yield lambda: world.refund(payment, PART)
    world.see_to_it(payment, PART)


def a_second_part(world: World) -> Iterator[Callable[[], Any]]:
    payment = world.sold()
    world.refund(payment, PART)
    yield lambda: world.refund(payment, PART)
    world.see_to_it(payment, PART + PART)


def the_last_part(world: World) -> Iterator[Callable[[], Any]]:
    payment = world.sold()
    world.refund(payment, PART)
    yield lambda: world.refund(payment)
    world.see_to_it(payment, ALL)


def a_refund_whose_answer_is_lost(world: World) -> Iterator[Callable[[], Any]]:
    payment = world.sold()
    world.khalti.next_refund_meets("reset_after")
    yield lambda: world.refund(payment)
    world.see_to_it(payment, ALL)


def a_part_that_khalti_never_heard_of(world: World) -> Iterator[Callable[[], Any]]:
    payment = world.sold()
    world.khalti.next_refund_meets("reset_before")
    yield lambda: world.refund(payment, PART)
    world.khalti.tells_the_truth()  # who was killed before it was asked has not used up the trouble
    world.see_to_it(payment, PART)


def a_second_part_whose_answer_is_lost(world: World) -> Iterator[Callable[[], Any]]:
    payment = world.sold()
    world.refund(payment, PART)
    world.khalti.next_refund_meets("reset_after")
    yield lambda: world.refund(payment, PART)
    world.khalti.tells_the_truth()
    world.see_to_it(payment, PART + PART)


def a_refund_of_a_bank_payment(world: World) -> Iterator[Callable[[], Any]]:
    """Khalti refuses it first: nobody has said to which account it is to go."""
    payment = world.sold(bank=True)
    yield lambda: world.refund(payment)
    world.refund(payment, mobile=MOBILE)
    world.see_to_it(payment, ALL, mobile=MOBILE)


def a_refund_to_a_mobile(world: World) -> Iterator[Callable[[], Any]]:
    payment = world.sold(bank=True)
    yield lambda: world.refund(payment, PART, mobile=MOBILE)
    world.see_to_it(payment, PART, mobile=MOBILE)


def a_refund_of_a_second_payment(world: World) -> Iterator[Callable[[], Any]]:
    order = world.thing()
    world.sold(order)
    second = world.sold(order)
    yield lambda: world.refund(second)
    world.see_to_it(second, ALL)


REFUNDS: tuple[Scenario, ...] = (
    a_refund,
    a_part,
    a_second_part,
    the_last_part,
    a_refund_whose_answer_is_lost,
    a_part_that_khalti_never_heard_of,
    a_second_part_whose_answer_is_lost,
    a_refund_of_a_bank_payment,
    a_refund_to_a_mobile,
    a_refund_of_a_second_payment,
)
"""Whoever is killed may have to begin anew, for nobody else does."""


def _in_doubt(world: World, fault: str) -> KhaltiRefund:
    """A second part, of which no answer of Khalti's tells what became."""
    payment = world.sold()
    world.refund(payment, PART)
    world.khalti.next_refund_meets(fault)
    return world.refund(payment, PART)


def a_person_who_says_that_it_was_found(world: World) -> Iterator[Callable[[], Any]]:
    refund = _in_doubt(world, "reset_after")

    def decide() -> None:
        resolve_refund(refund, was_found=True, by=world.manager, note="It is in the dashboard.")

    yield decide
    world.without(RefundAlreadyResolved, decide)


def a_person_who_says_that_it_was_not_sent(world: World) -> Iterator[Callable[[], Any]]:
    refund = _in_doubt(world, "reset_before")

    def decide() -> None:
        resolve_refund(refund, was_found=False, by=world.manager)

    yield decide
    world.without(RefundAlreadyResolved, decide)


def money_given_back_in_cash(world: World) -> Iterator[Callable[[], Any]]:
    payment = world.sold()

    def record() -> None:
        record_refund(payment, PART, method=KhaltiRefund.Method.CASH, by=world.manager, refundable=ALL)

    yield record
    world.without(NotRefundable, record)


def an_amount_from_the_dashboard(world: World) -> Iterator[Callable[[], Any]]:
    payment = world.sold()
    world.khalti.refund(payment, amount=PART)
    check_payment(payment)

    def enter() -> None:
        enter_refund_amount(payment.refunds.get(), PART, by=world.manager)

    yield enter
    world.without(RefundAlreadyResolved, enter)


DECISIONS: tuple[Scenario, ...] = (
    a_person_who_says_that_it_was_found,
    a_person_who_says_that_it_was_not_sent,
    money_given_back_in_cash,
    an_amount_from_the_dashboard,
)
"""Nobody else does it for them, either; who does it again does it once."""


def some_money_that_went_back(world: World) -> Iterator[Callable[[], Any]]:
    payment = world.sold()
    world.khalti.refund(payment, amount=PART)
    yield lambda: check_payment(payment)
    check_payment(KhaltiPayment.objects.get())


def the_rest_that_went_back(world: World) -> Iterator[Callable[[], Any]]:
    payment = world.sold()
    world.refund(payment, PART)
    world.khalti.refund(payment)
    world.minutes_go_by(60 * 25)
    yield reconcile
    reconcile()


def a_run_that_finds_a_refund_without_its_answer(world: World) -> Iterator[Callable[[], Any]]:
    payment = world.sold()
    world.dies(lambda: world.refund(payment, PART), before="read Khalti's answer to refund")
    world.minutes_go_by(10)
    yield reconcile
    reconcile()


def a_run_that_finds_a_refund_that_was_never_sent(world: World) -> Iterator[Callable[[], Any]]:
    payment = world.sold()
    world.dies(lambda: world.refund(payment), before="send refund to Khalti")
    world.minutes_go_by(20)
    yield reconcile
    reconcile()


LOOKS: tuple[Scenario, ...] = (
    some_money_that_went_back,
    the_rest_that_went_back,
    a_run_that_finds_a_refund_without_its_answer,
    a_run_that_finds_a_refund_that_was_never_sent,
)
"""By whoever comes by."""
