"""Khalti and the line to it, as processes of their own on this machine: they end with whoever started them."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def neighbour(module: str, *arguments: str) -> Iterator[int]:
    """Runs ``python -m module arguments`` beside us; gives the loopback port that it says it listens on."""
    command = [sys.executable, "-m", module, *arguments]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin
        assert process.stdout
        try:
            said = process.stdout.readline()
            if not said:
                raise RuntimeError(f"{module} did not start")
            yield int(said)
        finally:
            process.stdin.close()


def say_port_and_wait(port: int) -> None:
    """The neighbour's half: returns when the one who started it closes the pipe, or is gone however it ended."""
    print(port, flush=True)
    sys.stdin.read()
