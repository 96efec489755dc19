"""What is killed half-way. Each scenario arranges, yields the act that is killed, and goes on as people then do."""

from collections.abc import Callable, Iterator
from typing import Any

from django.test import Client

from tests.crash.world import World
from tests.public.conftest import Visitor
from wagtail_khalti.actions import check_payment, reconcile, redeliver, resolve_issue
from wagtail_khalti.exceptions import AlreadyDelivered, GatewayError, IssueAlreadyResolved
from wagtail_khalti.lookups.attempt import attempt_lookup
from wagtail_khalti.lookups.outcome import apply_attempt
from wagtail_khalti.models import KhaltiIssue, KhaltiPayment

Scenario = Callable[[World], Iterator[Callable[[], Any]]]


def a_start_from_code(world: World) -> Iterator[Callable[[], Any]]:
    order = world.thing()

    def start() -> KhaltiPayment:
        return world.start(order, key="order-7")

    yield start
    payment = start()
    if not payment.payment_url:  # the killed one may still be sending it, as far as anybody knows
        world.minutes_go_by(2)
        payment = start()
    world.khalti.pay(payment)


def a_checkout_form(world: World) -> Iterator[Callable[[], Any]]:
    visitor = Visitor()
    visitor.choose(world.shop_page())
    form = {name: value for name, value in visitor.typed.items() if name != "csrfmiddlewaretoken"}
    yield lambda: visitor.send(form)
    method = visitor.send(form).response.url
    if method.endswith("/continue/"):
        world.minutes_go_by(2)
        method = visitor.visit(method).response.url
    world.khalti.pay(KhaltiPayment.objects.get(payment_url=method))


def going_on_to_khalti_after_it_was_down(world: World) -> Iterator[Callable[[], Any]]:
    payment = world.start_while_khalti_is_down()
    address = f"{payment.get_absolute_url()}continue/"
    yield lambda: Client().get(address)
    world.minutes_go_by(2)
    method = Client().get(address).url
    world.khalti.pay(KhaltiPayment.objects.get(payment_url=method))


def a_second_click_with_the_link_in_hand(world: World) -> Iterator[Callable[[], Any]]:
    order = world.thing()
    payment = world.start(order, key="order-7")
    yield lambda: world.start(order, key="order-7")
    world.khalti.pay(payment)


STARTS: tuple[Scenario, ...] = (
    a_start_from_code,
    a_checkout_form,
    going_on_to_khalti_after_it_was_down,
    a_second_click_with_the_link_in_hand,
)


def a_return_after_paying(world: World) -> Iterator[Callable[[], Any]]:
    payment = world.paid()
    path = world.khalti.return_path(payment)
    yield lambda: Client().get(path)
    Client().get(path)
    Client().get(payment.get_absolute_url())


def a_return_after_a_cancel(world: World) -> Iterator[Callable[[], Any]]:
    payment = world.start(world.thing())
    world.khalti.cancel(payment)
    path = world.khalti.return_path(payment)
    yield lambda: Client().get(path)
    Client().get(path)


def a_check(world: World) -> Iterator[Callable[[], Any]]:
    payment = world.paid()
    yield lambda: check_payment(payment)
    check_payment(KhaltiPayment.objects.get())


def a_check_before_the_visitor_pays(world: World) -> Iterator[Callable[[], Any]]:
    payment = world.start(world.thing())
    yield lambda: check_payment(payment)
    world.khalti.pay(payment)


def a_check_that_learns_nothing(world: World) -> Iterator[Callable[[], Any]]:
    payment = world.paid()
    world.khalti.always_answers(payment, "bad_gateway")
    yield lambda: world.without(GatewayError, lambda: check_payment(payment))
    world.khalti.tells_the_truth()


def a_run(world: World) -> Iterator[Callable[[], Any]]:
    world.paid()
    world.minutes_go_by(2)
    yield reconcile
    reconcile()


