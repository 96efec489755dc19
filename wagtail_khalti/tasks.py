"""The background tasks, for workers of ``django-tasks``."""

from __future__ import annotations

import time
from typing import Any

from django_tasks import task

from wagtail_khalti import actions, mails, webhooks

SECONDS = 120.0  # well under the 180 after which RQ kills a job; the next run does the rest


@task()
def reconcile(
    limit: int | None = None, concurrency: int = 4, seconds: float | None = SECONDS, after_page_view: bool = False
) -> dict[str, Any]:
    """Returns a summary as the task's result. Any number may run at the same time."""
    done = actions.reconcile(limit=limit, concurrency=concurrency, seconds=seconds, after_page_view=after_page_view)
    return done.as_json()


@task()
def send_mails(seconds: float = SECONDS) -> int:
    """Returns how many the mail server accepted. Any number may run at the same time; ``reconcile`` sends them, too."""
    end = time.monotonic() + seconds
    return mails.send_mails(is_over=lambda: time.monotonic() >= end)


@task()
def send_webhooks(seconds: float = SECONDS) -> int:
    """Returns how many messages were accepted. Any number may run at the same time; ``reconcile`` sends them, too."""
    end = time.monotonic() + seconds
    return webhooks.send_webhooks(is_over=lambda: time.monotonic() >= end)
