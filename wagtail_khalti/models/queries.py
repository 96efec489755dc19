"""The querysets of the models."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import takewhile
from typing import TYPE_CHECKING, Any, NoReturn, Self

from django.db import models

from wagtail_khalti.database.plain_sql import read_row
from wagtail_khalti.database.primary import PrimaryQuerySet
from wagtail_khalti.models.sources import payable_columns

if TYPE_CHECKING:
    from wagtail_khalti.models.delivery import KhaltiDelivery
    from wagtail_khalti.models.event import KhaltiEvent
    from wagtail_khalti.models.issue import KhaltiIssue  # noqa: F401 - named below
    from wagtail_khalti.models.payment import KhaltiPayment
    from wagtail_khalti.models.refund import KhaltiRefund  # noqa: F401 - named below


READ_AHEAD = 10  # rows; more would be out of date by the time they are used


class KhaltiPaymentQuerySet(PrimaryQuerySet["KhaltiPayment"]):
    def whole(self, **by: Any) -> KhaltiPayment | None:
        """The row with this value in this unique column. For requests of visitors, who don't wait for Django then."""
        return read_row(self.model, **by)

    def whole_with_deliveries(self, **by: Any) -> KhaltiPayment | None:
        """Likewise, with ``undelivered``: the number of its events that are not delivered yet."""
        deliveries = self.model._meta.get_field("deliveries").related_model._meta.db_table
        is_its = f"payment_id = {self.model._meta.db_table}.id"
        count = f"SELECT COUNT(*) FROM {deliveries} WHERE {is_its} AND delivered_at IS NULL"  # noqa: S608 - our names
        return read_row(self.model, computed={"undelivered": count}, **by)

    def paid(self) -> Self:
        """Those that Khalti confirmed, regardless of later refunds."""
        return self.filter(status__in=("completed", "partially_refunded", "refunded"))

    def for_payable(self, payable: models.Model) -> Self:
        """The payments for this payable, in whichever status."""
        columns = payable_columns(payable)
        return self.filter(payable_type=columns["payable_type"], payable_id=columns["payable_id"])

    def for_same_offer(self, payment: KhaltiPayment) -> Self:
        """Those of the same block; if that isn't known, those with the same description and amount.

        If the payer chose the amount, only those of the same amount: another amount is another gift.
        """
        if payment.source_type_id:
            source = {"source_type": payment.source_type_id, "source_id": payment.source_id}
            same = self.filter(**source, block_path=payment.block_path, mode=payment.mode)
            return same.filter(amount=payment.amount) if payment.has_chosen_amount else same
        content = {"purpose": payment.purpose, "amount": payment.amount, "merchant": payment.merchant}
        return self.filter(**content, source_type=None, mode=payment.mode).exclude(offer="")

    def of_account(self, merchant: str, mode: str) -> Self:
        """Those of one Khalti account."""
        return self.filter(merchant=merchant, mode=mode)

    def due(self, now: datetime) -> Self:
        """Those due for a lookup, the longest overdue first."""
        return self.filter(next_check_at__lte=now).order_by("next_check_at", "pk")

    def newly_due(self, now: datetime) -> Self:
        """The same, in the opposite order."""
        return self.filter(next_check_at__lte=now).order_by("-next_check_at", "-pk")

    def urgent(self, now: datetime) -> Self:
        """The due ones whose visitor returned, or that are pending at Khalti."""
        return self.due(now).filter(is_urgent__in=[True])  # SQLite uses no index where a column stands alone


RECENT = 10  # events among which a repetition is searched
ERASED_AT_ONCE = 100  # one UPDATE with a branch for each row
MAX_RETURNS = 5  # stored separately until the status changes; anybody can invent callback parameters


