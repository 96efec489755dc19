"""What the site's code has heard of a payment, and telling it again."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.http import HttpResponse
from django.utils.translation import gettext as _
from wagtail.admin import messages

from wagtail_khalti.actions import replay_delivery
from wagtail_khalti.exceptions import AlreadyDelivered, KhaltiError
from wagtail_khalti.models import KhaltiDelivery
from wagtail_khalti.staff.moments import Moment, moment_of
from wagtail_khalti.staff.payment.deed_pages import DeedView
from wagtail_khalti.staff.permissions import CHECK
from wagtail_khalti.staff.tones import DOUBT, GOOD, WAITING
from wagtail_khalti.staff.words import words_for
from wagtail_khalti.writing import write_number


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One piece of news."""

    news: str
    word: str
    tone: str
    attempts: str
    heard: Moment | None
    next_try: Moment | None
    error: str


def rows_of(deliveries: Iterable[KhaltiDelivery]) -> list[Row]:
    return [_row(delivery) for delivery in deliveries]


def _row(delivery: KhaltiDelivery) -> Row:
    is_heard = delivery.delivered_at is not None
    word, tone = _("Waits"), WAITING
    if is_heard:
        word, tone = _("Heard"), GOOD
    elif delivery.last_error:
        word, tone = _("Failed"), DOUBT
    return Row(
        news=str(delivery.get_news_display()),
        word=word,
        tone=tone,
        attempts=write_number(delivery.attempts),
        heard=moment_of(delivery.delivered_at) if delivery.delivered_at else None,
        next_try=moment_of(delivery.next_try_at) if delivery.next_try_at and not is_heard else None,
        error="" if is_heard else delivery.last_error,
    )


class ReplayView(DeedView):
    """Without waiting for the next try. What waits behind it follows."""

    permission_required = CHECK
    http_method_names = ("post",)

    def do(self) -> HttpResponse:
        delivery = self.payment.deliveries.undelivered().first()
        if delivery is None:
            return self.refuse(words_for(AlreadyDelivered()))
        try:
            replay_delivery(delivery, by=self.person)
        except KhaltiError as error:
            return self.refuse(words_for(error))
        self._tell(delivery)
        return self.go_back()

    def _tell(self, delivery: KhaltiDelivery) -> None:
        news = delivery.get_news_display()
        if delivery.delivered_at:
            messages.success(self.request, _("The site's code has heard “%(news)s” now.") % {"news": news})
            return
        words = _("The site's code did not take “%(news)s”: %(error)s. It is told again by itself.")
        messages.warning(self.request, words % {"news": news, "error": delivery.last_error or "–"})
