"""What needs somebody, of all that a person may see: found by the index of what is open, however many payments."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar, cast

from django.db.models import Value
from django.db.models.functions import Coalesce
from django.http import HttpRequest

from wagtail_khalti.conf import Mode
from wagtail_khalti.formatting import format_number
from wagtail_khalti.models import KhaltiIssue
from wagtail_khalti.models.queries import KhaltiIssueQuerySet
from wagtail_khalti.staff.modes import default_mode
from wagtail_khalti.staff.permissions import VIEW, policy

MAX_COUNT = 99  # that are counted for a menu; more are “99+”
Found = TypeVar("Found")
GRAVEST_FIRST = ("-risk", "-opened_at", "-pk")


def permitted_sites_of(request: HttpRequest) -> list[int] | None:
    """The sites whose payments this person may see, None for all: looked up once, though menu and panels ask."""
    return once(request, "permitted_sites", lambda: policy.permitted_sites(request.user, [VIEW]))


def sees_payments(request: HttpRequest) -> bool:
    """Whether there is a site whose payments this person may see."""
    return permitted_sites_of(request) != []


def open_issues(request: HttpRequest, mode: Mode) -> KhaltiIssueQuerySet:
    """The gravest first, and of these the newest.

    Few are open and payments are many, so the search has to begin at what is open. Written plainly, SQLite begins at
    the payments of this mode.
    """
    issues = KhaltiIssue.objects.open().order_by(*GRAVEST_FIRST)
    issues = issues.alias(of_mode=Coalesce("payment__mode", Value(""))).filter(of_mode=mode.value)
    permitted_sites = permitted_sites_of(request)
    if permitted_sites is None:
        return issues
    return issues.alias(of_site=Coalesce("payment__site_id", Value(0))).filter(of_site__in=permitted_sites)


def count_open_issues(request: HttpRequest) -> int:
    """Of the mode that counts here; no further than one beyond ``MOST``."""
    return once(request, "count", lambda: open_issues(request, default_mode())[: MAX_COUNT + 1].count())


def format_count(count: int) -> str:
    """``3``, or ``99+``."""
    return f"{format_number(MAX_COUNT)}+" if count > MAX_COUNT else format_number(count)


def once(request: HttpRequest, name: str, find: Callable[[], Found]) -> Found:
    """For as long as this request lasts."""
    kept = request.__dict__.setdefault("_khalti_attention", {})
    if name not in kept:
        kept[name] = find()
    return cast("Found", kept[name])
