"""Helper processes, such as a fake Khalti and a slow network. They end with the process that started them."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def neighbour(module: str, *arguments: str) -> Iterator[int]:
    """Run ``python -m module arguments`` in a process of its own, and return the port it listens on."""
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


def report_port_and_wait(port: int) -> None:
    """Called in the helper process: returns when the parent closes the pipe or ends."""
    print(port, flush=True)
    sys.stdin.read()
