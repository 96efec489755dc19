"""A site that sends mails, and what becomes of them."""

from datetime import timedelta

import pytest
from django.core.mail.backends.base import BaseEmailBackend
from django.utils import timezone

from tests.mail_settings import LOCMEM, mail_through
from tests.mail_site import *  # noqa: F403 - its fixtures
from tests.payments import *  # noqa: F403 - its fixtures


class DownBackend(BaseEmailBackend):
    """A mail server that can't be reached."""

    def send_messages(self, messages):
        raise ConnectionRefusedError("sita@example.com")


@pytest.fixture
def down(settings):
    """Until it is called."""
    mail_through(settings, f"{__name__}.DownBackend")
    return lambda: mail_through(settings, LOCMEM)


def subjects(mailoutbox):
    return [plain(sent.subject).removeprefix("TEST (no money moved): ") for sent in mailoutbox]


def plain(words):
    return words.replace("\xa0", " ")


def later(time_machine, **ago):
    time_machine.move_to(timezone.now() + timedelta(**ago))
