"""``manage.py khalti_simulator``: a Khalti on a port of its own."""

import os
import signal
from argparse import ArgumentParser
from types import FrameType
from typing import Any, NoReturn

from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from wagtail_khalti.simulator.conf import require_token
from wagtail_khalti.simulator.server import listening

DEFAULT = "127.0.0.1:8010"


class Command(BaseCommand):
    help = "Serves the Khalti simulator, and nothing else, at the root of a port."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("addrport", nargs="?", default=DEFAULT, help=f"PORT or ADDR:PORT ({DEFAULT})")
        parser.add_argument(
            "--control-token-from",
            default="",
            metavar="VARIABLE",
            help="Environment variable that holds the token for control/ (arguments are seen by other users)",
        )

    def handle(self, *args: Any, addrport: str, control_token_from: str = "", **options: Any) -> None:
        address, port = _address_and_port(addrport)
        token = _token_in(control_token_from)
        call_command("migrate", "khalti_simulator", interactive=False, verbosity=0)
        signal.signal(signal.SIGTERM, _stop)
        try:
            with listening(address, port, control_token=token) as server:
                shown = f"[{address}]" if ":" in address else address
                self.stdout.write(f"Khalti simulator ready: http://{shown}:{server.server_port}/")
                self.stdout.flush()
                server.serve_forever()
        except OSError as error:
            raise CommandError(_("Can't listen on %s: %s") % (addrport, error.strerror)) from error
        except KeyboardInterrupt:
            self.stdout.write("Khalti simulator stopped.")


def _address_and_port(addrport: str) -> tuple[str, int]:
    address, _colon, port = addrport.rpartition(":")
    if not port.isdecimal() or int(port) > 65535:
        raise CommandError(f"{addrport!r} is not a PORT or an ADDR:PORT, such as {DEFAULT}.")
    return address.strip("[]") or "127.0.0.1", int(port)


def _token_in(variable: str) -> str:
    if not variable:
        return ""
    if not os.environ.get(variable):
        raise CommandError(f"The environment has no variable {variable}, or it is empty.")
    try:
        require_token(os.environ[variable])
    except ImproperlyConfigured as error:
        raise CommandError(f"{variable}: {error}") from error
    return os.environ[variable]


def _stop(_signal: int, _frame: FrameType | None) -> NoReturn:
    raise KeyboardInterrupt
