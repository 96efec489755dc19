"""Processes that begin at once: forked from one that has imported everything, and waits.

Importing Django and Wagtail takes one to two seconds of a core. A process that is forked after that is one all the
same: with memory, signals and connections of its own, it is killed by itself, and it reads its settings anew.

``python -m tests.warm FD`` is the one that waits, for orders on that socket.
"""

from __future__ import annotations

import atexit
import importlib
import json
import os
import runpy
import select
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from types import ModuleType
from typing import IO, Any

ROOT = Path(__file__).parents[1]
LONGEST_ORDER = 1 << 20  # bytes; most of it is the environment
STARTING = 60  # seconds: the machine may be busy


class Warm:
    """The one that waits."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._orders, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-W", "ignore", "-m", "tests.warm", str(theirs.fileno())],
                cwd=ROOT,
                env={**environment, "PYTHONUNBUFFERED": "1"},
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                start_new_session=True,
            )
        atexit.register(self.end)

    def begin(self, arguments: Sequence[str], environment: Mapping[str, str], streams: Sequence[int]) -> socket.socket:
        """As ``python -m`` with these arguments would. Gives where its process number and its end are told."""
        ours, theirs = socket.socketpair()
        order = json.dumps({"arguments": list(arguments), "environment": dict(environment)}).encode()
        with theirs:
            socket.send_fds(self._orders, [order], [*streams, theirs.fileno()])
        return ours

    def end(self) -> None:
        """What was forked goes on, as without it."""
        self._orders.close()
        self._process.wait(STARTING)


_warm: dict[tuple[str, str], Warm] = {}


def warm_one(environment: Mapping[str, str]) -> Warm:
    """For the settings that this environment names; begun when it is wanted first, and there until the tests end."""
    which = environment["DJANGO_SETTINGS_MODULE"], environment.get("DATABASE_URL", "")
    if which not in _warm:
        _warm[which] = Warm(environment)
    return _warm[which]


class Forked:
    """The part of ``subprocess.Popen`` that tests use."""

    def __init__(self, arguments: Sequence[str], env: Mapping[str, str], *, stderr: IO[str]) -> None:
        their_input, our_input = os.pipe()
        our_output, their_output = os.pipe()
        self.stdin, self.stdout = os.fdopen(our_input, "w"), os.fdopen(our_output)
        self.returncode: int | None = None
        streams = [their_input, their_output, stderr.fileno()]
        self._told = warm_one(env).begin(arguments, env, streams)
        os.close(their_input)
        os.close(their_output)
        self.pid = int(self._hears(STARTING))

    def _hears(self, seconds: float | None) -> str:
        """The next line that is told of it."""
        if not select.select([self._told], [], [], seconds)[0]:
            raise subprocess.TimeoutExpired("a forked process", seconds or 0)
        return self._told.recv(16).decode()

    def poll(self) -> int | None:
        try:
            return self.wait(0)
        except subprocess.TimeoutExpired:
            return None

    def wait(self, timeout: float | None = None) -> int:
        if self.returncode is None:
            self.returncode = int(self._hears(timeout))
            self._told.close()
        return self.returncode

    def communicate(self, timeout: float | None = None) -> tuple[str, None]:
        """What it has said until its end, where it says no more than a pipe holds after its last line was read."""
        if not self.stdin.closed:
            self.stdin.close()
        self.wait(timeout)
        said = "" if self.stdout.closed else self.stdout.read()
        self.stdout.close()
        return said, None

    def send_signal(self, how: int) -> None:
        if self.poll() is None:
            os.kill(self.pid, how)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)


def _wait_for_orders(orders: socket.socket) -> list[str]:
    """Returns in the forked processes only, with their arguments."""
    signal.signal(signal.SIGCHLD, _bury)
    while True:
        said, descriptors, _flags, _address = socket.recv_fds(orders, LONGEST_ORDER, 4)
        if not said:
            os._exit(0)
        if not os.fork():
            orders.close()
            return _mind(json.loads(said), descriptors)
        for descriptor in descriptors:
            os.close(descriptor)


def _bury(*_signal: object) -> None:
    """Those who mind a process, and have told of its end."""
    with suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass


def _mind(order: dict[str, Any], descriptors: list[int]) -> list[str]:
    """Begins the process, and waits for its end in this one."""
    *streams, told = descriptors
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    starting, start = os.pipe()
    if not (child := os.fork()):
        os.close(start)
        os.read(starting, 1)  # its number is told before anything that it does
        os.close(starting)
        os.close(told)
        _become(streams, order["environment"])
        return list(order["arguments"])
    for descriptor in streams:
        os.close(descriptor)
    os.write(told, f"{child:<16}".encode())
    os.close(start)
    status = os.waitpid(child, 0)[1]
    os.write(told, f"{os.waitstatus_to_exitcode(status):<16}".encode())
    os._exit(0)


def _become(streams: list[int], environment: dict[str, str]) -> None:
    os.setsid()
    for place, descriptor in enumerate(streams):
        os.dup2(descriptor, place)
        os.close(descriptor)
    sys.stdin, sys.stdout, sys.stderr = (
        open(place, mode, buffering=1, closefd=False)  # noqa: SIM115 - for the life of the process
        for place, mode in enumerate("rww")
    )
    os.environ.clear()
    os.environ.update(environment)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    _read_settings_anew()


def _reload(name: str) -> ModuleType:
    """Without what only an earlier environment had put there."""
    module = sys.modules[name]
    for setting in _names(module):
        delattr(module, setting)
    return importlib.reload(module)


def _names(module: ModuleType) -> set[str]:
    return {name for name in dir(module) if name.isupper()}


def _read_settings_anew() -> None:
    from django.apps import apps
    from django.conf import global_settings, settings
    from django.core.signals import setting_changed
    from django.db import connections

    before = _names(sys.modules[settings.SETTINGS_MODULE])
    _reload("tests.settings")
    fresh = _reload(settings.SETTINGS_MODULE)
    for name in before | _names(fresh):
        value = getattr(fresh, name, getattr(global_settings, name, None))  # some are there for some environments only
        if value != getattr(settings, name, None):
            setattr(settings, name, value)
            setting_changed.send(sender=None, setting=name, value=value, enter=True)
    connections._settings = None
    connections.__dict__.pop("settings", None)
    if hasattr(connections._connections, "default"):
        del connections["default"]
    for app in apps.get_app_configs():
        if app.name.startswith("tests."):
            app.ready()  # some read the environment


def _warm_up() -> None:
    import django
    from django.conf import settings
    from django.urls import get_resolver

    django.setup()
    assert get_resolver().url_patterns
    for name in ["wagtail_khalti.tasks", "django.core.servers.basehttp", *getattr(settings, "WARM_UP", [])]:
        importlib.import_module(name)


if __name__ == "__main__":
    _warm_up()
    module, *sys.argv[1:] = _wait_for_orders(socket.socket(fileno=int(sys.argv[1])))
    runpy.run_module(module, run_name="__main__", alter_sys=True)
