"""What a site does when it hears of a payment: work in the database that shows if it was done twice, or not at all."""

from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from django.db.models import F

from tests.payments import SIGNALS, listening
from tests.shop.models import Order

PARCEL = "parcel: "


class Shop:
    """Its last receiver fails as long as ``is_broken`` says so, after the others have done their work."""

    def __init__(self) -> None:
        self.is_broken = False

    def mark_as_paid(self, *, payment, **_kwargs) -> None:
        Order.objects.filter(pk=payment.payable_id or None).update(times_paid=F("times_paid") + 1)

    def fail_while_broken(self, **_kwargs) -> None:
        if self.is_broken:
            raise RuntimeError("the site's code is broken")

    @contextmanager
    def open(self) -> Iterator["Shop"]:
        with ExitStack() as stack:
            stack.enter_context(listening("completed", self.mark_as_paid))
            for event_type in SIGNALS:
                stack.enter_context(listening(event_type, _note(event_type)))
                stack.enter_context(listening(event_type, self.fail_while_broken))
            yield self


def _note(event_type):
    def note(*, payment, **_kwargs):
        Order.objects.create(note=f"{PARCEL}{event_type} {payment.reference}")

    return note


def parcels() -> Counter[tuple[str, str]]:
    """How many were packed for which event of which payment."""
    notes = Order.objects.filter(note__startswith=PARCEL).values_list("note", flat=True)
    return Counter(tuple(note.removeprefix(PARCEL).split()) for note in notes)


def sales() -> dict[str, int]:
    """How often each thing was sold."""
    things = Order.objects.exclude(note__startswith=PARCEL)
    return {str(pk): times for pk, times in things.values_list("pk", "times_paid")}
