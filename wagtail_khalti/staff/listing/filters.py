"""What narrows the list of payments: days in either calendar, the state, the place, the amount."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import django_filters
from django import forms
from django.contrib.contenttypes.models import ContentType
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from wagtail.admin.filters import WagtailFilterSet
from wagtail.models import Site

from wagtail_khalti.formatting import format_number
from wagtail_khalti.models import KhaltiIssue, KhaltiPayment, KhaltiRefund
from wagtail_khalti.models.site_settings import site_display_name
from wagtail_khalti.models.status import PAID, WAITING, Status
from wagtail_khalti.staff.listing.asked import AskedFilters
from wagtail_khalti.staff.listing.plans import of_mode
from wagtail_khalti.staff.listing.ranges import AmountsFilter, DaysFilter
from wagtail_khalti.staff.modes import MODE_CHOICES, default_mode, mode_of
from wagtail_khalti.staff.periods import during
from wagtail_khalti.staff.permissions import VIEW, policy
from wagtail_khalti.staff.sites.accounts import known_merchants

THING = re.compile(r"([0-9]{1,9})-([^\x00]{1,64})")
MAX_SELECTED = 100  # payments, whose keys stand in an address
SELECTED = re.compile(rf"[0-9]{{1,18}}(?:,[0-9]{{1,18}}){{0,{MAX_SELECTED - 1}}}")
MAX_MERCHANT_LENGTH = 64

ANY_PAID, ANY_WAITING = "paid", "waiting"
SEVERAL = {ANY_PAID: PAID, ANY_WAITING: WAITING}
SEVERAL_CHOICES = (
    (ANY_PAID, gettext_lazy("Paid, including refunded")),
    (ANY_WAITING, gettext_lazy("In progress")),
)
"""Several states in one word, as the insights count them."""

Days = tuple[date | None, date | None]


class OneOf(django_filters.ChoiceFilter):
    """Shown as what it is: a few words of which one is chosen."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.RadioSelect)
        kwargs.setdefault("empty_label", gettext_lazy("All"))
        kwargs.setdefault("error_messages", {"invalid_choice": gettext_lazy("This is not one of the choices.")})
        super().__init__(**kwargs)


