"""``python -m benchmarks.staff.one_export FORMAT WARM_ADDRESS ADDRESS``: one export in a fresh process, as JSON.

The process opens a page first, as any that serves an admin has. All memory on top of that is the export's.
"""

from __future__ import annotations

import gc
import json
import os
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from zipfile import ZipFile

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "benchmarks.settings"
django.setup()

from benchmarks.machine import forget_peak, memory  # noqa: E402 - needs the setup above
from benchmarks.staff.visits import open_page, sign_in  # noqa: E402 - needs the setup above

AT_ONCE = 2**20


def main(kind: str, warm_address: str, address: str) -> None:
    client = sign_in()
    open_page(client, warm_address)
    gc.collect()
    forget_peak()
    idle = memory("VmRSS")

    with TemporaryDirectory() as folder:
        path = Path(folder) / "export"
        began = perf_counter()
        response = client.get(address)
        if response.status_code != 200:
            raise RuntimeError(f"{address} answered {response.status_code}")
        first_byte = save(response, path)
        ended = perf_counter()
        on_top = memory("VmHWM") - idle
        found = {
            "seconds": ended - began,
            "first_byte": first_byte - began,
            "megabytes": on_top,
            "rows": (rows_of_csv if kind == "csv" else rows_of_xlsx)(path),
            "file_megabytes": path.stat().st_size / 2**20,
        }
    print(json.dumps(found))


def save(response: Iterable[bytes], path: Path) -> float:
    """When the first byte came."""
    first = None
    with path.open("wb") as file:
        for part in response:
            first = first or (part and perf_counter()) or None
            file.write(part)
    if first is None:
        raise RuntimeError("the export is empty")
    return first


def rows_of_csv(path: Path) -> int:
    """Without the headings. No cell of the benchmark has a line break."""
    with path.open("rb") as file:
        return count(iter(lambda: file.read(AT_ONCE), b""), b"\n") - 1


def rows_of_xlsx(path: Path) -> int:
    """Of the first sheet, without the headings and, in ours, the totals."""
    with ZipFile(path) as file, file.open("xl/worksheets/sheet1.xml") as sheet:
        rows = count(iter(lambda: sheet.read(AT_ONCE), b""), b"</row>") - 1
    with ZipFile(path) as file, file.open("xl/worksheets/sheet1.xml") as sheet:
        return rows - min(1, count(iter(lambda: sheet.read(AT_ONCE), b""), b"SUBTOTAL"))


def count(parts: Iterator[bytes], wanted: bytes) -> int:
    total, rest = 0, b""
    for part in parts:
        text = rest + part
        total += text.count(wanted)
        rest = text[-len(wanted) + 1 :] if len(wanted) > 1 else b""
    return total


if __name__ == "__main__":
    main(*sys.argv[1:])
