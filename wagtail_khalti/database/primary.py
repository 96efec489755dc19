"""Querysets that read from the primary database, whatever the site's routers say."""

from __future__ import annotations

from typing import Any, ClassVar, TypeVar

from django.db import models, router

from wagtail_khalti.database.transactions import for_one_statement

Row = TypeVar("Row", bound=models.Model)


class PrimaryQuerySet(models.QuerySet[Row]):
    """Reads from the database that it writes to, never from a replica, which may lag.

    ``using()`` still chooses another database, as for a report. An UPDATE or INSERT outside of a transaction waits for
    concurrent ones.
    """

    @property
    def db(self) -> str:
        """Without Django's hint: an object that was read from a replica must not lead back to it."""
        chosen: str | None = self._db  # type: ignore[attr-defined]  # by using()
        return chosen or router.db_for_write(self.model)

    def update(self, **kwargs: Any) -> int:
        with for_one_statement():
            return super().update(**kwargs)

    def bulk_create(self, *args: Any, **kwargs: Any) -> list[Row]:
        with for_one_statement():
            return super().bulk_create(*args, **kwargs)


class OnPrimary(models.Model):
    """Base class of all models here. ``refresh_from_db()`` and foreign keys read from the primary, too."""

    objects: ClassVar = PrimaryQuerySet.as_manager()

    class Meta:
        abstract = True
        base_manager_name = "objects"
