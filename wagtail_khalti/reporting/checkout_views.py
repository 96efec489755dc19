"""Count that a checkout page was opened. Only a number: nothing of who it was."""

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
    """In the place that a payment would have that is started with the same words. Never raises: it is only a count."""
    try:
        with transaction.atomic() if connection.in_atomic_block else nullcontext():
            _note(site, source, merchant)
    except (DatabaseError, ImproperlyConfigured) as error:
        logger.debug("An opened checkout page could not be counted: %s", error)


def _note(site: Site | None, source: Source, merchant: str) -> None:
    """One statement, but for the first visitor of the day. No transaction that others would have to wait for."""
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
        day=day, dimensions=_name_of(dimensions), **dimensions._asdict(), source_title=title
    )
    of_today = KhaltiCheckoutView.objects.filter(day=day, dimensions=checkout_view.dimensions)
    one_more = {"count": F("count") + 1, "source_title": title}
    if not of_today.update(**one_more):
        KhaltiCheckoutView.objects.bulk_create(
            [checkout_view], ignore_conflicts=True
        )  # of many who are the first one succeeds
        of_today.update(**one_more)


def _name_of(dimensions: Dimensions) -> str:
    return hashlib.sha256(json.dumps(dimensions).encode()).hexdigest()