class KhaltiEventQuerySet(PrimaryQuerySet["KhaltiEvent"]):
    """Append-only."""

    def add(self, event: KhaltiEvent) -> None:
        """Save it, or count it if it repeats one of the last few since the status last changed.

        Anybody with a payment's URL can cause the same event again and again; the timeline must not grow by it.
        """
        newest_first = self.filter(payment=event.payment_id).order_by("-pk")[:RECENT]
        since = list(takewhile(lambda other: other.kind != event.Kind.STATUS_CHANGED, newest_first))
        alike = [other for other in since if other.kind == event.kind and other.actor == event.actor]
        same = next((other for other in alike if other.repeats(event)), None)
        if event.kind == event.Kind.RETURNED and len(alike) >= MAX_RETURNS:
            same = same or alike[0]
        if same is None:
            event.save()
        else:
            repeated: PrimaryQuerySet[KhaltiEvent] = PrimaryQuerySet(self.model, using=self.db)
            repeated.filter(pk=same.pk).update(count=models.F("count") + 1, last_at=event.at)

    def receipts_sent_at(self) -> list[datetime]:
        """When receipts were e-mailed, as far as is known: a row is written before the mail server is asked.

        For the events of one payment. Without those that the mail server refused.
        """
        sent = list(self.filter(kind="receipt_sent").values_list("pk", "data", "at"))
        refused = {data.get("instead_of") for _pk, data, _at in sent}
        return [at for pk, data, at in sent if "error" not in data and pk not in refused]

    def erase(self, events: Iterable[KhaltiEvent]) -> None:
        """Save their ``data``, from which personal data was removed: the only change of what happened."""
        unrestricted: PrimaryQuerySet[KhaltiEvent] = PrimaryQuerySet(self.model, using=self.db)
        alike: dict[str, list[KhaltiEvent]] = defaultdict(list)
        for event in events:
            alike[json.dumps(event.data, sort_keys=True)].append(event)
        for group in alike.values():  # most are, which makes it twice as fast
            if len(group) > 1:
                unrestricted.filter(pk__in=[event.pk for event in group]).update(data=group[0].data)
        single = [group[0] for group in alike.values() if len(group) == 1]
        unrestricted.bulk_update(single, ["data"], batch_size=ERASED_AT_ONCE)

    def update(self, **kwargs: Any) -> int:
        if kwargs != {"user": None}:  # what Django sends when that user is deleted
            raise TypeError("The timeline of a payment is never changed")
        return super().update(**kwargs)

    def delete(self) -> NoReturn:
        raise TypeError("The timeline of a payment is never deleted")


class KhaltiRefundQuerySet(PrimaryQuerySet["KhaltiRefund"]):
    def in_progress(self) -> Self:
        """Those whose outcome is not known yet."""
        return self.filter(state__in=("requested", "processing", "unconfirmed"))

    def done(self) -> Self:
        """Those that are known to have been made."""
        return self.filter(state__in=("succeeded", "external"))

    def without_amount(self) -> Self:
        """Those made in Khalti's dashboard whose amount nobody has entered yet."""
        return self.filter(amount=None, resolved_at=None)

    def reserved_total(self) -> int:
        """The sum of all that have not failed, in paisa; it equals ``refund_total`` of their payment."""
        return self.exclude(state="failed").aggregate(total=models.Sum("amount"))["total"] or 0


class KhaltiIssueQuerySet(PrimaryQuerySet["KhaltiIssue"]):
    def open(self) -> Self:
        """Those that are not resolved."""
        return self.filter(is_open__in=[True])  # SQLite uses no index where a column stands alone as a condition

    def payment_unclear(self) -> Self:
        """Those that leave open whether the payment was made: its visitor must not pay again."""
        return self.exclude(kind__in=self.model.PAYMENT_IS_CLEAR)


class KhaltiDeliveryQuerySet(PrimaryQuerySet["KhaltiDelivery"]):
    def undelivered(self) -> Self:
        """Those that are not delivered yet."""
        return self.filter(delivered_at=None)

    def due(self, now: datetime) -> Self:
        """Those to be tried now, the longest overdue first."""
        return self.filter(next_try_at__lte=now).order_by("next_try_at", "pk")

    def in_turn(self) -> Iterator[KhaltiDelivery]:
        """Each row once, a few at a time, although processing a row changes when it is due."""
        last = None
        while rows := list((self if last is None else self.filter(_comes_after(last)))[:READ_AHEAD]):
            yield from rows
            last = rows[-1].next_try_at, rows[-1].pk


def _comes_after(position: tuple[datetime | None, int]) -> models.Q:
    next_try_at, pk = position
    return models.Q(next_try_at__gt=next_try_at) | models.Q(next_try_at=next_try_at, pk__gt=pk)
