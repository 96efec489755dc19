"""When recurring work was last done, by whichever process."""

from __future__ import annotations

from datetime import timedelta
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from wagtail_khalti.database.primary import OnPrimary


class KhaltiRun(OnPrimary):
    """One row for each kind of work, so that the table never grows."""

    class Work(models.TextChoices):
        """The kinds of recurring work."""

        RECONCILE = "reconcile", _("Reconcile")
        """Due payments are looked up, and pending events delivered."""
        SCHEDULED = "scheduled", _("Scheduled reconcile")
        """Recorded with each run that was not started by a page view."""

    work = models.CharField(_("work"), max_length=32, choices=Work.choices, primary_key=True)
    begun_at = models.DateTimeField(_("started at"))
    finished_at = models.DateTimeField(_("finished at"), null=True, blank=True)
    """When a run last finished; older than ``begun_at`` while one is running, or after one was killed."""
    summary = models.JSONField(_("summary"), default=dict, blank=True)

    class Meta:
        verbose_name = _("run")
        verbose_name_plural = _("runs")
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.get_work_display()}, {self.begun_at:%Y-%m-%d %H:%M:%S}"

    @classmethod
    def begin(cls, work: Work) -> Self:
        """Record that a run begins now, whenever the last one was."""
        now = timezone.now()
        # The UPDATE first: SQLite fails at once when a transaction reads and then writes while another writes.
        if not cls.objects.filter(work=work).update(begun_at=now):
            cls.objects.bulk_create([cls(work=work, begun_at=now)], ignore_conflicts=True)
        return cls(work=work, begun_at=now)

    @classmethod
    def begin_once_every(cls, interval: timedelta, work: Work) -> bool:
        """Whether this process should run now: of several at the same time, one gets True."""
        now = timezone.now()
        _run, created = cls.objects.get_or_create(work=work, defaults={"begun_at": now})
        # The second condition: a clock was set back. A begin slightly after our ``now`` is another process's run.
        is_over = Q(begun_at__lte=now - interval) | Q(begun_at__gt=now + interval)
        return created or bool(cls.objects.filter(is_over, work=work).update(begun_at=now))

    def finish(self, summary: dict[str, object]) -> None:
        """Record its end and what it did."""
        self.finished_at = timezone.now()
        self.summary = summary
        type(self).objects.filter(work=self.work).update(finished_at=self.finished_at, summary=summary)
