"""All that can happen, and how often: visitors, Khalti, workers, staff, the shop, the clock."""

from collections.abc import Callable

from django.test import Client
from django.utils import timezone

from tests.begun_before import as_if_begun_before
from tests.random_runs.refund_moves import (
    a_decision,
    a_refund,
    a_refund_in_the_dashboard,
    a_refund_in_trouble,
    a_refund_that_khalti_does_not_make,
    a_second_press,
    an_amount_from_the_dashboard,
    money_given_by_hand,
)
from tests.random_runs.run import Run, Wish, is_about_refunds
from tests.shop.models import Order
from wagtail_khalti.actions import check_payment, reconcile, redeliver, resolve_issue, start_payment
from wagtail_khalti.models import KhaltiDelivery, KhaltiIssue, KhaltiPayment
from wagtail_khalti.simulator.disturbance.faults import Fault

Move = Callable[[Run], None]

LATEST_PAYMENT = 4  # days after the start: Khalti is asked for a week after an end, and no longer
REFUSED_KEY = {"detail": "Invalid token.", "status_code": 401}
REFUSED_FIELD = {"amount": ["Amount should be greater than Rs. 10."], "error_key": "validation_error"}


def a_new_wish(run: Run) -> None:
    """For a thing of its own, or for one that somebody wants already."""
    again = run.wish() if run.chance.random() < 0.6 else None
    thing = again.thing if again else Order.objects.create(note="thing")
    wish = Wish(
        number=len(run.wishes),
        thing=thing,
        amount=run.chance.randrange(1_000, 900_000),
        began_at=timezone.now(),
    )
    run.wishes.append(wish)
    _start(run, wish, f"{wish} wants thing {run.wishes.index(next(w for w in run.wishes if w.thing == thing))}")


def a_second_click(run: Run) -> None:
    if wish := run.wish():
        _start(run, wish, f"{wish} clicks again")


def _start(run: Run, wish: Wish, name: str) -> None:
    with as_if_begun_before():
        payment = run.ours(
            name,
            lambda: start_payment(
                wish.amount,
                purpose=str(wish),
                payable=wish.thing,
                idempotency_key=wish.key,
                base_url="http://testserver",
            ),
        )
    wish.has_link = wish.has_link or bool(payment and payment.payment_url)


def going_on_to_khalti(run: Run) -> None:
    if (wish := run.wish()) and (payment := wish.payment):
        response = _visit(run, f"{wish} goes on to Khalti", f"{payment.get_absolute_url()}continue/")
        wish.has_link = wish.has_link or bool(response and response.status_code == 302 and "pidx" in response.url)


def _visit(run: Run, name: str, path: str):
    response = run.ours(name, lambda: Client().get(path))
    assert response is None or response.status_code < 500, response.status_code
    return response


def something_at_khalti(run: Run) -> None:
    """What the visitor does with the link, or what becomes of it. Paying is the most likely."""
    wish = run.wish()
    if not wish or not wish.has_link or run.age(wish).days >= LATEST_PAYMENT:
        return
    verb = run.chance.choice(["pay", "pay", "pay", "begin", "cancel", "cancel", "expire", "fail"])
    payment = wish.payment
    try:
        getattr(run.khalti, verb)(payment, **_how_it_is_paid(run, payment) if verb == "pay" else {})
    except ValueError:
        return  # Khalti does not let them
    run.tell(f"{wish} at Khalti: {verb}")


def _how_it_is_paid(run: Run, payment: KhaltiPayment) -> dict[str, bool]:
    if run.chance.random() < 0.8:
        return {}
    run.by_bank.add(payment.pk)
    return {"bank": True}


def a_sale(run: Run) -> None:
    """The usual case, as far as it comes."""
    a_new_wish(run)
    wish = run.wishes[-1]
    if wish.has_link:
        run.khalti.pay(wish.payment, **_how_it_is_paid(run, wish.payment))
        _visit(run, f"{wish} pays and comes back", run.khalti.return_path(wish.payment))


def a_return(run: Run) -> None:
    wish = run.wish()
    if not wish or not wish.has_link:
        return
    how = run.chance.choice(["once", "twice", "without_pidx"])
    for path in run.khalti.return_paths(wish.payment, how):
        _visit(run, f"{wish} comes back {how}", path)


def a_return_with_the_pidx_of_another(run: Run) -> None:
    wish, other = run.wish(), run.wish()
    if wish and other and wish.has_link and other.has_link:
        query = run.khalti.return_path(other.payment).partition("?")[2]
        _visit(run, f"{wish} comes back as {other}", f"/khalti/return/{wish.payment.reference}/?{query}")


def a_look_at_the_page(run: Run) -> None:
    if (wish := run.wish()) and (payment := wish.payment):
        _visit(run, f"{wish} looks at the payment's page", payment.get_absolute_url())


