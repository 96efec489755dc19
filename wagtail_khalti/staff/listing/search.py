"""A payment, found by what a customer can read out: all of it, or how it begins. Each column by its index.

Names and descriptions by how one of their words begins, and goes on: ``KhaltiSearchEntry`` has them for an index.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import connections
from django.db.models import QuerySet

from wagtail_khalti.conf import Mode
from wagtail_khalti.models import KhaltiPayment, KhaltiSearchEntry
from wagtail_khalti.models.references import parse_receipt_number
from wagtail_khalti.text.phone import beginning_as_dialled
from wagtail_khalti.text.phrases import phrase_of

LIMIT = 1_000  # payments; who finds more has to type more
MIN_BEGINNING = 4  # characters; what is shorter is only found as a whole
MAX_LENGTH = 254  # characters, of an e-mail address
MAX_PHONE_LENGTH = 20
LAST_CHARACTER = chr(0x10FFFF)

Row = tuple[int, str, Any]
"""Primary key, mode and site, or None."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """At most ``LIMIT`` payments of the mode that was asked for."""

    keys: Collection[int] = ()
    elsewhere: Mapping[str, int] = field(default_factory=dict)
    """How many there are in each of the other modes."""
    is_cut: bool = False
    """Whether there may be more of them."""


def find(text: str, mode: str, *, sites: Collection[int] | None = None, personal: Collection[int] | None = ()) -> Found:
    """By reference, receipt number, pidx, transaction id, order id and description on ``sites``; on those of
    ``personal`` by whom it is of, too.

    None stands for all sites. They are sorted out here, and not by the database, since SQLite would rather go through
    all payments of a site than use the index of what is looked for.
    """
    text = _without_marks(text)
    if not text or len(text) > MAX_LENGTH or "\x00" in text:
        return Found()
    found: dict[int, str] = {}
    is_cut = False
    for column, value, permitted_sites in _ways(text, sites, personal):
        rows, more = _rows(column, value)
        found |= {pk: row_mode for pk, row_mode, site in rows if permitted_sites is None or site in permitted_sites}
        is_cut |= more
    found |= _by_receipt_number(text, sites)
    keys, more = _by_words(text, sites, personal)
    found |= KhaltiPayment.objects.order_by().filter(pk__in=keys).values_list("pk", "mode")
    is_cut |= more
    return _found(found, mode, is_cut)


def _found(found: Mapping[int, str], mode: str, is_cut: bool) -> Found:
    keys = [pk for pk, row_mode in found.items() if row_mode == mode]
    elsewhere = Counter(row_mode for row_mode in found.values() if row_mode != mode)
    return Found(keys=keys[:LIMIT], elsewhere=elsewhere, is_cut=is_cut or len(keys) > LIMIT)


def _ways(
    text: str, sites: Collection[int] | None, personal: Collection[int] | None
) -> Iterator[tuple[str, str, Collection[int] | None]]:
    """Column, how it is written there, and on which sites."""
    reference = "".join(part for part in text.upper() if unicodedata.category(part) not in ("Pd", "Zs"))
    if reference:
        yield "reference", reference, sites
    for column in ("pidx", "transaction_id", "purchase_order_id"):
        yield column, text, sites
    if personal is None or personal:
        yield "customer_email", text.lower(), personal
        phone = beginning_as_dialled(text)
        if phone.isdecimal() and len(phone) <= MAX_PHONE_LENGTH:
            yield "customer_phone", phone, personal


def _by_receipt_number(text: str, sites: Collection[int] | None) -> dict[int, str]:
    """Keys and modes; each Khalti account has numbers of its own."""
    number = parse_receipt_number(text)
    if number is None:
        return {}
    year, place = number
    # With all modes, which the index begins with.
    numbered = KhaltiPayment.objects.order_by().filter(mode__in=Mode.values, receipt_year=year, receipt_number=place)
    rows = numbered.values_list("pk", "mode", "site_id")[:LIMIT]
    return {pk: mode for pk, mode, site in rows if sites is None or site in sites}


def _by_words(text: str, sites: Collection[int] | None, personal: Collection[int] | None) -> tuple[set[int], bool]:
    """The keys, and whether there are more than these.

    Here the index has the site: of a name there may be thousands elsewhere, before the few that one may see.
    """
    found: set[int] = set()
    is_cut = False
    phrase = phrase_of(text)
    for is_personal, permitted_sites in ((False, sites), (True, personal)):
        if phrase and (permitted_sites is None or permitted_sites):
            keys = list(entries(phrase, is_personal, permitted_sites)[: LIMIT + 1])
            found.update(keys[:LIMIT])
            is_cut |= len(keys) > LIMIT
    return found, is_cut


def entries(
    phrase: str, is_personal: bool, permitted_sites: Collection[int] | None
) -> QuerySet[KhaltiSearchEntry, int]:
    """The keys of payments with a phrase that begins so; those of names apart, which not everybody may see.

    From the index alone: joined to the payments, PostgreSQL would rather go through all of them for a common word.
    """
    # SQLite finds no way into an index by a truth that isn't compared with anything, as Django writes plainly.
    found = KhaltiSearchEntry.objects.order_by().filter(is_personal__in=[is_personal], **beginning("text", phrase))
    within = found if permitted_sites is None else found.filter(site_key__in=permitted_sites)
    return within.values_list("payment_id", flat=True)


def _rows(column: str, text: str) -> tuple[list[Row], bool]:
    """Whether there are more than these, too. Of very many, what is written exactly so is there for certain."""
    rows = KhaltiPayment.objects.order_by().values_list("pk", "mode", "site_id")
    exact = rows.filter(**{column: text})
    if len(text) < MIN_BEGINNING:
        found = list(exact[: LIMIT + 1])
        return found[:LIMIT], len(found) > LIMIT
    found = list(rows.filter(**beginning(column, text))[: LIMIT + 1])
    if len(found) <= LIMIT:
        return found, False
    return [*exact[:LIMIT], *found], True


def beginning(column: str, text: str) -> dict[str, str]:
    """A condition that the index of ``column`` serves. Only PostgreSQL has one for LIKE."""
    if connections[KhaltiPayment.objects.db].vendor == "postgresql":
        return {f"{column}__startswith": text}
    return {f"{column}__gte": text, f"{column}__lt": text + LAST_CHARACTER}


def _without_marks(text: str) -> str:
    """Without the invisible marks around a copied number."""
    return "".join(character for character in text if unicodedata.category(character) != "Cf").strip()
