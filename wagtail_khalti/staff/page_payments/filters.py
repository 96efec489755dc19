"""What narrows the payments of a page: mode, status, and a search by name or reference."""

from __future__ import annotations

import unicodedata
from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy
from wagtail.admin.filters import WagtailFilterSet

from wagtail_khalti.models import KhaltiPayment
from wagtail_khalti.models.status import Status
from wagtail_khalti.staff.listing.asked import AskedFilters
from wagtail_khalti.staff.listing.filters import SEVERAL, SEVERAL_CHOICES, OneOf
from wagtail_khalti.staff.modes import MODE_CHOICES, default_mode, mode_of
from wagtail_khalti.staff.page_payments.access import Sites

MAX_SEARCH_LENGTH = 255  # characters, of a name


class PagePaymentFilters(AskedFilters, WagtailFilterSet):
    """Always of one mode. A value that makes no sense gets an error, and no payments are shown."""

    mode = OneOf(label=gettext_lazy("Mode"), choices=MODE_CHOICES, empty_label=None)
    status = OneOf(label=gettext_lazy("Status"), choices=[*SEVERAL_CHOICES, *Status.choices], method="by_status")

    class Meta:
        model = KhaltiPayment
        fields = ()

    def __init__(self, data: Any = None, queryset: Any = None, *, request: HttpRequest, prefix: Any = None) -> None:
        asked = (data if data is not None else request.GET).copy()
        asked["mode"] = mode_of(request).value
        super().__init__(asked, queryset, request=request, prefix=prefix)
        self.filters["mode"].extra["initial"] = default_mode().value

    def by_status(self, payments: QuerySet[KhaltiPayment], name: str, value: str) -> QuerySet[KhaltiPayment]:
        return payments.filter(status__in=SEVERAL.get(value, [value]))


def search(payments: QuerySet[KhaltiPayment], text: str, *, names: Sites) -> QuerySet[KhaltiPayment]:
    """Those whose reference begins so, or whose payer's name contains it, where ``names`` permits to see that.

    The database reads all payments of the page for it, and none of other pages.
    """
    # Without the invisible marks around a copied number.
    text = "".join(character for character in text if unicodedata.category(character) != "Cf").strip()
    if not text or len(text) > MAX_SEARCH_LENGTH or "\x00" in text:
        return payments.none()
    wanted = Q(customer_name__icontains=text)
    if names is not None:
        wanted &= Q(site__in=names)
    if reference := "".join(character for character in text.upper() if character.isalnum()):
        wanted |= Q(reference__startswith=reference)
    return payments.filter(wanted)
