"""The benchmarks' site in gunicorn, in a process of its own: ``python -m benchmarks.serve sync 3 1``."""

from __future__ import annotations

import os
import sys
import threading
from typing import Any

os.environ["DJANGO_SETTINGS_MODULE"] = "benchmarks.settings"


def main(kind: str, workers: int, threads: int) -> None:
    from django.core.wsgi import get_wsgi_application
    from gunicorn.app.base import BaseApplication

    class Site(BaseApplication):  # type: ignore[misc]
        def load_config(self) -> None:
            options = {
                "bind": "127.0.0.1:0",
                "workers": workers,
                "threads": threads,
                "worker_class": kind,
                "when_ready": report_port,
                "timeout": 120,
                "graceful_timeout": 1,
                "loglevel": "critical",
            }
            for name, value in options.items():
                self.cfg.set(name, value)

        def load(self) -> Any:
            return get_wsgi_application()

    sys.argv[1:] = []  # gunicorn reads it, too
    Site().run()


def report_port(arbiter: Any) -> None:
    [listening] = arbiter.LISTENERS
    print(listening.sock.getsockname()[1], flush=True)
    threading.Thread(target=exit_with_parent, daemon=True).start()


def exit_with_parent() -> None:
    """Exit when the parent closes the pipe or ends."""
    sys.stdin.read()
    os.kill(os.getpid(), 15)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
