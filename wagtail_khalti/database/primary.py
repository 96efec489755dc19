"""How the tables of this package are asked, whatever a site has set up for its own."""

from __future__ import annotations

from typing import Any, ClassVar, TypeVar

from django.db import models, router

from wagtail_khalti.database.transactions import for_one_statement

Row = TypeVar("Row", bound=models.Model)


class PrimaryQuerySet(models.QuerySet[Row]):
    """Reads where it writes, and never from a replica by itself, which may lag: what is read here decides about money.

    ``using()`` still chooses another database, as for a report. An UPDATE or INSERT of its own waits for others.
    """

    @property
    def db(self) -> str:
        """Without the hint that Django's own gives: an object that came from a replica must not lead back to it."""
        chosen: str | None = self._db  # type: ignore[attr-defined]  # by using()
        return chosen or router.db_for_write(self.model)

    def update(self, **kwargs: Any) -> int:
        with for_one_statement():
            return super().update(**kwargs)

    def bulk_create(self, *args: Any, **kwargs: Any) -> list[Row]:
        with for_one_statement():
            return super().bulk_create(*args, **kwargs)


class OnPrimary(models.Model):
    """Base class of every model here. What is reached by ``refresh_from_db()`` or a foreign key is read there, too."""

    objects: ClassVar = PrimaryQuerySet.as_manager()

    class Meta:
        abstract = True
        base_manager_name = "objects"
