"""What an export of all payments costs, compared with Wagtail's own with the same columns: each in a fresh process."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

from django.db import connection
from django.urls import reverse

from benchmarks.figures import Figure
from wagtail_khalti.staff.modes import default_mode

TIMES_FASTER = {"csv": 4, "xlsx": 2}
FIRST_BYTE = 0.1  # seconds
ON_TOP = 30  # MB


MAX_PEER_ROWS = 100_000  # rows; of ten times as many Wagtail's own XLSX would take half an hour


def measure_exports(database: str, rows: int) -> Iterator[Figure]:
    """Compared with the peer, up to ``MAX_PEER_ROWS``."""
    mode = default_mode().value
    ours, plain = reverse("khalti_payments:index"), reverse("plain_payments:index")
    download = reverse("khalti_payments:export_payments")
    same_columns = {"mode": mode, "technical": 1}
    for kind, times in TIMES_FASTER.items():
        found = export(kind, ours, f"{download}?{urlencode({**same_columns, 'format': kind})}")
        peer = None
        if rows <= MAX_PEER_ROWS:
            peer = export(kind, plain, f"{plain}?{urlencode({'mode': mode, 'export': kind})}")
        if {each["rows"] for each in (found, peer) if each} != {rows}:
            raise RuntimeError(f"of {rows} payments ours has {found['rows']}, Wagtail's own {peer and peer['rows']}")
        yield from _figures(f"staff_{database}_export_{kind}", f"{kind.upper()} of {rows:,}", times, found, peer, rows)


def _figures(
    name: str, what: str, times: int, found: dict[str, float], peer: dict[str, float] | None, rows: int
) -> Iterator[Figure]:
    if peer is None:
        what = f"{what}, without the peer"
    yield Figure(
        name=f"{name}_time_{rows}",
        what=f"{what}: all of it",
        value=found["seconds"],
        peer=peer and peer["seconds"],
        unit="s",
        budget=peer and peer["seconds"] / times,
    )
    yield Figure(
        name=f"{name}_speed_{rows}",
        what=f"{what}: rows a second",
        value=rows / found["seconds"],
        peer=peer and rows / peer["seconds"],
        unit="rows/s",
    )
    yield Figure(
        name=f"{name}_first_byte_{rows}",
        what=f"{what}: until the first byte",
        value=found["first_byte"],
        peer=peer and peer["first_byte"],
        unit="s",
        budget=FIRST_BYTE if "csv" in name else None,
    )
    yield Figure(
        name=f"{name}_memory_{rows}",
        what=f"{what}: most memory on top of the idle process",
        value=found["megabytes"],
        peer=peer and peer["megabytes"],
        unit="MB",
        budget=ON_TOP,
    )
    yield Figure(
        name=f"{name}_size_{rows}",
        what=f"{what}: the file",
        value=found["file_megabytes"],
        peer=peer and peer["file_megabytes"],
        unit="MB",
    )


def export(kind: str, warm_address: str, address: str) -> Any:
    command = [sys.executable, "-m", "benchmarks.staff.one_export", kind, warm_address, address]
    environment = {**os.environ, "BENCHMARK_DATABASE": str(connection.settings_dict["NAME"])}
    done = subprocess.run(command, env=environment, check=True, stdout=subprocess.PIPE, text=True)
    return json.loads(done.stdout)
