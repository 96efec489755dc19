"""The columns of the list of payments. What visitors typed stands in them as it is, and stays in its place."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.tables import BaseColumn, Column, TitleColumn

from wagtail_khalti.formatting import format_number
from wagtail_khalti.models import KhaltiPayment
from wagtail_khalti.staff.badges import BADGES, DOUBT, PLAIN
from wagtail_khalti.staff.figures import rupees
from wagtail_khalti.staff.timestamps import in_both_calendars, words_of

RECENT = timedelta(days=1)
MINUTE, MINUTES_OF_AN_HOUR = timedelta(minutes=1), 60


class PurposeColumn(TitleColumn):
    """Leads to the payment."""

    cell_template_name = "wagtail_khalti/staff/list_purpose_cell.html"


class TimeColumn(Column):
    """How long ago it was, while that says something; when it was in both calendars."""

    cell_template_name = "wagtail_khalti/staff/list_time_cell.html"

    def get_cell_context_data(self, instance: KhaltiPayment, parent_context: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_cell_context_data(instance, parent_context)
        moment = context["raw_value"]
        return context | (_told(moment) if moment else {})


def _told(moment: datetime) -> dict[str, Any]:
    is_recent = timedelta() <= timezone.now() - moment < RECENT
    return {
        "ago": _ago(moment) if is_recent else "",
        "exact": words_of(moment),
        "in_both": in_both_calendars(moment),
    }


def _ago(moment: datetime) -> str:
    """Of less than a day. Neither Wagtail nor Django has words for it in Nepali."""
    minutes = (timezone.now() - moment) // MINUTE
    if not minutes:
        return gettext("Just now")
    if minutes < MINUTES_OF_AN_HOUR:
        return ngettext("%(count)s minute ago", "%(count)s minutes ago", minutes) % {"count": format_number(minutes)}
    hours = minutes // MINUTES_OF_AN_HOUR
    return ngettext("%(count)s hour ago", "%(count)s hours ago", hours) % {"count": format_number(hours)}


class TextColumn(Column):
    """Words that a visitor or an editor chose, in whatever direction they are written."""

    cell_template_name = "wagtail_khalti/staff/list_text_cell.html"


class StatusColumn(Column):
    """A word in its colour, and whether somebody has to look."""

    cell_template_name = "wagtail_khalti/staff/status_cell.html"

    def get_cell_context_data(self, instance: KhaltiPayment, parent_context: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_cell_context_data(instance, parent_context)
        return context | {"badge": BADGES[instance.status]}


class ModeColumn(Column):
    """Real money, or a test."""

    cell_template_name = "wagtail_khalti/staff/list_mode_cell.html"

    def get_cell_context_data(self, instance: KhaltiPayment, parent_context: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_cell_context_data(instance, parent_context)
        return context | {"badge": DOUBT if instance.is_test else PLAIN}


class SourceColumn(TextColumn):
    """The page it came from; leads to all payments of it."""

    cell_template_name = "wagtail_khalti/staff/list_source_cell.html"

    def get_cell_context_data(self, instance: KhaltiPayment, parent_context: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_cell_context_data(instance, parent_context)
        if instance.source_type_id and instance.source_id:
            source = f"{instance.source_type_id}-{instance.source_id}"
            context["url"] = "?" + urlencode({"mode": instance.mode, "source": source})
        return context


def columns(
    *,
    time: str,
    url_of: Callable[[KhaltiPayment], str | None],
    customer_of: Callable[[KhaltiPayment], str],
) -> list[BaseColumn]:
    """``time`` is the name of the one by which they are sorted. Others aren't offered: no index would serve them."""
    words = {"created_at": _("Started"), "completed_at": _("Paid")}
    return [
        PurposeColumn("purpose", label=_("Description"), get_url=url_of, classname="khalti-purpose", width="22%"),
        TimeColumn(time, label=words[time], sort_key=time, classname="khalti-when", width="14%"),
        TextColumn("customer", label=_("Customer"), accessor=customer_of, classname="khalti-name", width="16%"),
        Column("amount", label=_("Amount"), accessor=_amount, classname="khalti-amount", width="11%"),
        StatusColumn("get_status_display", label=_("Status"), classname="khalti-state", width="14%"),
        ModeColumn("get_mode_display", label=_("Mode"), classname="khalti-mode", width="9%"),
        SourceColumn("source_title", label=_("Page"), classname="khalti-source", width="14%"),
    ]


def _amount(payment: KhaltiPayment) -> str:
    return rupees(payment.amount)
