"""Where the tables of this package are read: on the database that writes them, whatever reads a site routes away."""

from __future__ import annotations

from typing import ClassVar, TypeVar

from django.db import models, router

Row = TypeVar("Row", bound=models.Model)


class PrimaryQuerySet(models.QuerySet[Row]):
    """Never reads from a replica by itself, which may lag: what is read here decides about money.

    ``using()`` still chooses another database, as for a report.
    """

    @property
    def db(self) -> str:
        """Without the hint that Django's own gives: an object that came from a replica must not lead back to it."""
        chosen: str | None = self._db  # type: ignore[attr-defined]  # by using()
        return chosen or router.db_for_write(self.model)


class OnPrimary(models.Model):
    """Base class of every model here. What is reached by ``refresh_from_db()`` or a foreign key is read there, too."""

    objects: ClassVar = PrimaryQuerySet.as_manager()

    class Meta:
        abstract = True
        base_manager_name = "objects"
