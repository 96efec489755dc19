"""The columns of the list of payments. What visitors typed stands in them as it is, and stays in its place."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.tables import BaseColumn, ButtonsColumnMixin, Column, TitleColumn
from wagtail.admin.widgets.button import BaseButton

from wagtail_khalti.formatting import format_number
from wagtail_khalti.models import KhaltiPayment
from wagtail_khalti.staff.badges import BADGES
from wagtail_khalti.staff.figures import rupees
from wagtail_khalti.staff.listing.orders import AMOUNT, PAID, STARTED
from wagtail_khalti.staff.timestamps import in_both_calendars, timestamp_text

RECENT = timedelta(days=1)
ROW = "payment"
MINUTE, MINUTES_OF_AN_HOUR = timedelta(minutes=1), 60


class PurposeColumn(ButtonsColumnMixin, TitleColumn):
    """Leads to the payment, and has the menu of its row."""

    cell_template_name = "wagtail_khalti/staff/list_purpose_cell.html"

    def __init__(self, *args: Any, buttons_of: Callable[[KhaltiPayment], list[BaseButton]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.buttons_of = buttons_of

    def get_buttons(self, instance: KhaltiPayment, parent_context: Any) -> list[BaseButton]:
        return self.buttons_of(instance)


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
        "exact": timestamp_text(moment),
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
    sortable: Collection[str],
    url_of: Callable[[KhaltiPayment], str | None],
    customer_of: Callable[[KhaltiPayment], str],
    buttons_of: Callable[[KhaltiPayment], list[BaseButton]],
) -> list[BaseColumn]:
    """``sortable``: the names of those by which this list can be sorted."""
    key = {name: name for name in sortable}
    return [
        PurposeColumn(
            "purpose",
            label=_("Description"),
            get_url=url_of,
            get_title_id=title_id,
            buttons_of=buttons_of,
            classname="khalti-purpose",
            width="24%",
        ),
        TimeColumn(STARTED, label=_("Started"), sort_key=key.get(STARTED), classname="khalti-when", width="12%"),
        TimeColumn(PAID, label=_("Paid"), sort_key=key.get(PAID), classname="khalti-when khalti-paid", width="12%"),
        TextColumn("customer", label=_("Customer"), accessor=customer_of, classname="khalti-name", width="14%"),
        Column(
            AMOUNT,
            label=_("Amount"),
            accessor=_amount,
            sort_key=key.get(AMOUNT),
            classname="khalti-amount",
            width="11%",
        ),
        StatusColumn("get_status_display", label=_("Status"), classname="khalti-state", width="15%"),
        SourceColumn("source_title", label=_("Page"), classname="khalti-source", width="12%"),
    ]


def title_id(payment: KhaltiPayment) -> str:
    """By which Wagtail's checkbox names its row to a screen reader."""
    return f"{ROW}_{payment.pk}_title"


def _amount(payment: KhaltiPayment) -> str:
    return rupees(payment.amount)
