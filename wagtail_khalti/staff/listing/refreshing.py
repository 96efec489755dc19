"""Look several payments up, one after the other, while a person waits."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field

from django.contrib.auth.models import AbstractBaseUser
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from wagtail.admin import messages

from wagtail_khalti.actions import check_payment
from wagtail_khalti.exceptions import KhaltiError
from wagtail_khalti.formatting import format_number
from wagtail_khalti.models import KhaltiEvent, KhaltiPayment
from wagtail_khalti.staff.error_messages import error_message

MAX_SECONDS = 15  # web servers often give up after 30

ShowMessage = Callable[[HttpRequest, str], None]


@dataclass(slots=True, kw_only=True)
class RefreshResult:
    """Numbers of payments."""

    checked: int = 0
    changed: int = 0
    contradicted: int = 0
    """Khalti's response doesn't match them, and nothing was changed."""
    unchecked: int = 0
    """The time limit was reached before them."""
    failures: Counter[str] = field(default_factory=Counter)
    """By the reason, in words."""

    def in_words(self) -> Iterator[tuple[ShowMessage, str]]:
        """The messages to show."""
        if self.checked:
            yield messages.success, self._summary()
        if self.contradicted:
            words = ngettext(
                "Khalti's response doesn't match %(count)s payment, which was not changed. It needs attention.",
                "Khalti's response doesn't match %(count)s payments, which were not changed. They need attention.",
                self.contradicted,
            )
            yield messages.warning, words % {"count": format_number(self.contradicted)}
        for reason, count in self.failures.items():
            words = ngettext(
                "%(count)s payment could not be checked: %(reason)s",
                "%(count)s payments could not be checked: %(reason)s",
                count,
            )
            yield messages.error, words % {"count": format_number(count), "reason": reason}
        if self.unchecked:
            words = ngettext(
                "Khalti is slow right now. %(count)s payment was not checked; try again later.",
                "Khalti is slow right now. %(count)s payments were not checked; try again later.",
                self.unchecked,
            )
            yield messages.warning, words % {"count": format_number(self.unchecked)}

    def _summary(self) -> str:
        checked = ngettext(
            "%(count)s payment was checked with Khalti.", "%(count)s payments were checked with Khalti.", self.checked
        ) % {"count": format_number(self.checked)}
        if not self.changed:
            return f"{checked} {_('No status changed.')}"
        changed = ngettext("%(count)s status changed.", "%(count)s statuses changed.", self.changed)
        return f"{checked} {changed % {'count': format_number(self.changed)}}"


def refresh_statuses(payments: Collection[KhaltiPayment], *, by: AbstractBaseUser) -> RefreshResult:
    """Each is committed on its own, so it can't run inside a transaction. One that fails stops no other."""
    result = RefreshResult()
    before = KhaltiEvent.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    deadline = time.monotonic() + MAX_SECONDS
    for payment in payments:
        if time.monotonic() > deadline:
            result.unchecked += 1
            continue
        status = payment.status
        try:
            check_payment(payment, by=by)
        except KhaltiError as error:
            result.failures[error_message(error)] += 1
        else:
            result.checked += 1
            result.changed += payment.status != status
    contradictions = KhaltiEvent.objects.filter(
        payment__in=payments, pk__gt=before, kind=KhaltiEvent.Kind.CONTRADICTION
    )
    result.contradicted = contradictions.order_by().values("payment").distinct().count()
    return result
