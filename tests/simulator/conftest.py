import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test import Client

import wagtail_khalti

from .controller import Controller
from .merchant import Merchant, Payer

TOKEN = "a-token-that-only-this-test-knows"

SETTINGS = """
SECRET_KEY = "only for this test"
INSTALLED_APPS = ["wagtail_khalti.simulator"]
DATABASES = {{"default": {{"ENGINE": "django.db.backends.sqlite3", "NAME": {database!r}}}}}
TEMPLATES = [{{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}}]
USE_TZ = True
"""


@pytest.fixture
def merchant(db: None) -> Merchant:
    return Merchant(Client())


@pytest.fixture
def payer(db: None) -> Payer:
    return Payer(Client())


@pytest.fixture
def pidx(merchant: Merchant) -> str:
    return merchant.start()


@pytest.fixture
def controller(standalone: str) -> Iterator[Controller]:
    """Control over the simulator in the other process, which tells the truth again afterwards."""
    with Controller(f"{standalone}control/", TOKEN) as controller:
        yield controller
        controller.forget_troubles()


@pytest.fixture(scope="session")
def standalone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of ``manage.py khalti_simulator`` in a process of its own."""
    with running_command(tmp_path_factory.mktemp("standalone"), token=TOKEN) as (address, process):
        assert process.poll() is None
        yield address


class running_command:  # noqa: N801 - reads as a sentence
    def __init__(self, folder: Path, port: str = "0", token: str = "") -> None:
        (folder / "standalone_settings.py").write_text(SETTINGS.format(database=str(folder / "db.sqlite3")))
        root = Path(wagtail_khalti.__file__).parents[1]
        paths = os.pathsep.join([str(folder), str(root)])
        self.environment = os.environ | {"PYTHONPATH": paths, "DJANGO_SETTINGS_MODULE": "standalone_settings"}
        self.command = [sys.executable, "-m", "django", "khalti_simulator", port]
        if token:
            self.environment["KHALTI_CONTROL_TOKEN"] = token
            self.command += ["--control-token-from", "KHALTI_CONTROL_TOKEN"]

    def __enter__(self) -> tuple[str, "subprocess.Popen[str]"]:
        self.process = subprocess.Popen(
            self.command,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            preexec_fn=_listen_to_interrupts,
        )
        assert self.process.stdout is not None
        giving_up = threading.Timer(60, self.process.kill)
        giving_up.start()
        line = self.process.stdout.readline()
        giving_up.cancel()
        found = re.fullmatch(r"Khalti simulator ready: (http://\S+/)\n", line)
        assert found, line
        return found[1], self.process

    def __exit__(self, *_error: object) -> None:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        self.process.communicate(timeout=30)


def _listen_to_interrupts() -> None:
    """As in a terminal, also where these tests run in a shell's background, which is deaf to Ctrl-C."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
