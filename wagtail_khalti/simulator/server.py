"""The simulator as a server of its own, for clients that aren't Django."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.core.servers.basehttp import ThreadedWSGIServer
from django.test.utils import override_settings

from wagtail_khalti.simulator.disturbance.carrier import Carrier, SocketHandler

MIDDLEWARE = [
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]


class SimulatorServer(ThreadedWSGIServer):
    request_queue_size = (
        512  # connections that may wait at the door; Django's 10 makes a crowd knock again a second later
    )


@contextmanager
def listening(address: str, port: int, *, control_token: str = "") -> Iterator[SimulatorServer]:
    """Bound and ready, with this process's settings turned to the simulator alone."""
    with override_settings(**_alone(), **_controlled_by(control_token)):
        server = SimulatorServer((address, port), SocketHandler, ipv6=":" in address)
        server.set_app(Carrier(WSGIHandler()))
        try:
            yield server
        finally:
            server.server_close()


def _alone() -> dict[str, object]:
    plain_files = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    return {
        "ROOT_URLCONF": "wagtail_khalti.simulator.root_urls",
        "MIDDLEWARE": MIDDLEWARE,
        "ALLOWED_HOSTS": ["*"],  # whatever name a container or an emulator calls this machine by
        "STATIC_URL": "/static/",
        "STORAGES": {**settings.STORAGES, "staticfiles": plain_files},
        "FORCE_SCRIPT_NAME": None,
        "CSRF_USE_SESSIONS": False,
        "CSRF_COOKIE_SECURE": False,
        "CSRF_COOKIE_DOMAIN": None,
    }


def _controlled_by(token: str) -> dict[str, object]:
    if not token:
        return {}
    return {"KHALTI_SIMULATOR": {**getattr(settings, "KHALTI_SIMULATOR", {}), "CONTROL_TOKEN": token}}