def trouble(run: Run) -> None:
    """For whoever comes next."""
    endpoint = run.chance.choice(["initiate", "lookup", "lookup", "refund"])
    fault = run.chance.choice([fault for fault in Fault if endpoint in fault.endpoints])
    times = run.chance.randrange(1, 6)
    run.khalti.trouble(endpoint, fault, times=times)
    run.tell(f"Khalti at {endpoint}, {times} times: {fault}")


def trouble_with_one(run: Run) -> None:
    """Somebody asks just then."""
    wish = run.wish()
    if not wish or not wish.has_link:
        return
    payment, fault = wish.payment, run.chance.choice([fault for fault in Fault if "lookup" in fault.endpoints])
    run.khalti.trouble("lookup", fault, times=3, payment=payment)
    run.tell(f"Khalti at lookup of {wish}, 3 times: {fault}")
    run.ours(f"a check of {wish} just then", lambda: check_payment(payment))


def a_refusal(run: Run) -> None:
    if run.chance.random() < 0.5:
        run.khalti.answer("lookup", REFUSED_KEY, status=401, times=run.chance.randrange(1, 4))
        run.tell("Khalti refuses our key at lookup")
    else:
        run.khalti.answer("initiate", REFUSED_FIELD, status=400)
        run.tell("Khalti refuses the next payment")


def khalti_is_well_again(run: Run) -> None:
    run.khalti.no_more_trouble()
    run.tell("Khalti is well again")


def the_shop_changes(run: Run) -> None:
    run.shop.is_broken = not run.shop.is_broken
    run.tell("the shop's code is broken" if run.shop.is_broken else "the shop's code is mended")


def a_worker(run: Run) -> None:
    limit = run.chance.choice([None, None, None, 1, 2])
    run.ours(f"a worker comes by, limit {limit}", lambda: reconcile(limit=limit))


def a_worker_for_one(run: Run) -> None:
    if (wish := run.wish()) and (payment := wish.payment):
        run.ours(f"a run for {wish} alone", lambda: reconcile(only=payment))


def staff_checks(run: Run) -> None:
    if (wish := run.wish()) and (payment := wish.payment):
        run.ours(f"staff: check {wish} now", lambda: check_payment(payment))


def staff_replays(run: Run) -> None:
    waiting = list(KhaltiDelivery.objects.undelivered())
    if waiting:
        delivery = run.chance.choice(waiting)
        run.ours(f"staff: tell {delivery.event_type} of {delivery.payment.purpose}", lambda: redeliver(delivery))


def staff_closes(run: Run) -> None:
    issues = list(KhaltiIssue.objects.open())
    if issues:
        issue = run.chance.choice(issues)
        how = KhaltiIssue.Resolution.RESOLVED
        run.ours(f"staff: close {issue.kind} of {issue.payment.purpose}", lambda: resolve_issue(issue, resolution=how))


def time_passes(run: Run) -> None:
    length = run.chance.choice([{"seconds": 5}, {"minutes": 2}, {"minutes": 8}, {"minutes": 40}, {"hours": 9}])
    run.time_goes_by(**length)
    run.tell(f"time goes by: {length}")


MOVES: dict[Move, int] = {
    a_new_wish: 6,
    a_second_click: 3,
    going_on_to_khalti: 3,
    something_at_khalti: 16,
    a_refund_in_the_dashboard: 3,
    a_return: 6,
    a_return_with_the_pidx_of_another: 1,
    a_look_at_the_page: 3,
    trouble: 4,
    trouble_with_one: 7,
    a_refusal: 2,
    khalti_is_well_again: 1,
    the_shop_changes: 3,
    a_worker: 8,
    a_worker_for_one: 1,
    staff_checks: 3,
    staff_replays: 5,
    staff_closes: 3,
    time_passes: 8,
}
"""How often, against each other."""

REFUND_MOVES: dict[Move, int] = {
    a_sale: 1,
    a_refund: 8,
    a_refund_in_trouble: 3,
    a_refund_that_khalti_does_not_make: 1,
    a_second_press: 2,
    a_decision: 2,
    an_amount_from_the_dashboard: 2,
    money_given_by_hand: 2,
}
"""Likewise; in half of the runs much more often."""

MEANWHILE: tuple[Move, ...] = (
    a_second_click,
    something_at_khalti,
    a_return,
    a_look_at_the_page,
    a_worker,
    a_worker_for_one,
    staff_checks,
    time_passes,
    a_refund,
    a_second_press,
    a_refund_in_the_dashboard,
    a_decision,
)
"""What happens while our code waits for Khalti, each as often as the others."""


def some_move(run: Run) -> None:
    more = 6 if is_about_refunds(run.seed) else 1
    moves = MOVES | {move: often * more for move, often in REFUND_MOVES.items()}
    [move] = run.chance.choices(list(moves), weights=list(moves.values()))
    move(run)
    run.clock.shift(1)


def some_move_meanwhile(run: Run) -> None:
    run.chance.choice(MEANWHILE)(run)
    run.clock.shift(1)
