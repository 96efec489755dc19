"""``python -m tests.mails.sender FILE``: a process that sends what is due, once it gets SIGUSR1.

Each mail is a line in the file. Three variables of the environment, for other courses of events:
``SENDER_WAITS_IN`` names a function of the package that waits for SIGUSR1 again the first time; ``SENDER_IS_CARELESS``
takes away the lease; ``SENDER_DIES_IN`` names a function that kills the process.
"""

import importlib
import os
import signal
import sys
from pathlib import Path

import django
from django.core.mail.backends.base import BaseEmailBackend

START = signal.SIGUSR1


class FileBackend(BaseEmailBackend):
    """Short lines at the end of a file: processes don't disturb each other."""

    def send_messages(self, messages):
        with Path(sys.argv[1]).open("a") as file:
            file.writelines(f"{message.extra_headers['Message-ID']}\n" for message in messages)


def wait_in(name):
    module, function = place_of(name)
    original, waits = getattr(module, function), [True]

    def wait_once(*args):
        if waits and waits.pop():
            print("here", flush=True)
            signal.sigwait({START})
        return original(*args)

    setattr(module, function, wait_once)


def die_in(name):
    setattr(*place_of(name), lambda *_args, **_options: os.kill(os.getpid(), signal.SIGKILL))


def place_of(name):
    module, _dot, function = name.rpartition(".")
    return importlib.import_module(f"wagtail_khalti.{module}"), function


def stand_by() -> None:
    """Prepare for what the environment asks for, and wait until all begin at once."""
    if function := os.environ.get("SENDER_WAITS_IN"):
        wait_in(function)
    if function := os.environ.get("SENDER_DIES_IN"):
        die_in(function)
    print("ready", flush=True)
    signal.sigwait({START})


if __name__ == "__main__":
    signal.pthread_sigmask(signal.SIG_BLOCK, {START})
    django.setup()
    from django.conf import settings

    from tests.mail_settings import mail_through
    from wagtail_khalti.mails import sending

    mail_through(settings, "tests.mails.sender.FileBackend")
    if os.environ.get("SENDER_IS_CARELESS"):
        sending._lease = lambda mail: True
    stand_by()
    sending.send_mails()
