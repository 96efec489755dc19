"""Money that goes back: managers who press, once or twice, and decide what nobody else can; and Khalti's dashboard."""

from dataclasses import dataclass

from tests.random_runs.run import Run
from wagtail_khalti.actions import enter_refund_amount, record_refund, refund_payment, resolve_refund
from wagtail_khalti.models import KhaltiPayment, KhaltiRefund
from wagtail_khalti.simulator.disturbance.faults import Fault

MOBILE = "9800000001"
REJECTED = {"detail": "Insufficient balance.", "error_key": "validation_error"}
BUSY = {"detail": "Another request is in progress."}


@dataclass(frozen=True, kw_only=True)
class Press:
    """Of the button on a page, which has a key of its own; pressed again, it says the same."""

    payment: int
    amount: int | None
    refundable: int | None
    mobile: str | None
    key: str


def a_refund(run: Run) -> None:
    """Of all, or of a part, as a manager sees on the page how much is left; or as somebody else types it."""
    payment = run.paid()
    if payment is None:
        return
    left = payment.refundable
    part = run.chance.randrange(1, left) if left > 1 else None
    amount = run.chance.choice([None, part, part, part, run.chance.randrange(1, payment.amount + 1)])
    press = Press(
        payment=payment.pk,
        amount=amount,
        refundable=run.chance.choice([left, None]),
        mobile=run.chance.choice([MOBILE, MOBILE, None]) if payment.pk in run.by_bank else None,
        key=f"press-{len(run.presses)}",
    )
    run.presses.append(press)
    _press(run, press, "a manager gives back")


def a_second_press(run: Run) -> None:
    if run.presses:
        _press(run, run.chance.choice(run.presses[-3:]), "once more:")


def a_refund_in_trouble(run: Run) -> None:
    """Somebody gives back just then."""
    fault = run.chance.choice([fault for fault in Fault if "refund" in fault.endpoints])
    run.khalti.trouble("refund", fault)
    run.tell(f"Khalti at the next refund: {fault}")
    a_refund(run)


def a_refund_that_khalti_does_not_make(run: Run) -> None:
    """A clear no, or a word that may mean anything. Nothing has happened."""
    body, status = run.chance.choice([(REJECTED, 400), (BUSY, 409)])
    run.khalti.answer("refund", body, status=status)
    run.tell(f"Khalti at the next refund: HTTP {status}")
    a_refund(run)


def _press(run: Run, press: Press, name: str) -> None:
    payment = KhaltiPayment.objects.get(pk=press.payment)
    run.ours(
        f"{name} {press.amount or 'all'} of {payment.purpose}'s {payment.amount}, {press.refundable or '?'} left",
        lambda: refund_payment(
            payment,
            press.amount,
            mobile=press.mobile,
            refundable=press.refundable,
            idempotency_key=press.key,
            by=run.manager,
        ),
    )


def a_refund_in_the_dashboard(run: Run) -> None:
    """By somebody who does not know of this site."""
    wish = run.wish()
    if not wish or not wish.has_link:
        return
    payment = wish.payment
    before = run.returned(payment)
    left = payment.amount - before
    amount = run.chance.randrange(1, left) if left > 1 and run.chance.random() < 0.7 else None
    try:
        run.khalti.refund_in_dashboard(payment, amount=amount)
    except ValueError:
        return  # not paid, or nothing is left
    given = run.returned(payment) - before
    run.note_in_the_dashboard(payment, given)
    run.tell(f"{given} of the money of {wish} goes back, in Khalti's dashboard")


def a_decision(run: Run) -> None:
    """A manager looks into the dashboard, and says what is true."""
    doubtful = list(KhaltiRefund.objects.filter(state="unconfirmed").order_by("pk"))
    if doubtful:
        decide(run, run.chance.choice(doubtful))


def decide(run: Run, refund: KhaltiRefund) -> None:
    was_found = run.was_made(refund)
    run.ours(
        f"a manager decides: {refund.amount} of {refund.payment.purpose} was {'sent' if was_found else 'not sent'}",
        lambda: resolve_refund(refund, was_found=was_found, by=run.manager),
    )


def an_amount_from_the_dashboard(run: Run) -> None:
    nameless = [refund for refund in KhaltiRefund.objects.without_amount().order_by("pk") if refund.lacks_amount]
    if nameless:
        enter(run, run.chance.choice(nameless))


def enter(run: Run, refund: KhaltiRefund) -> None:
    amount = run.returned(refund.payment)
    run.ours(
        f"a manager enters {amount} of {refund.payment.purpose}, from the dashboard",
        lambda: enter_refund_amount(refund, amount, by=run.manager),
    )


def money_given_by_hand(run: Run) -> None:
    payment = run.paid()
    if payment is None or not payment.refundable:
        return
    amount = run.chance.choice([payment.refundable, run.chance.randrange(1, payment.refundable + 1)])
    method = run.chance.choice([KhaltiRefund.Method.CASH, KhaltiRefund.Method.BANK_TRANSFER])
    seen = payment.refundable
    run.ours(
        f"a manager gives back {amount} of {payment.purpose} by {method}",
        lambda: record_refund(payment, amount, method=method, by=run.manager, refundable=seen),
    )
