"""The open issues that a user may see, found by their index, however many payments there are."""

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

MAX_COUNT = 99  # issues counted for the menu; more are shown as “99+”
Result = TypeVar("Result")
BY_RISK = ("-risk", "-opened_at", "-pk")


def permitted_sites_of(request: HttpRequest) -> list[int] | None:
    """The sites whose payments the user may see, None for all. Looked up once per request."""
    return once_per_request(request, "permitted_sites", lambda: policy.permitted_sites(request.user, [VIEW]))


def sees_payments(request: HttpRequest) -> bool:
    """Whether there is a site whose payments the user may see."""
    return permitted_sites_of(request) != []


def open_issues(request: HttpRequest, mode: Mode) -> KhaltiIssueQuerySet:
    """The most serious first, and of these the newest.

    Few issues are open and payments are many, so the query has to start at the open issues. With a plain filter SQLite
    starts at the payments of this mode.
    """
    issues = KhaltiIssue.objects.open().order_by(*BY_RISK)
    issues = issues.alias(of_mode=Coalesce("payment__mode", Value(""))).filter(of_mode=mode.value)
    permitted_sites = permitted_sites_of(request)
    if permitted_sites is None:
        return issues
    return issues.alias(of_site=Coalesce("payment__site_id", Value(0))).filter(of_site__in=permitted_sites)


def count_open_issues(request: HttpRequest) -> int:
    """In the default mode, up to one more than ``MAX_COUNT``."""
    return once_per_request(request, "count", lambda: open_issues(request, default_mode())[: MAX_COUNT + 1].count())


def format_count(count: int) -> str:
    """``3``, or ``99+``."""
    return f"{format_number(MAX_COUNT)}+" if count > MAX_COUNT else format_number(count)


def once_per_request(request: HttpRequest, name: str, compute: Callable[[], Result]) -> Result:
    """The result of ``compute``, computed once per request."""
    cache = request.__dict__.setdefault("_khalti_attention", {})
    if name not in cache:
        cache[name] = compute()
    return cast("Result", cache[name])
