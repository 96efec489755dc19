"""What waits for Khalti to be asked."""

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

PATIENCE = timedelta(minutes=15)  # cron runs it each minute; a slow run, or a restart, is no reason to worry
LONG_UNDECIDED = timedelta(hours=1)  # after the link ran out: Khalti was asked many times since
SAMPLE_SIZE = 3
ABOUT_DOUBT = (KhaltiIssue.Kind.REFUND_UNCONFIRMED, KhaltiIssue.Kind.REFUND_AMOUNT_MISSING)

found = partial(Finding, subject=Subject.WORK)


def overdue() -> Iterator[Finding]:
    """How many payments wait to be asked about, and since when."""
    now = timezone.now()
    due = of_our_accounts().due(now)
    longest = due.first()
    if longest is None or longest.next_check_at is None:
        yield found(level=Level.OK, name="due", sentence=_("No payment is due to be checked."), numbers={"due": 0})
        return
    count, late = due.count(), due.filter(next_check_at__lt=now - PATIENCE).count()
    facts = {"due": count, "age": age(longest.next_check_at), "reference": longest.reference}
    yield found(
        level=Level.WARNING if late else Level.OK,
        name="due",
        sentence=_("Payments due to be checked: %(due)s; the longest, %(reference)s, has been for %(age)s.") % facts,
        remedy=_("Run reconcile more often, or with more questions at a time; see its last run.") if late else "",
        references=(longest.reference,) if late else (),
        numbers={"due": count, "overdue": late},
    )


def in_progress() -> Iterator[Finding]:
    """Those that Khalti has not decided although their links have run out."""
    over_at = Coalesce("expires_at", "initiated_at")
    # Those without a next check are for the ledger; the index knows the others apart from old payments.
    waiting = of_our_accounts().filter(status__in=WAITING, pidx__isnull=False, next_check_at__isnull=False)
    late = waiting.annotate(over_at=over_at).filter(over_at__lt=timezone.now() - LONG_UNDECIDED)
    numbers = _by_kind(late)
    if not any(numbers.values()):
        yield found(level=Level.OK, name="decided", sentence=_("No payment is undecided long after its link ran out."))
        return
    oldest = list(late.order_by("over_at", "pk").values_list("reference", "over_at")[:SAMPLE_SIZE])
    yield found(
        level=Level.WARNING,
        name="in_progress",
        sentence=_(
            "Khalti has not decided these payments, though their links ran out up to %(age)s ago: "
            "%(live)s live, %(test)s test."
        )
        % {**numbers, "age": age(oldest[0][1])},
        remedy=_("They are asked about until Khalti says an end. Where it never does, ask Khalti with their pidx."),
        references=tuple(reference for reference, _over_at in oldest),
        numbers=numbers,
    )


def unconfirmed_refunds() -> Iterator[Finding]:
    """Those of which it is not known whether they were made, or how much it was, where no open matter tells it."""
    told = KhaltiIssue.objects.open().filter(payment=OuterRef("payment"), kind__in=ABOUT_DOUBT)
    # They are few, also where payments are many: no index is kept for this.
    unclear = KhaltiRefund.objects.in_progress() | KhaltiRefund.objects.without_amount()
    late = unclear.filter(~Exists(told), created_at__lt=timezone.now() - CERTAIN_AFTER)
    oldest = list(late.order_by("created_at", "pk").values_list("payment__reference", "created_at")[:SAMPLE_SIZE])
    if not oldest:
        yield found(level=Level.OK, name="refunds_decided", sentence=_("No refund is in doubt without a matter."))
        return
    is_live = Q(payment__mode=Mode.LIVE)
    numbers = late.aggregate(live=Count("pk", filter=is_live), test=Count("pk", filter=~is_live))
    yield found(
        level=Level.WARNING,
        name="unconfirmed_refunds",
        sentence=_(
            "It has not been known for up to %(age)s what became of these refunds, and no matter is open: "
            "%(live)s live, %(test)s test."
        )
        % {**numbers, "age": age(oldest[0][1])},
        remedy=_(
            "Reconcile finds out, or opens a matter, as soon as Khalti answers about these payments. Where it can't, "
            "look in Khalti's dashboard and say what became of them: until then nothing more can be given back."
        ),
        references=tuple(reference for reference, _since in oldest),
        numbers=numbers,
    )


def left_behind() -> Iterator[Finding]:
    """Payments of a merchant that is gone from the settings, or has changed its mode: nobody asks about them."""
    known = _accounts()
    if not known:
        return  # the system checks tell why
    to_ask = KhaltiPayment.objects.filter(next_check_at__isnull=False).order_by()
    groups = to_ask.values_list("merchant", "mode").annotate(
        all_of_them=Count("pk"), waiting=Count("pk", filter=Q(status__in=WAITING))
    )
    for merchant, mode, count, waiting in groups:
        if (merchant, mode) not in known:
            yield _left(merchant, Mode(mode), count, waiting)


def of_our_accounts() -> KhaltiPaymentQuerySet:
    """Those that reconcile asks about, as the index of what is due knows them."""
    ours = Q(pk__in=[])
    for merchant, mode in _accounts():
        ours |= Q(merchant=merchant, mode=mode)
    return KhaltiPayment.objects.filter(ours)


def _accounts() -> set[tuple[str, str]]:
    try:
        return {(merchant.name, merchant.mode) for merchant in configuration().merchants.values()}
    except ImproperlyConfigured:
        return set()


def age(moment: datetime) -> str:
    """As a person says it, in letters that any terminal has."""
    return timesince(moment, depth=2).replace("\N{NO-BREAK SPACE}", " ")


def _left(merchant: str, mode: Mode, count: int, waiting: int) -> Finding:
    facts = {"merchant": merchant, "mode": mode.label, "count": count, "waiting": waiting}
    return found(
        level=Level.ERROR if waiting and mode == Mode.LIVE else Level.WARNING,
        name="merchant_gone",
        sentence=_(
            "Nobody can ask about %(count)s payments of “%(merchant)s” (%(mode)s), of which %(waiting)s are undecided: "
            "the settings have no such merchant."
        )
        % facts,
        remedy=_("Keep a merchant in the settings, with its mode and a name of its own, until its payments are old."),
        numbers={"payments": count, "in_progress": waiting},
    )


def _by_kind(payments: QuerySet[KhaltiPayment]) -> dict[str, int]:
    counted = payments.aggregate(
        live=Count("pk", filter=Q(mode=Mode.LIVE)), test=Count("pk", filter=~Q(mode=Mode.LIVE))
    )
    return dict(counted)