def a_run_over_two_payments_for_the_same(world: World) -> Iterator[Callable[[], Any]]:
    order = world.thing()
    world.paid(order)
    world.paid(order)
    world.minutes_go_by(2)
    yield reconcile


def a_second_payment_for_the_same(world: World) -> Iterator[Callable[[], Any]]:
    order = world.thing()
    check_payment(world.paid(order))
    second = world.paid(order)
    yield lambda: check_payment(second)
    check_payment(KhaltiPayment.objects.get(pk=second.pk))


def a_late_payment(world: World) -> Iterator[Callable[[], Any]]:
    payment = world.start(world.thing())
    world.khalti.cancel(payment)
    check_payment(payment)
    world.khalti.pay(payment)
    yield lambda: check_payment(payment)
    Client().get(payment.get_absolute_url())


def money_that_went_back(world: World) -> Iterator[Callable[[], Any]]:
    payment = world.paid()
    check_payment(payment)
    world.khalti.refund(payment)
    yield lambda: check_payment(payment)


def money_that_went_back_before_we_asked(world: World) -> Iterator[Callable[[], Any]]:
    payment = world.paid()
    world.khalti.refund(payment)
    yield lambda: check_payment(payment)


def a_contradiction(world: World) -> Iterator[Callable[[], Any]]:
    payment = world.paid()
    world.khalti.always_answers(payment, "wrong_amount")
    yield lambda: check_payment(payment)
    check_payment(KhaltiPayment.objects.get())


def a_contradiction_that_clears_up(world: World) -> Iterator[Callable[[], Any]]:
    payment = world.paid()
    world.khalti.always_answers(payment, "unknown_status")
    check_payment(payment)
    world.khalti.tells_the_truth()
    yield lambda: check_payment(payment)


def two_receivers_of_which_one_raises(world: World) -> Iterator[Callable[[], Any]]:
    payment = world.paid()
    world.shop.is_broken = True
    yield lambda: check_payment(payment)
    world.shop.is_broken = False
    Client().get(payment.get_absolute_url())


def a_third_failure(world: World) -> Iterator[Callable[[], Any]]:
    payment = world.failing(times=2)
    world.minutes_go_by(10)
    yield reconcile
    world.minutes_go_by(10)
    reconcile()
    world.shop.is_broken = False
    Client().get(payment.get_absolute_url())


def a_delivery_that_was_left_over(world: World) -> Iterator[Callable[[], Any]]:
    payment = world.paid()
    apply_attempt(payment, attempt_lookup(payment))
    world.minutes_go_by(2)
    yield reconcile


def a_replay(world: World) -> Iterator[Callable[[], Any]]:
    payment = world.failing(times=3)
    delivery = payment.deliveries.get()
    world.shop.is_broken = False
    yield lambda: redeliver(delivery)
    world.without(AlreadyDelivered, lambda: redeliver(delivery))


def an_issue_that_a_person_resolves(world: World) -> Iterator[Callable[[], Any]]:
    payment = world.paid()
    world.khalti.always_answers(payment, "wrong_amount")
    check_payment(payment)
    world.khalti.tells_the_truth()

    def close() -> None:
        issue = KhaltiIssue.objects.get()
        resolve_issue(issue, resolution=KhaltiIssue.Resolution.RESOLVED, note="Asked Khalti.")

    yield close
    world.without(IssueAlreadyResolved, close)


ONLY_THEIRS: tuple[Scenario, ...] = (an_issue_that_a_person_resolves,)
"""Nobody else does it for them."""

SCENARIOS: tuple[Scenario, ...] = (
    a_return_after_paying,
    a_return_after_a_cancel,
    a_check,
    a_check_before_the_visitor_pays,
    a_check_that_learns_nothing,
    a_run,
    a_run_over_two_payments_for_the_same,
    a_second_payment_for_the_same,
    a_late_payment,
    money_that_went_back,
    money_that_went_back_before_we_asked,
    a_contradiction,
    a_contradiction_that_clears_up,
    two_receivers_of_which_one_raises,
    a_third_failure,
    a_delivery_that_was_left_over,
    a_replay,
)
