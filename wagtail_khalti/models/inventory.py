"""Limited numbers of units, and the orders that reserve some of them."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from wagtail_khalti.database.primary import OnPrimary, PrimaryQuerySet

MAX_KEY_LENGTH = 200
SAFE_KEY = re.compile(rf"[a-z0-9._:/-]{{1,{MAX_KEY_LENGTH}}}")
"""Keys that every database compares exactly: MariaDB takes "A" for "a"."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reservation:
    """Units that a payment takes of a limited number."""

    key: str
    """Names what is limited: all payments with the same key share one number of units."""

    limit: int
    """How many units there are in total."""

    units: int = 1
    """How many of them this payment takes."""


class KhaltiInventoryQuerySet(PrimaryQuerySet["KhaltiInventory"]):
    """Reads from the primary database, as all models of this package do."""


class KhaltiInventory(OnPrimary):
    """Something of which only a number of units can be sold. How many are taken is counted from its payments.

    The row is also the lock under which units are reserved.
    """

    key = models.CharField(_("key"), max_length=MAX_KEY_LENGTH, unique=True, editable=False)
    limit = models.PositiveIntegerField(_("number of units"))
    """As of the last order. The editor's number, or that of the site's code, is what decides."""

    objects: ClassVar = KhaltiInventoryQuerySet.as_manager()

    class Meta:
        verbose_name = _("inventory")
        verbose_name_plural = _("inventories")
        ordering = ["pk"]
        default_permissions = ()

    def __str__(self) -> str:
        return self.key


def stored_key(key: str) -> str:
    """The key as it is stored: itself, or a hash if it is too long or a database would confuse it with another."""
    return key if SAFE_KEY.fullmatch(key) else "sha256:" + hashlib.sha256(key.encode(errors="replace")).hexdigest()


def inventory_key(owner: models.Model, block_path: str) -> str:
    """The key of a block's units. All translations of a page share them, and so do its aliases; a copy has its own.

    Makes a query for an alias only.
    """
    original = getattr(owner, "alias_of", None) or owner
    translations = getattr(original, "translation_key", None)
    return stored_key(f"{owner._meta.label_lower}:{translations or owner.pk}:{block_path}")
