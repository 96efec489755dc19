"""What needs somebody, of all that a person may see: found by the index of what is open, however many payments."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar, cast

from django.db.models import Value
from django.db.models.functions import Coalesce
from django.http import HttpRequest

from wagtail_khalti.conf import Mode
from wagtail_khalti.models import KhaltiReview
from wagtail_khalti.models.queries import KhaltiReviewQuerySet
from wagtail_khalti.staff.modes import default_mode
from wagtail_khalti.staff.permissions import VIEW, policy
from wagtail_khalti.writing import write_number

MOST = 99  # that are counted for a menu; more are “99+”
Found = TypeVar("Found")
GRAVEST_FIRST = ("-risk", "-opened_at", "-pk")


def reach_of(request: HttpRequest) -> list[int] | None:
    """The sites whose payments this person may see, None for all: looked up once, though menu and panels ask."""
    return once(request, "reach", lambda: policy.sites_within_reach(request.user, [VIEW]))


def sees_payments(request: HttpRequest) -> bool:
    """Whether there is a site whose payments this person may see."""
    return reach_of(request) != []


def open_matters(request: HttpRequest, mode: Mode) -> KhaltiReviewQuerySet:
    """The gravest first, and of these the newest.

    Few are open and payments are many, so the search has to begin at what is open. Written plainly, SQLite begins at
    the payments of this mode.
    """
    reviews = KhaltiReview.objects.open().order_by(*GRAVEST_FIRST)
    reviews = reviews.alias(of_mode=Coalesce("payment__mode", Value(""))).filter(of_mode=mode.value)
    reach = reach_of(request)
    if reach is None:
        return reviews
    return reviews.alias(of_site=Coalesce("payment__site_id", Value(0))).filter(of_site__in=reach)


def count_matters(request: HttpRequest) -> int:
    """Of the mode that counts here; no further than one beyond ``MOST``."""
    return once(request, "count", lambda: open_matters(request, default_mode())[: MOST + 1].count())


def write_count(count: int) -> str:
    """``3``, or ``99+``."""
    return f"{write_number(MOST)}+" if count > MOST else write_number(count)


def once(request: HttpRequest, name: str, find: Callable[[], Found]) -> Found:
    """For as long as this request lasts."""
    kept = request.__dict__.setdefault("_khalti_attention", {})
    if name not in kept:
        kept[name] = find()
    return cast("Found", kept[name])
