"""Factories of payments."""

# factory_boy's declarations have no types.
# mypy: disable-error-code="no-untyped-call"

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ImproperlyConfigured
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from factory.declarations import LazyAttribute, LazyFunction, Sequence, Trait
from factory.django import DjangoModelFactory
from wagtail.models import Page

from wagtail_khalti.conf import Merchant, Mode, configuration
from wagtail_khalti.models import KhaltiPayment
from wagtail_khalti.models.references import REFERENCE_ALPHABET, REFERENCE_LENGTH
from wagtail_khalti.models.sources import payable_columns
from wagtail_khalti.options import DEFAULT_MERCHANT
from wagtail_khalti.testing.factories.history import History
from wagtail_khalti.testing.factories.scenarios import DURATIONS, SCENARIOS, Options

ROOT = "http://testserver"
LETTERS = len(REFERENCE_ALPHABET)
STRIDE = 11_400_714_819_323_198_489  # coprime to the number of references, so that none repeats
MISSING_KEYS = 900_000_000  # primary keys from here on belong to no object


class PaymentFactory(DjangoModelFactory[KhaltiPayment]):
    """A payment of Rs 1,500 that is waiting at Khalti, or in the state of a trait.

    ``at`` is when it started: an aware datetime, now by default. ``took`` is the time from the start to the payment, or
    to the end; nothing happens later than now. All scheduled lookups until now are made, with the same response.
    ``refund_amount`` is the refunded amount in paisa of ``partially_refunded``, by default half of it; ``by`` is who
    refunded it.
    ``payable`` and ``source`` are objects of the site. Any column can be given, and is stored unchanged.
    """

    class Meta:
        model = KhaltiPayment

    class Params:
        created = Trait(scenario="created")
        initiated = Trait(scenario="initiated")
        rejected = Trait(scenario="rejected")
        pending = Trait(scenario="pending")
        completed = Trait(scenario="completed")
        partially_refunded = Trait(scenario="partially_refunded")
        refunded = Trait(scenario="refunded")
        canceled = Trait(scenario="canceled")
        expired = Trait(scenario="expired")
        failed = Trait(scenario="failed")
        late = Trait(scenario="late")
        duplicate = Trait(scenario="duplicate")
        undelivered = Trait(scenario="undelivered")
        failing = Trait(scenario="failing")

    scenario = "initiated"
    at = None
    took = timedelta(minutes=4)
    refund_amount = LazyAttribute(lambda made: made.amount // 2)
    by = None

    amount = 150_000
    purpose = "Membership"
    customer_name = "Sita Rai"
    customer_email = "sita.rai@example.com"
    customer_phone = "9800000001"
    language = LazyFunction(lambda: get_language() or "")
    reference = Sequence(lambda number: reference_of(number))
    purchase_order_id = LazyAttribute(lambda made: made.reference)
    merchant = DEFAULT_MERCHANT
    mode = LazyAttribute(lambda made: getattr(_account(made.merchant), "mode", Mode.SIMULATOR))
    key_fingerprint = LazyAttribute(lambda made: getattr(_account(made.merchant), "key_fingerprint", ""))
    return_url = LazyAttribute(lambda made: ROOT + reverse("wagtail_khalti:return", args=[made.reference]))
    website_url = f"{ROOT}/"

    @classmethod
    def _build(cls, model_class: type[KhaltiPayment], *args: Any, **given: Any) -> KhaltiPayment:
        """The row, unsaved and without its history, for thousands at a time."""
        return _history_of(**given).payment

    @classmethod
    def _create(cls, model_class: type[KhaltiPayment], *args: Any, **given: Any) -> KhaltiPayment:
        if given["scenario"] == "duplicate":
            given |= {"scenario": "completed", **_paid_before(given)}
        return _history_of(**given).save()


class PaidFactory(PaymentFactory):
    """Completed by default."""

    scenario = "completed"


def reference_of(number: int) -> str:
    """A unique reference for each number, which looks random but is the same in every run."""
    rest, letters = (number + 1) * STRIDE % LETTERS**REFERENCE_LENGTH, []
    for _position in range(REFERENCE_LENGTH):
        rest, letter = divmod(rest, LETTERS)
        letters.append(REFERENCE_ALPHABET[letter])
    return "".join(letters)


def _history_of(
    *,
    scenario: str,
    at: datetime | None,
    took: timedelta,
    refund_amount: int,
    by: Any,
    payable: Any = None,
    **columns: Any,
) -> History:
    columns |= _payable_columns(payable) | _source_columns(columns)
    at, took = _times(scenario, at, took, columns)
    history = History(KhaltiPayment(**columns), at=at)
    SCENARIOS[scenario](history, Options(took=took, refund_amount=refund_amount, by=by))
    history.run_schedule()
    for name, value in columns.items():
        setattr(history.payment, name, value)  # explicit values have precedence
    return history


def _times(
    scenario: str, at: datetime | None, took: timedelta, columns: Mapping[str, Any]
) -> tuple[datetime, timedelta]:
    at, paid_at = at or columns.get("created_at"), columns.get("completed_at")
    if at is None:
        at = paid_at - took if paid_at else timezone.now() - DURATIONS.get(scenario, timedelta())
    elif paid_at and paid_at >= at:
        took = paid_at - at
    return at, took


def _payable_columns(payable: models.Model | None) -> dict[str, Any]:
    return {} if payable is None else payable_columns(payable)


def _source_columns(columns: dict[str, Any]) -> dict[str, Any]:
    owner: models.Model | None = columns.pop("source", None)
    if owner is None:
        return {}
    source = {"source_type": ContentType.objects.get_for_model(owner), "source_id": str(owner.pk)}
    return {**source, "source_title": columns.get("source_title", str(owner))}


def _paid_before(given: Mapping[str, Any]) -> dict[str, Any]:
    """The columns of a payable that has been paid for; a new one unless it is given."""
    payable = _payable_columns(given.get("payable")) or {
        name: given[name] for name in ("payable_type", "payable_id", "payable_class") if name in given
    }
    if not payable:
        payable = missing_payable()
    if not KhaltiPayment.objects.filter(**payable, mode=given["mode"], is_primary=True).exists():
        same = ("at", "amount", "purpose", "merchant", "mode", "key_fingerprint", "site")
        PaymentFactory.create(completed=True, **payable, **{name: given[name] for name in same if name in given})
    return {**payable, "payable": None}


def missing_payable() -> dict[str, Any]:
    """The columns of a payable that does not exist, a different one for each payment."""
    number = KhaltiPayment.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    pages = ContentType.objects.get_for_model(Page)
    return {"payable_type": pages, "payable_id": str(MISSING_KEYS + number), "payable_class": pages}


def _account(name: str) -> Merchant | None:
    try:
        return configuration().merchant(name)
    except ImproperlyConfigured:
        return None
