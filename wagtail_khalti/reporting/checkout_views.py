"""Count checkout views. Only a count, no data about visitors."""

from __future__ import annotations

import hashlib
import json
import logging
from contextlib import nullcontext

from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError, connection, transaction
from django.db.models import F
from wagtail.models import Site

from wagtail_khalti.conf import configuration
from wagtail_khalti.dates.days import today
from wagtail_khalti.models import KhaltiCheckoutView
from wagtail_khalti.models.sources import Source, source_columns
from wagtail_khalti.reporting.dimensions import Dimensions

logger = logging.getLogger(__name__)


def count_checkout_view(*, site: Site | None, source: Source, merchant: str) -> None:
    """With the dimensions that a payment from this page would have. Never raises: it is only a count."""
    try:
        with transaction.atomic() if connection.in_atomic_block else nullcontext():
            _count(site, source, merchant)
    except (DatabaseError, ImproperlyConfigured) as error:
        logger.debug("An opened checkout page could not be counted: %s", error)


def _count(site: Site | None, source: Source, merchant: str) -> None:
    """One statement, except for the first visitor of the day, and no transaction that would make others wait."""
    columns = source_columns(source)
    account, kind = configuration().merchant(merchant), columns["source_type"]
    dimensions = Dimensions(
        mode=account.mode,
        merchant=account.name,
        site_id=None if site is None else site.pk,
        source_type_id=None if kind is None else kind.pk,
        source_id=columns["source_id"],
        block_path=columns["block_path"],
    )
    day, title = today(), columns["source_title"]
    checkout_view = KhaltiCheckoutView(
        day=day, dimensions=_hash_of(dimensions), **dimensions._asdict(), source_title=title
    )
    todays = KhaltiCheckoutView.objects.filter(day=day, dimensions=checkout_view.dimensions)
    increment = {"count": F("count") + 1, "source_title": title}
    if not todays.update(**increment):
        KhaltiCheckoutView.objects.bulk_create(
            [checkout_view], ignore_conflicts=True
        )  # of several at the same time one succeeds
        todays.update(**increment)


def _hash_of(dimensions: Dimensions) -> str:
    return hashlib.sha256(json.dumps(dimensions).encode()).hexdigest()
