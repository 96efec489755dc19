"""``make demo``: set up and serve the example site, ready to take payments."""

import signal
import threading
from types import FrameType
from typing import Any, NoReturn
from urllib.request import urlopen

from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler

from example_site.home.sample_content.pages import point_site_at

ADDRESS = "127.0.0.1"
TIMEOUT = 60  # seconds for the first response, which compiles templates


class Command(BaseCommand):
    help = "Prepares the example site and serves it, with the simulator in the same process."

    def handle(self, *args: Any, **options: Any) -> None:
        port = int(settings.PORT)
        for stop in (signal.SIGINT, signal.SIGTERM):  # shells ignore SIGINT for background processes
            signal.signal(stop, _stop)
        try:
            server = ThreadedWSGIServer((ADDRESS, port), WSGIRequestHandler)
        except OSError as error:
            raise CommandError(
                f"Port {port} can't be used ({error.strerror}). Try another port: make demo PORT={port + 1}"
            ) from None
        try:
            self._serve(server, port)
        except KeyboardInterrupt:
            self.stdout.write("\nStopped. Your data is kept for the next run.")
        finally:
            server.server_close()

    def _serve(self, server: ThreadedWSGIServer, port: int) -> None:
        call_command("migrate", interactive=False, verbosity=0)
        call_command("load_sample_content")
        point_site_at(port)

        server.set_app(WSGIHandler())
        serving = threading.Thread(target=server.serve_forever, daemon=True)
        serving.start()
        with urlopen(f"http://{ADDRESS}:{port}/", timeout=TIMEOUT):
            pass  # urlopen raises for anything but a page

        self.stdout.write(
            "Sign in at /admin/ as admin, editor, cashier, accountant or manager; the password is the name."
        )
        self.stdout.write(f"Demo ready: http://{ADDRESS}:{port}/")
        self.stdout.flush()
        serving.join()


def _stop(signum: int, frame: FrameType | None) -> NoReturn:
    raise KeyboardInterrupt
