"""Questions about many payments, as words that read in a sentence."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from itertools import takewhile
from typing import TYPE_CHECKING, Any, NoReturn, Self

from django.db import connections, models

from wagtail_khalti.database.primary import PrimaryQuerySet
from wagtail_khalti.models.payables import payable_columns

if TYPE_CHECKING:
    from wagtail_khalti.models.delivery import KhaltiDelivery
    from wagtail_khalti.models.event import KhaltiEvent
    from wagtail_khalti.models.issue import KhaltiIssue  # noqa: F401 - named below
    from wagtail_khalti.models.payment import KhaltiPayment
    from wagtail_khalti.models.refund import KhaltiRefund  # noqa: F401 - named below


SAMPLE_SIZE = 10  # rows read ahead: others may have worked on them meanwhile


class KhaltiPaymentQuerySet(PrimaryQuerySet["KhaltiPayment"]):
    def whole(self, **by: object) -> KhaltiPayment | None:
        """The one whose column is this, as it is now: a plain ``SELECT *``.

        Where a visitor waits: for so wide a table Django takes as long to write down all columns as to read them.
        """
        return self._whole("", by)

    def whole_with_deliveries(self, **by: object) -> KhaltiPayment | None:
        """Likewise, with ``undelivered``: how much news of it the site has yet to hear."""
        event_type = self.model._meta.get_field("deliveries").related_model._meta
        quote = connections[self.db].ops.quote_name
        table, payment, delivered_at = map(quote, (event_type.db_table, "payment_id", "delivered_at"))
        whose = f"{table}.{payment} = {quote(self.model._meta.db_table)}.{quote('id')}"
        count = f"SELECT COUNT(*) FROM {table} WHERE {whose} AND {table}.{delivered_at} IS NULL"  # noqa: S608 - our names
        return self._whole(f", ({count}) AS undelivered", by)

    def _whole(self, more: str, by: dict[str, object]) -> KhaltiPayment | None:
        ((name, value),) = by.items()
        quote = connections[self.db].ops.quote_name
        table, column = quote(self.model._meta.db_table), quote(name)
        sql = f"SELECT {table}.*{more} FROM {table} WHERE {table}.{column} = %s"  # noqa: S608 - our names
        return next(iter(self.raw(sql, [value])), None)

    def paid(self) -> Self:
        """Those whose money Khalti confirmed, whatever went back later."""
        return self.filter(status__in=("completed", "partially_refunded", "refunded"))

    def for_payable(self, payable: models.Model) -> Self:
        """The payments, also the unfinished ones, for this object of the site's."""
        thing = payable_columns(payable)
        return self.filter(payable_type=thing["payable_type"], payable_id=thing["payable_id"])

    def for_same_offer(self, payment: KhaltiPayment) -> Self:
        """Those of the same block; where that isn't known, of what the payer reads, and the same amount."""
        if payment.source_type_id:
            place = {"source_type": payment.source_type_id, "source_id": payment.source_id}
            return self.filter(**place, block_path=payment.block_path, mode=payment.mode)
        words = {"purpose": payment.purpose, "amount": payment.amount, "merchant": payment.merchant}
        return self.filter(**words, source_type=None, mode=payment.mode).exclude(offer="")

    def taken_by(self, merchant: str, mode: str) -> Self:
        """Those of one account at Khalti."""
        return self.filter(merchant=merchant, mode=mode)

    def due(self, now: datetime) -> Self:
        """Those that Khalti is to be asked about, the longest overdue first."""
        return self.filter(next_check_at__lte=now).order_by("next_check_at", "pk")

    def newly_due(self, now: datetime) -> Self:
        """The same, in the opposite order."""
        return self.filter(next_check_at__lte=now).order_by("-next_check_at", "-pk")

    def urgent(self, now: datetime) -> Self:
        """Those of them that have shown signs of life."""
        return self.due(now).filter(is_urgent__in=[True])  # SQLite uses no index where a column stands alone


RECENT = 10  # events among which a repetition is looked for
MAX_RETURNS = 5  # of a visitor that are kept apart while the status stays; anybody can make up another


class KhaltiEventQuerySet(PrimaryQuerySet["KhaltiEvent"]):
    """A history can be added to, and read."""

    def add(self, event: KhaltiEvent) -> None:
        """Save it, or count it where it says the same as one of the last few, since the status last changed.

        Whoever has a payment's address can make the same happen again and again; the history must not grow by it.
        """
        newest_first = self.filter(payment=event.payment_id).order_by("-pk")[:RECENT]
        since = list(takewhile(lambda other: other.kind != event.Kind.STATUS_CHANGED, newest_first))
        alike = [other for other in since if other.kind == event.kind and other.actor == event.actor]
        same = next((other for other in alike if other.says_the_same_as(event)), None)
        if event.kind == event.Kind.RETURNED and len(alike) >= MAX_RETURNS:
            same = same or alike[0]
        if same is None:
            event.save()
        else:
            repeated: PrimaryQuerySet[KhaltiEvent] = PrimaryQuerySet(self.model, using=self.db)
            repeated.filter(pk=same.pk).update(count=models.F("count") + 1, last_at=event.at)

    def update(self, **kwargs: Any) -> int:
        if kwargs != {"user": None}:  # as Django asks when that person is deleted
            raise TypeError("The history of a payment is never changed")
        return super().update(**kwargs)

    def delete(self) -> NoReturn:
        raise TypeError("The history of a payment is never deleted")


class KhaltiRefundQuerySet(PrimaryQuerySet["KhaltiRefund"]):
    def in_progress(self) -> Self:
        """Those of which it is still to be found out what became of them."""
        return self.filter(state__in=("requested", "processing", "unconfirmed"))

    def done(self) -> Self:
        """Those whose money went back for certain."""
        return self.filter(state__in=("succeeded", "external"))

    def without_amount(self) -> Self:
        """Those made in Khalti's dashboard of which nobody has entered how much it was."""
        return self.filter(amount=None, resolved_at=None)

    def reserve(self) -> int:
        """Paisa, of all that is not refused: as much as ``refund_total`` of their payment says."""
        return self.exclude(state="failed").aggregate(total=models.Sum("amount"))["total"] or 0


class KhaltiIssueQuerySet(PrimaryQuerySet["KhaltiIssue"]):
    def open(self) -> Self:
        """Those that no one has closed."""
        return self.filter(is_open__in=[True])  # SQLite uses no index where a column stands alone as a condition

    def doubting_the_money(self) -> Self:
        """Those while which a visitor must not pay again."""
        return self.exclude(kind__in=self.model.MONEY_IS_CLEAR)


class KhaltiDeliveryQuerySet(PrimaryQuerySet["KhaltiDelivery"]):
    def undelivered(self) -> Self:
        """What the site has yet to hear."""
        return self.filter(delivered_at=None)

    def due(self, now: datetime) -> Self:
        """Those to be tried now, the longest overdue first."""
        return self.filter(next_try_at__lte=now).order_by("next_try_at", "pk")

    def in_turn(self) -> Iterator[KhaltiDelivery]:
        """Each once, a few at a time, though working on them changes when they are due."""
        last = None
        while rows := list((self if last is None else self.filter(_comes_after(last)))[:SAMPLE_SIZE]):
            yield from rows
            last = rows[-1].next_try_at, rows[-1].pk


def _comes_after(place: tuple[datetime | None, int]) -> models.Q:
    next_try_at, pk = place
    return models.Q(next_try_at__gt=next_try_at) | models.Q(next_try_at=next_try_at, pk__gt=pk)
