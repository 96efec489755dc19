"""What is stored and why, as the manual shows it.

    python -m tests.docs.privacy_table

writes it into docs/howto/privacy.md.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

MANUAL = Path(__file__).parents[2] / "docs" / "howto" / "privacy.md"
PLACE = re.compile(r"(?<=<!-- columns -->\n).*?(?=<!-- /columns -->)", re.DOTALL)


def table() -> str:
    """A row for the columns of one model that are stored for the same purpose."""
    from wagtail_khalti.privacy.registry import REGISTRY

    lines = [("model", "columns", "what for", "when anonymised"), ("---",) * 4]
    for columns in REGISTRY:
        names = ", ".join(f"`{name}`" for name in columns.names)
        treatment = str(columns.treatment) if columns.treatment == "kept" else f"**{columns.treatment}**"
        lines.append((columns.model.__name__, names, columns.purpose, treatment))
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def shown() -> str:
    [found] = PLACE.findall(MANUAL.read_text())
    return str(found)


if __name__ == "__main__":
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    django.setup()
    MANUAL.write_text(PLACE.sub(lambda _found: table(), MANUAL.read_text()))
