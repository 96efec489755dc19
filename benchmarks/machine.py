"""Describes the machine for the tables."""

from __future__ import annotations

import os
import platform
from pathlib import Path

import django
import wagtail
from django.db import connection


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
