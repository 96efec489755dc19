"""Checks of due payments and unconfirmed refunds."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial

from django.core.exceptions import ImproperlyConfigured
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.timesince import timesince
from django.utils.translation import gettext as _

from wagtail_khalti.conf import Mode, configuration
from wagtail_khalti.doctor.finding import Finding, Level, Subject
from wagtail_khalti.ledger import CERTAIN_AFTER
from wagtail_khalti.models import KhaltiIssue, KhaltiPayment, KhaltiRefund
from wagtail_khalti.models.queries import KhaltiPaymentQuerySet
from wagtail_khalti.models.status import WAITING

OVERDUE_AFTER = timedelta(minutes=15)  # cron runs every minute; allows for a slow run, or a restart
LATE_AFTER = timedelta(hours=1)  # after the link expired: many lookups were made since
SAMPLE_SIZE = 3
REFUND_ISSUES = (KhaltiIssue.Kind.REFUND_UNCONFIRMED, KhaltiIssue.Kind.REFUND_AMOUNT_MISSING)

found = partial(Finding, subject=Subject.WORK)


def overdue() -> Iterator[Finding]:
    """Payments that are due, and since when."""
    now = timezone.now()
    due = of_configured_accounts().due(now)
    longest = due.first()
    if longest is None or longest.next_check_at is None:
        yield found(level=Level.OK, name="due", sentence=_("No payments are due."), numbers={"due": 0})
        return
    count, late = due.count(), due.filter(next_check_at__lt=now - OVERDUE_AFTER).count()
    facts = {"due": count, "age": age(longest.next_check_at), "reference": longest.reference}
    yield found(
        level=Level.WARNING if late else Level.OK,
        name="due",
        sentence=_("Payments due: %(due)s. The first, %(reference)s, has been due for %(age)s.") % facts,
        remedy=_("Run reconcile more often, or with higher --concurrency; see its last run.") if late else "",
        references=(longest.reference,) if late else (),
        numbers={"due": count, "overdue": late},
    )


def in_progress() -> Iterator[Finding]:
    """Payments in progress whose links have expired."""
    over_at = Coalesce("expires_at", "initiated_at")
    # Those without a next check are found by ``ledger``; the condition makes use of the index.
    waiting = of_configured_accounts().filter(status__in=WAITING, pidx__isnull=False, next_check_at__isnull=False)
    late = waiting.annotate(over_at=over_at).filter(over_at__lt=timezone.now() - LATE_AFTER)
    numbers = _by_kind(late)
    if not any(numbers.values()):
        yield found(
            level=Level.OK,
            name="none_in_progress",
            sentence=_("No payment is still in progress long after its link expired."),
        )
        return
    oldest = list(late.order_by("over_at", "pk").values_list("reference", "over_at")[:SAMPLE_SIZE])
    yield found(
        level=Level.WARNING,
        name="in_progress",
        sentence=_(
            "Payments are still in progress although their links expired up to %(age)s ago: "
            "%(live)s live, %(test)s test."
        )
        % {**numbers, "age": age(oldest[0][1])},
        remedy=_(
            "They are checked until Khalti reports a final status. If it never does, contact Khalti with their pidx."
        ),
        references=tuple(reference for reference, _over_at in oldest),
        numbers=numbers,
    )


def unconfirmed_refunds() -> Iterator[Finding]:
    """Refunds whose outcome or amount is not known, and that have no open issue."""
    issues = KhaltiIssue.objects.open().filter(payment=OuterRef("payment"), kind__in=REFUND_ISSUES)
    # There are few refunds, so this needs no index.
    unclear = KhaltiRefund.objects.in_progress() | KhaltiRefund.objects.without_amount()
    late = unclear.filter(~Exists(issues), created_at__lt=timezone.now() - CERTAIN_AFTER)
    oldest = list(late.order_by("created_at", "pk").values_list("payment__reference", "created_at")[:SAMPLE_SIZE])
    if not oldest:
        yield found(level=Level.OK, name="refunds_confirmed", sentence=_("No unconfirmed refund is without an issue."))
        return
    is_live = Q(payment__mode=Mode.LIVE)
    numbers = late.aggregate(live=Count("pk", filter=is_live), test=Count("pk", filter=~is_live))
    yield found(
        level=Level.WARNING,
        name="unconfirmed_refunds",
        sentence=_(
            "Refunds have been unconfirmed for up to %(age)s without an open issue: %(live)s live, %(test)s test."
        )
        % {**numbers, "age": age(oldest[0][1])},
        remedy=_(
            "Reconcile resolves them, or opens an issue, as soon as Khalti responds. If it can't, look in Khalti's "
            "dashboard and confirm the refund outcome: until then these payments can't be refunded further."
        ),
        references=tuple(reference for reference, _since in oldest),
        numbers=numbers,
    )


def missing_merchants() -> Iterator[Finding]:
    """Due payments of a merchant that is missing from the settings, or has another mode there."""
    known = _accounts()
    if not known:
        return  # the system checks report it
    scheduled = KhaltiPayment.objects.filter(next_check_at__isnull=False).order_by()
    groups = scheduled.values_list("merchant", "mode").annotate(
        count=Count("pk"), waiting=Count("pk", filter=Q(status__in=WAITING))
    )
    for merchant, mode, count, waiting in groups:
        if (merchant, mode) not in known:
            yield _missing_merchant(merchant, Mode(mode), count, waiting)


def of_configured_accounts() -> KhaltiPaymentQuerySet:
    """Payments of merchants in the settings, which reconcile looks up."""
    configured = Q(pk__in=[])
    for merchant, mode in _accounts():
        configured |= Q(merchant=merchant, mode=mode)
    return KhaltiPayment.objects.filter(configured)


def _accounts() -> set[tuple[str, str]]:
    try:
        return {(merchant.name, merchant.mode) for merchant in configuration().merchants.values()}
    except ImproperlyConfigured:
        return set()


def age(moment: datetime) -> str:
    """As text without special characters, for any terminal."""
    return timesince(moment, depth=2).replace("\N{NO-BREAK SPACE}", " ")


def _missing_merchant(merchant: str, mode: Mode, count: int, waiting: int) -> Finding:
    facts = {"merchant": merchant, "mode": mode.label, "count": count, "waiting": waiting}
    return found(
        level=Level.ERROR if waiting and mode == Mode.LIVE else Level.WARNING,
        name="merchant_gone",
        sentence=_(
            "%(count)s payments of “%(merchant)s” in mode “%(mode)s” can't be checked, %(waiting)s of them in "
            "progress: the settings have no such merchant."
        )
        % facts,
        remedy=_("Keep a merchant in the settings, with its name and mode, until its payments need no more checks."),
        numbers={"payments": count, "in_progress": waiting},
    )


def _by_kind(payments: QuerySet[KhaltiPayment]) -> dict[str, int]:
    counted = payments.aggregate(
        live=Count("pk", filter=Q(mode=Mode.LIVE)), test=Count("pk", filter=~Q(mode=Mode.LIVE))
    )
    return dict(counted)
