"""Which payments there are, and what became of them."""

from __future__ import annotations

import random
from datetime import timedelta

from django.db.models import F, Max, Min, Sum
from django.utils import timezone

from tests.concurrency.stock import unfinished
from tests.in_full import IS_FULL
from tests.shop.models import Order
from wagtail_khalti.lookups.leases import LEASE
from wagtail_khalti.models import KhaltiDelivery, KhaltiEvent, KhaltiPayment, KhaltiReceiptCounter

MASS = 10_000 if IS_FULL else 150
FAILING = ["late", *["busy"] * 7, *["page"] * 7]  # timeouts, which take their time, HTTP 500, nonsense


def names(count: int, *, prefix: str = "") -> list[str]:
    """Three of ten fail, in an order that is random and always the same."""
    failing = [FAILING[number % len(FAILING)] for number in range(count * 3 // 10)]
    kinds = failing + ["paid"] * (count - len(failing))
    random.Random(count).shuffle(kinds)
    return [f"{kind}-{prefix}{number}" for number, kind in enumerate(kinds)]


def begin(count: int = MASS) -> int:
    """So many unfinished payments; gives how many of them Khalti can tell about."""
    unfinished(names(count))
    return working().count()


def working():
    return KhaltiPayment.objects.filter(pidx__startswith="paid")


def failing():
    return KhaltiPayment.objects.exclude(pidx__startswith="paid")


def require_all_that_work_are_sold_once(*, most_tries: int = 1) -> None:
    """However many of the others fail. A run that is killed may have begun a try to deliver, which counts."""
    assert not working().exclude(status="completed", is_primary=True).exists()
    count = working().count()
    assert KhaltiEvent.objects.filter(kind="status_changed").count() == count
    delivered = KhaltiDelivery.objects.filter(event_type="completed", delivered_at__isnull=False)
    assert delivered.filter(attempts__lte=most_tries).count() == count
    assert KhaltiDelivery.objects.count() == count
    require_receipt_numbers_without_gaps(count)
    effects = Order.objects.aggregate(sum=Sum("times_paid"), most=Max("times_paid"))
    assert effects == {"sum": count, "most": 1}


def require_receipt_numbers_without_gaps(count: int) -> None:
    """From 1 on, each once, and none was taken for nothing."""
    assert receipt_numbers() == list(range(1, count + 1))
    assert list(KhaltiReceiptCounter.objects.values_list("last_number", flat=True)) == [count]


def receipt_numbers() -> list[int]:
    return sorted(KhaltiPayment.objects.paid().values_list("receipt_number", flat=True))


def require_the_rest_waits_for_its_turn() -> None:
    """Neither completed nor failed, free, and due again: later, but at most a quarter of a day."""
    assert not failing().exclude(status="initiated", leased_until=None).exists()
    times = failing().aggregate(first=Min("next_check_at"), last=Max("next_check_at"))
    assert timezone.now() < times["first"]
    assert times["last"] < timezone.now() + timedelta(hours=6, minutes=1)


def let_the_claims_run_out() -> None:
    """As if so much time had passed."""
    claimed = KhaltiPayment.objects.filter(leased_until__isnull=False)
    claimed.update(leased_until=F("leased_until") - LEASE, next_check_at=F("next_check_at") - LEASE)
    KhaltiDelivery.objects.undelivered().update(next_try_at=timezone.now())