class PaymentFilters(AskedFilters, WagtailFilterSet):
    """Always of one mode. A value that makes no sense gets an error, and no payments are shown."""

    mode = OneOf(label=gettext_lazy("Mode"), choices=MODE_CHOICES, empty_label=None, method="by_mode")
    status = OneOf(label=gettext_lazy("Status"), choices=[*SEVERAL_CHOICES, *Status.choices], method="by_status")
    created = DaysFilter(label=gettext_lazy("Started"), method="by_start")
    paid = DaysFilter(label=gettext_lazy("Paid"), method="by_payment")
    refunded = DaysFilter(label=gettext_lazy("Refunded"), method="by_refund")
    amount = AmountsFilter(label=gettext_lazy("Amount"), method="by_amount")
    merchant = OneOf(label=gettext_lazy("Khalti account"))
    site = OneOf(label=gettext_lazy("Site"))
    source = OneOf(label=gettext_lazy("Page"), empty_label=gettext_lazy("All pages"), method="by_source")
    payable = OneOf(label=gettext_lazy("Paid for"), empty_label=gettext_lazy("Everything"), method="by_payable")
    selected = OneOf(label=gettext_lazy("Selection"), empty_label=gettext_lazy("All payments"), method="by_selection")
    needs = OneOf(label=gettext_lazy("Issues"), choices=[("look", gettext_lazy("Needs attention"))], method="by_issue")

    class Meta:
        model = KhaltiPayment
        fields = ()

    def __init__(self, data: Any = None, queryset: Any = None, *, request: HttpRequest, prefix: Any = None) -> None:
        asked = (data if data is not None else request.GET).copy()
        asked["mode"] = mode_of(request).value
        super().__init__(asked, queryset, request=request, prefix=prefix)
        self.filters["mode"].extra["initial"] = default_mode().value
        self._offer("merchant", self._merchants())
        self._offer("site", self._sites())
        self._offer("source", self._source(), at_least=1)
        self._offer("payable", self._payable(), at_least=1)
        self._offer("selected", self._selected(), at_least=1)

    def _offer(self, name: str, choices: list[tuple[str, str]], *, at_least: int = 2) -> None:
        """A filter with nothing to choose from isn't one, unless it was chosen: then it has to be seen."""
        if len(choices) >= at_least or self.data.get(name):
            self.filters[name].extra["choices"] = choices
        else:
            del self.filters[name]

    def _merchants(self) -> list[tuple[str, str]]:
        """Those of the settings, and one that is there no more, if payments of it are asked for."""
        names = list(known_merchants())
        wanted = str(self.data.get("merchant", ""))
        if wanted and wanted not in names and len(wanted) <= MAX_MERCHANT_LENGTH and "\x00" not in wanted:
            names += [wanted] if self._visible_to().filter(merchant=wanted).exists() else []
        return [(name, name) for name in names]

    def _sites(self) -> list[tuple[str, str]]:
        permitted_sites = policy.permitted_sites(self.request.user, [VIEW])
        sites = Site.objects.order_by("-is_default_site", "hostname", "port")
        sites = sites if permitted_sites is None else sites.filter(pk__in=permitted_sites)
        return [(str(site.pk), site_display_name(site)) for site in sites]

    def _source(self) -> list[tuple[str, str]]:
        """The one that is asked for, by a link: there may be thousands."""
        wanted = str(self.data.get("source", ""))
        of_it = self.by_source(self._visible_to(), "source", wanted) if THING.fullmatch(wanted) else None
        if of_it is None:
            return []
        title = of_it.order_by("-created_at").values_list("source_title", flat=True).first()
        return [(wanted, title or _("A page without payments"))]

    def _payable(self) -> list[tuple[str, str]]:
        """Likewise, by its kind and number. Its own words may hold a name."""
        wanted = str(self.data.get("payable", ""))
        if not (found := THING.fullmatch(wanted)):
            return []
        known = ContentType.objects.filter(pk=int(found[1])).first()
        return [(wanted, f"{capfirst(known.name)} {found[2]}")] if known else []

    def _selected(self) -> list[tuple[str, str]]:
        """Those that somebody chose by hand, and came with by a link."""
        wanted = str(self.data.get("selected", ""))
        if not SELECTED.fullmatch(wanted):
            return []
        count = len(set(wanted.split(",")))
        words = ngettext("%(count)s selected payment", "%(count)s selected payments", count)
        return [(wanted, words % {"count": format_number(count)})]

    def _visible_to(self) -> QuerySet[KhaltiPayment]:
        rows: QuerySet[KhaltiPayment] = KhaltiPayment.objects.filter(mode=self.data["mode"])
        return policy.visible_to(self.request.user, rows, [VIEW])

    def by_mode(self, payments: QuerySet[KhaltiPayment], name: str, value: str) -> QuerySet[KhaltiPayment]:
        return of_mode(payments, value, self.data)

    def by_status(self, payments: QuerySet[KhaltiPayment], name: str, value: str) -> QuerySet[KhaltiPayment]:
        return payments.filter(status__in=SEVERAL.get(value, [value]))

    def by_start(self, payments: QuerySet[KhaltiPayment], name: str, days: Days) -> QuerySet[KhaltiPayment]:
        return payments.filter(**during("created_at", *days))

    def by_payment(self, payments: QuerySet[KhaltiPayment], name: str, days: Days) -> QuerySet[KhaltiPayment]:
        return payments.filter(**during("completed_at", *days))

    def by_refund(self, payments: QuerySet[KhaltiPayment], name: str, days: Days) -> QuerySet[KhaltiPayment]:
        refunds = KhaltiRefund.objects.done().filter(**during("resolved_at", *days))
        return payments.filter(pk__in=refunds.order_by().values("payment"))

    def by_amount(self, payments: QuerySet[KhaltiPayment], name: str, ends: Any) -> QuerySet[KhaltiPayment]:
        limits = zip(("amount__gte", "amount__lte"), ends, strict=True)
        return payments.filter(**{lookup: paisa for lookup, paisa in limits if paisa is not None})

    def by_source(self, payments: QuerySet[KhaltiPayment], name: str, value: str) -> QuerySet[KhaltiPayment]:
        found = THING.fullmatch(value)
        return payments.filter(source_type_id=int(found[1]), source_id=found[2]) if found else payments.none()

    def by_payable(self, payments: QuerySet[KhaltiPayment], name: str, value: str) -> QuerySet[KhaltiPayment]:
        found = THING.fullmatch(value)
        return payments.filter(payable_type_id=int(found[1]), payable_id=found[2]) if found else payments.none()

    def by_selection(self, payments: QuerySet[KhaltiPayment], name: str, value: str) -> QuerySet[KhaltiPayment]:
        return payments.filter(pk__in=[int(key) for key in value.split(",")])

    def by_issue(self, payments: QuerySet[KhaltiPayment], name: str, value: str) -> QuerySet[KhaltiPayment]:
        return payments.filter(pk__in=KhaltiIssue.objects.open().order_by().values("payment"))

    @property
    def is_by_payment(self) -> bool:
        """Whether it was asked when the money came."""
        return self.is_valid() and bool(self.form.cleaned_data.get("paid"))
