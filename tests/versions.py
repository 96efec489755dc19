"""Which tests no version of Wagtail can decide otherwise, because nothing in them comes from Wagtail.

Their folders are those of the layers that know no pages, blocks, forms or templates of Wagtail's. They run on an older
or a newer Wagtail only where Python or Django are others there, too (``tests/matrix.py``).
"""

from __future__ import annotations

from pathlib import Path
from types import ModuleType

import pytest

HERE = Path(__file__).parent
FOLDERS = {
    *{"actions", "ledger", "lookups", "outbox", "reporting", "models", "database"},
    *{"pricing", "dates", "text", "gateway", "simulator", "contract", "doctor", "management", "release"},
}


def mark_without_wagtail(items: list[pytest.Item]) -> None:
    marked = {}
    for item in items:
        if item.module not in marked:
            marked[item.module] = is_without_wagtail(item.module)
        if marked[item.module]:
            item.add_marker(pytest.mark.without_wagtail)


def is_without_wagtail(module: ModuleType) -> bool:
    """Also in these folders one that takes a site or a log of Wagtail's to look at is not."""
    folder = Path(module.__file__).relative_to(HERE).parts[0]
    return folder in FOLDERS and not any(is_of_wagtail(value) for value in vars(module).values())


def is_of_wagtail(value: object) -> bool:
    return str(getattr(value, "__module__", "")).startswith("wagtail.") or getattr(value, "__name__", "") == "wagtail"
