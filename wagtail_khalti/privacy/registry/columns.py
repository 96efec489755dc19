"""How a column is classified: what it is for, and what becomes of it when a payment is anonymised."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from django.db import models


class Treatment(StrEnum):
    """What becomes of a column when its payment is anonymised. The value is what the manual says."""

    KEPT = "kept"
    """No personal data, or needed for the books."""
    CLEARED = "erased"
    """Becomes empty, or NULL."""
    REDUCED = "reduced to amounts, states and identifiers"
    """Of JSON only the keys in ``history`` stay."""
    DELETED = "deleted, where it comes from the name"
    """The rows, since they are nothing but an index of what is erased."""


ERASING = frozenset({Treatment.CLEARED, Treatment.REDUCED, Treatment.DELETED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """Some columns of one model that are stored for the same purpose."""

    model: type[models.Model]
    names: Sequence[str]
    purpose: str
    """For the manual: what it is, and what it is stored for."""

    treatment: Treatment = Treatment.KEPT
