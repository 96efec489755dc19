"""Where a rehearsal takes place: a transaction that is rolled back, the simulator, and live mode."""

from __future__ import annotations

import itertools
import logging
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any
from unittest.mock import patch

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.core import mail
from django.db import transaction
from django.test import override_settings

from wagtail_khalti import mailing
from wagtail_khalti.conf import Mode
from wagtail_khalti.outbox import receivers
from wagtail_khalti.testing.conformance.observed import skip_keys
from wagtail_khalti.testing.conformance.rehearsal import Rehearsal
from wagtail_khalti.testing.fake import fake_khalti

KEYS_APART = 100
_numbers = itertools.count(1)


@contextmanager
def rehearsal(*, is_live: bool = True, **options: Any) -> Iterator[Rehearsal]:
    """As if real money moved, unless not ``is_live``. No mail of this package's own is sent."""
    with ExitStack() as stack:
        if is_live:
            stack.enter_context(override_settings(WAGTAIL_KHALTI=_live(settings.WAGTAIL_KHALTI)))
        stack.enter_context(_rolled_back())
        stack.enter_context(_quiet(logging.getLogger("wagtail_khalti")))
        stack.enter_context(patch.object(mailing, "send", lambda message: None))
        run = Rehearsal(stack.enter_context(fake_khalti()), **options)
        send = receivers._send_signal
        stack.enter_context(patch.object(receivers, "_send_signal", lambda delivery: run.run_receivers(send, delivery)))
        yield run


def _live(options: dict[str, Any]) -> dict[str, Any]:
    """Every account, still at the simulator."""
    merchants = {name: {**given, "MODE": Mode.LIVE} for name, given in options.get("MERCHANTS", {}).items()}
    return {**options, "MODE": Mode.LIVE, **({"MERCHANTS": merchants} if merchants else {})}


@contextmanager
def _quiet(logger: logging.Logger) -> Iterator[None]:
    """Deliveries are meant to fail here."""
    level = logger.level
    logger.setLevel(logging.CRITICAL + 1)
    try:
        yield
    finally:
        logger.setLevel(level)


@contextmanager
def _rolled_back() -> Iterator[None]:
    """To the code inside it is no transaction, as Django does it for a ``TestCase``."""
    block: Any = transaction.atomic()
    block._from_testcase = True
    mails = len(getattr(mail, "outbox", []))
    try:
        with block:
            skip_keys(KEYS_APART * next(_numbers))
            yield
            transaction.set_rollback(True)
    finally:
        del getattr(mail, "outbox", [])[mails:]
        ContentType.objects.clear_cache()  # may know some that were made inside
