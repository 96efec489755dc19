"""Send a mail through the site's mail backend, with a short timeout."""

from __future__ import annotations

import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core import mail

TIMEOUT = 5  # seconds for the mail server: a visitor is waiting

_one_at_a_time = threading.Lock()


def send(message: mail.EmailMessage) -> None:
    """Raises whatever the site's mail backend raises, but never a warning."""
    if not message.recipients():
        return
    with _warnings_are_not_errors():
        mailer = _default_mailer()
        if hasattr(mailer, "timeout"):  # it connects when it sends; a shorter timeout of the site's stays
            mailer.timeout = min(TIMEOUT, mailer.timeout or TIMEOUT)
        mailer.send_messages([message])


def _default_mailer() -> Any:
    """From Django 6.1 on ``mailers`` reads both kinds of settings, and get_connection() is deprecated."""
    mailers = getattr(mail, "mailers", None)
    return mail.get_connection() if mailers is None else mailers.default


@contextmanager
def _warnings_are_not_errors() -> Iterator[None]:
    """A deprecation in Django or in a backend doesn't mean that the mail failed."""
    if not any(action == "error" for action, *_rest in warnings.filters):
        yield
        return
    with _one_at_a_time, warnings.catch_warnings():  # changes global state
        warnings.simplefilter("default")
        yield
