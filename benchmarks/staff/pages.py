"""The pages that are measured, and their peers among Wagtail's own views."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from wagtail_khalti.models import KhaltiIssue, KhaltiPayment
from wagtail_khalti.models.status import Status
from wagtail_khalti.staff.modes import default_mode

PAGE_LINK = re.compile(r'href="[^"]*[?&;]p=(\d+)')
FEW_MONTHS = timedelta(days=120)  # enough for a full page also where there are few payments
FLAT = 1.25  # times what it takes with few payments
YEAR, MONTH = timedelta(days=364), timedelta(days=29)


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    name: str
    what: str
    address: str
    plain: str = ""
    """Of the peer; empty where Wagtail has nothing like it."""

    most_times: float | None = FLAT
    """Maximum time compared with the same page with few payments."""

    shows: str = ""
    """Must be on it, on both sides."""


def all_pages(client: Client) -> Iterator[Page]:
    payment = KhaltiPayment.objects.filter(status=Status.REFUNDED).order_by("-created_at")[0]
    yield from listing(client)
    yield from searches(payment)
    yield search_of_very_many(payment)
    yield Page(
        name="payment",
        what="One payment",
        address=reverse("khalti_payments:inspect", args=[payment.pk]),
        plain=reverse("plain_payments:inspect", args=[payment.pk]),
        shows=payment.pidx or "",
    )
    yield Page(
        name="issues",
        what="Needs you",
        address=reverse("khalti_issues:index"),
        shows=KhaltiIssue.objects.open().filter(payment__mode=default_mode())[0].payment.readable_reference,
    )
    yield Page(name="home", what="Admin home with our panel", address=reverse("wagtailadmin_home"))
    yield from insights()


def listing(client: Client) -> Iterator[Page]:
    today = timezone.localdate()
    yield Page(name="list_page_1", what="List, page 1", address=ours(), plain=plain())
    yield Page(
        name="list_last_page",
        what="List, last page of the pager",
        address=last_page(client, ours()),
        plain=last_page(client, plain()),
    )
    canceled = Status.CANCELED.value
    yield Page(
        name="list_status", what="List, canceled ones", address=ours(status=canceled), plain=plain(status=canceled)
    )
    for name, what, column in (("created", "started", "created_at"), ("paid", "paid", "completed_at")):
        yield Page(
            name=f"list_{name}",
            what=f"List, {what} in the last {FEW_MONTHS.days} days",
            address=ours(**{f"{name}_from": today - FEW_MONTHS, f"{name}_to": today}),
            plain=plain(**{f"{column}_from": today - FEW_MONTHS, f"{column}_to": today}),
        )
    yield Page(
        name="list_beside_report",
        what="List, page 1, beside a report",
        address=ours(),
        plain=plain("plain_report"),
    )


def searches(payment: KhaltiPayment) -> Iterator[Page]:
    for name, what, text in (
        ("pidx", "List, search by pidx", payment.pidx),
        ("email", "List, search by e-mail", payment.customer_email),
        ("name", "List, search by name", payment.customer_name),
    ):
        yield Page(
            name=f"search_{name}",
            what=what,
            address=ours(q=text),
            plain=plain(q=text),
            shows=f"/inspect/{payment.pk}/",
        )


def search_of_very_many(payment: KhaltiPayment) -> Page:
    """A word in a seventh of all descriptions, so that the search reaches its limit of a thousand."""
    return Page(
        name="search_word",
        what="List, search by a common word",
        address=ours(q=payment.purpose.split()[0]),
        most_times=2,
    )


def ours(**parameters: Any) -> str:
    return f"{reverse('khalti_payments:index')}?{urlencode({'mode': default_mode().value, **parameters})}"


def plain(view: str = "plain_payments:index", **parameters: Any) -> str:
    """Of one mode, too, so that the table's indexes serve the peer as well."""
    return f"{reverse(view)}?{urlencode({'mode': default_mode().value, **parameters})}"


def insights() -> Iterator[Page]:
    """Promised for PostgreSQL. SQLite calculates with dates in Python."""
    is_promised = connection.vendor == "postgresql"
    for name, what, span, most in (("30_days", "30 days", MONTH, 2), ("year", "a year", YEAR, 10)):
        today = timezone.localdate()
        query = urlencode({"first": today - span, "last": today})
        yield Page(
            name=f"insights_{name}",
            what=f"Insights of {what}",
            address=f"{reverse('khalti_reports:insights')}?{query}",
            most_times=most if is_promised else None,
        )


def last_page(client: Client, address: str) -> str:
    pages = PAGE_LINK.findall(client.get(address).content.decode())
    return f"{address}&p={max(map(int, pages))}"
