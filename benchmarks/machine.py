"""Describes the machine for the tables."""

from __future__ import annotations

import os
import platform
from pathlib import Path

import django
import wagtail
from django.db import connection

RESET_PEAK = "5"  # see proc(5), clear_refs


def machine() -> str:
    version = ".".join(map(str, connection.get_database_version()))
    return (
        f"{connection.display_name} {version}, Python {platform.python_version()}, Django {django.__version__}, "
        f"Wagtail {wagtail.__version__}, {os.cpu_count()} × {processor()}"
    )


def processor() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


def memory(name: str) -> float:
    """Megabytes of this process, by a name of proc(5). What getrusage() calls the peak may be that of the parent."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith(f"{name}:")).split()[1]) / 1024


def forget_peak() -> None:
    """``VmHWM`` is the most memory from now on."""
    Path("/proc/self/clear_refs").write_text(RESET_PEAK)
