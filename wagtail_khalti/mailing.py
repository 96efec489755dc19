"""Hand a mail to the site's mail server, whichever kind of settings names it, and wait only so long."""

from __future__ import annotations

import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core import mail

PATIENCE = 5  # seconds for the mail server: a visitor is waiting

_one_at_a_time = threading.Lock()


def send(message: mail.EmailMessage) -> None:
    """Raises whatever the site's mail backend raises, which may be anybody's, but never a warning."""
    if not message.recipients():
        return
    with _no_warning_is_an_error():
        mailer = _default_mailer()
        if hasattr(mailer, "timeout"):  # it connects when it sends; with less patience than ours the site has its way
            mailer.timeout = min(PATIENCE, mailer.timeout or PATIENCE)
        mailer.send_messages([message])


def _default_mailer() -> Any:
    """From Django 6.1 on ``mailers`` knows both kinds of settings, and get_connection() is deprecated."""
    mailers = getattr(mail, "mailers", None)
    return mail.get_connection() if mailers is None else mailers.default


@contextmanager
def _no_warning_is_an_error() -> Iterator[None]:
    """What is deprecated in Django's default, or in a backend, is no answer of the mail server."""
    if not any(action == "error" for action, *_rest in warnings.filters):
        yield
        return
    with _one_at_a_time, warnings.catch_warnings():  # which changes what all threads share
        warnings.simplefilter("default")
        yield
